"""Attachment: the file of a parcel until it is delivered, and where the server will have it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Boolean, Column, LargeBinary, Table, Text, bindparam, delete, select, update

from bot.ids import Oid, RoomId
from bot.model import Media, Seal, media_from
from bot.storage.insert import insert_new_on
from bot.storage.personal import FACT, NOBODY, WORDS, Belongs, Erasure, Purpose, Until, personal
from bot.storage.table import Json, metadata
from bot.storage.transaction import Reader, Transaction

attachment = Table(
    "attachment",
    metadata,
    Column("oid", Text, primary_key=True, info=FACT),
    Column("data", LargeBinary, nullable=True, info=WORDS),
    Column("source", Json, nullable=True, info=WORDS),
    Column("instead", Json, nullable=True, info=WORDS),
    Column("content_uri", Text, nullable=True, info=FACT),
    Column("seal", Json, nullable=True, info=FACT),
    Column("is_uploaded", Boolean, nullable=False, info=NOBODY),
    info=personal(
        Purpose.ANSWER, Erasure.DELETED, until=Until.SENT, belongs=Belongs("oid", "outbox", "oid")
    ),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The file of somebody's message in ``room_id``, of which a copy is sent."""

    media: Media
    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Upload:
    """Where the file of a parcel stands.

    ``content_uri`` is the place that the server reserved for it, ``seal`` what decrypts it,
    None for one that lies there readable. ``instead`` is the content of
    the message that goes out in its place if the server does not take the file. ``source`` is what
    is copied, None for a file of the bot's own.
    """

    content_uri: str | None
    seal: Seal | None
    is_uploaded: bool
    instead: Mapping[str, object] | None
    source: Source | None = None


_delete = delete(attachment).where(attachment.c.oid == bindparam("key"))


def enqueue(
    transaction: Transaction, oid: Oid, file: bytes | Source, instead: Mapping[str, object] | None
) -> None:
    """Keep the file of the parcel ``oid`` with this transaction; one that is there stays."""
    row = {
        "oid": oid,
        "data": None if isinstance(file, Source) else file,
        "source": asdict(file) if isinstance(file, Source) else None,
        "instead": instead,
        "is_uploaded": False,
    }
    transaction.defer(insert_new_on(transaction.engine, attachment, "oid"), row)


async def get(reader: Reader, oid: Oid) -> Upload | None:
    """Return where the file of ``oid`` stands; None if the parcel has none."""
    columns = [attachment.c[name] for name in Upload.__slots__]
    row = (await reader.execute(select(*columns).where(attachment.c.oid == oid))).first()
    if row is None:
        return None
    seal = Seal(**row.seal) if row.seal else None
    source = row.source and Source(media_from(row.source["media"]), RoomId(row.source["room_id"]))
    return Upload(row.content_uri, seal, row.is_uploaded, row.instead, source)


async def data(reader: Reader, oid: Oid) -> bytes:
    """Return the file of ``oid`` itself; empty if it is gone."""
    found = (
        await reader.execute(select(attachment.c.data).where(attachment.c.oid == oid))
    ).scalar()
    return bytes(found or b"")


async def reserve(transaction: Transaction, oid: Oid, content_uri: str, seal: Seal | None) -> None:
    """Note where the file of ``oid`` will lie and what will decrypt it, before it is sent there."""
    await transaction.execute(
        update(attachment)
        .where(attachment.c.oid == oid)
        .values(content_uri=content_uri, seal=asdict(seal) if seal else None, is_uploaded=False)
    )


async def mark_uploaded(transaction: Transaction, oid: Oid) -> None:
    """Note that the server has the file of ``oid``."""
    await transaction.execute(
        update(attachment).where(attachment.c.oid == oid).values(is_uploaded=True)
    )


async def remove(transaction: Transaction, oids: Sequence[Oid]) -> None:
    """Delete the files of ``oids``, of which most have none."""
    if oids:
        await transaction.execute(_delete, [{"key": oid} for oid in oids])
