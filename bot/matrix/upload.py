"""Upload: brings the file of a parcel to the homeserver before the parcel itself, and only once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot import crash
from bot.errors import UserError
from bot.ids import Oid
from bot.matrix import content_uri
from bot.matrix.download import Downloads
from bot.matrix.encryption import attachment as sealing
from bot.matrix.http import REQUEST_TIMEOUT, Homeserver, MatrixError, NetworkError, path
from bot.model import Seal
from bot.storage import attachment, outbox
from bot.storage.attachment import Upload
from bot.storage.database import Database
from bot.storage.outbox import Parcel
from bot.storage.transaction import Reader, Transaction

log = logging.getLogger(__name__)

_MSGTYPES = frozenset({"m.audio", "m.file", "m.image", "m.video"})
_SEALED_TYPE = "application/octet-stream"
_TAKEN = 409

_SLOWEST_BYTES_PER_SECOND = 50_000
"""A line slower than that is taken for one that is broken."""

COPY_LIMIT_BYTES = 100_000_000
"""Of somebody's file; what the bot keeps is far smaller."""

T = TypeVar("T")


class NoFileError(Exception):
    """The file of a parcel is not in the database."""


class Uploads:
    """Uploads what parcels have attached.

    The place is reserved (``/media/v1/create``, Matrix 1.7) and committed before the file is sent
    there, with the key that encrypts it: however often that is tried, it is the same file in the
    same place. That it arrived is committed before the message is sent.
    """

    def __init__(self, server: Homeserver, database: Database) -> None:
        self._server = server
        self._downloads = Downloads(server)
        self._database = database
        self._limit_bytes: int | None = None

    async def complete(self, parcel: Parcel, *, is_encrypted: bool) -> Parcel:
        """Return ``parcel`` with the address of its file, which the server then has.

        What the server does not take is replaced for good by what is to be said instead. A parcel
        without a file comes back as it is. Raises MatrixError and NetworkError as a request does,
        and NoFileError.
        """
        if not _lacks_file(parcel.content):
            return parcel
        upload = await self._look(attachment.get, parcel.oid)
        if upload is None:
            raise NoFileError("its file is gone")
        if (found := _as_it_lies(upload, parcel, is_encrypted=is_encrypted)) is not None:
            return replace(parcel, content={**parcel.content, **_address(*found)})
        try:
            upload = await self._brought(parcel, upload, is_encrypted=is_encrypted)
        except (MatrixError, UserError) as error:
            if upload.instead is None or (isinstance(error, MatrixError) and _may_pass(error)):
                raise
            log.warning("event=upload_refused oid=%s room=%s reason=%r", parcel.oid,
                        parcel.room_id, str(error)[:200])  # fmt: skip
            return await self._replaced(parcel, upload.instead)
        address = _address(upload.content_uri or "", upload.seal)
        return replace(parcel, content={**parcel.content, **address})

    async def _brought(self, parcel: Parcel, upload: Upload, *, is_encrypted: bool) -> Upload:
        """See to it that the server has the file, encrypted or not, and return where."""
        # A room may have become encrypted since: then the file goes there anew.
        is_fitting = upload.content_uri is not None and (upload.seal is not None) == is_encrypted
        if upload.is_uploaded and is_fitting:
            return upload
        if upload.source is not None:
            data = await self._downloads.download(upload.source.media, limit_bytes=COPY_LIMIT_BYTES)
        else:
            data = await self._look(attachment.data, parcel.oid)
        await self._check_size(len(data))
        if is_fitting:
            try:
                return await self._put(parcel, upload, data)
            except MatrixError as error:
                if error.status != 404:  # The place was kept for a day, and is no more.
                    raise
        upload = await self._reserved(parcel.oid, upload, data, is_sealed=is_encrypted)
        return await self._put(parcel, upload, data)

    async def _reserved(self, oid: Oid, upload: Upload, data: bytes, *, is_sealed: bool) -> Upload:
        """Reserve a place for the file and commit it, with the key if it is to be encrypted."""
        answer = await self._server.request("POST", "/_matrix/media/v1/create", json={})
        uri = answer.get("content_uri")
        if not isinstance(uri, str) or not content_uri.is_one(uri):
            raise NetworkError("the answer to a reservation has no content URI")
        seal = (await asyncio.to_thread(sealing.seal, data))[1] if is_sealed else None

        async def work(transaction: Transaction) -> None:
            await attachment.reserve(transaction, oid, uri, seal)

        await self._database.write_patiently(work)
        crash.point("upload.reserved")
        return replace(upload, content_uri=uri, seal=seal, is_uploaded=False)

    async def _put(self, parcel: Parcel, upload: Upload, data: bytes) -> Upload:
        """Send the file to its place; that it is there already is as good."""
        query, mimetype = {"filename": str(parcel.content["filename"])}, _mimetype(parcel.content)
        if upload.seal is not None:
            # The name and the kind of an encrypted file are nobody's business.
            query, mimetype = {}, _SEALED_TYPE
            data = await asyncio.to_thread(sealing.seal_again, data, upload.seal)
        try:
            await self._server.request(
                "PUT",
                "/_matrix/media/v3/upload" + path(*content_uri.parts(upload.content_uri or "")),
                query=query,
                data=data,
                content_type=mimetype,
                timeout=REQUEST_TIMEOUT + len(data) / _SLOWEST_BYTES_PER_SECOND,
            )
        except MatrixError as error:
            if error.status != _TAKEN:
                raise
        crash.point("upload.done")

        async def work(transaction: Transaction) -> None:
            await attachment.mark_uploaded(transaction, parcel.oid)

        await self._database.write_patiently(work)
        crash.point("upload.noted")
        return replace(upload, is_uploaded=True)

    async def _check_size(self, size_bytes: int) -> None:
        """Raise what the server would answer to a file that is too large for it."""
        if self._limit_bytes is None:
            self._limit_bytes = await self._ask_limit()
        if self._limit_bytes and size_bytes > self._limit_bytes:
            reason = f"{size_bytes} bytes, the server takes {self._limit_bytes}"
            raise MatrixError(413, "M_TOO_LARGE", reason)

    async def _ask_limit(self) -> int:
        """Ask for the largest file that the server takes, in bytes; 0 if it does not say."""
        try:
            answer = await self._server.request("GET", "/_matrix/client/v1/media/config")
        except MatrixError as error:
            if _may_pass(error):
                raise
            return 0
        limit = answer.get("m.upload.size")
        return limit if isinstance(limit, int) else 0

    async def _replaced(self, parcel: Parcel, content: Mapping[str, object]) -> Parcel:
        async def work(transaction: Transaction) -> None:
            await outbox.replace_content(transaction, parcel.oid, content)

        await self._database.write_patiently(work)
        return replace(parcel, content=content)

    async def _look(self, question: Callable[[Reader, Oid], Awaitable[T]], oid: Oid) -> T:
        async def look() -> T:
            async with self._database.read() as snapshot:
                return await question(snapshot, oid)

        return await self._database.patiently(look)


def _lacks_file(content: Mapping[str, Any]) -> bool:
    """Return whether a message is to have a file and does not say where it lies."""
    is_media = content.get("msgtype") in _MSGTYPES
    return is_media and "url" not in content and "file" not in content


def _mimetype(content: Mapping[str, Any]) -> str:
    return str(content["info"]["mimetype"])


def _may_pass(error: MatrixError) -> bool:
    return error.is_temporary or error.status == 401


def _as_it_lies(
    upload: Upload, parcel: Parcel, *, is_encrypted: bool
) -> tuple[str, Seal | None] | None:
    """Return where the file of a copy lies, if it may be shown from there; None if not.

    In its own room it may; elsewhere a file that is encrypted would give away its key, and one that
    is not has no place in a room that is.
    """
    if upload.source is None:
        return None
    media = upload.source.media
    if upload.source.room_id == parcel.room_id or (media.seal is None and not is_encrypted):
        return media.content_uri, media.seal
    return None


def _address(uri: str, seal: Seal | None) -> dict[str, object]:
    return {"url": uri} if seal is None else {"file": sealing.file_of(uri, seal)}
