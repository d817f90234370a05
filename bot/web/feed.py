"""Feed: other calendars read meetings at secret addresses: what the owner of one may see now."""

import asyncio
import gzip
import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import ETag, web

from bot.clock import Clock
from bot.i18n import Catalogue
from bot.matrix.http import MatrixError, NetworkError
from bot.ports import RoomReader
from bot.services import feed
from bot.services.icalendar import writing
from bot.services.icalendar.writing import Entry
from bot.services.limit import Limit, Verdict
from bot.storage import meeting, member
from bot.storage.database import Database
from bot.storage.feed import Feed, Scope
from bot.storage.trouble import trouble
from bot.text import render

log = logging.getLogger(__name__)

CALLER_LIMIT = 600
"""Requests a minute from one address: a community behind one proxy that does not tell its own."""

FEED_LIMIT = 20
"""Requests a minute for one feed; calendars ask every few minutes, at most."""

LONGEST_ASKING = 10.0
"""Seconds for which the homeserver is asked who is in a room."""

MOST_KEPT_BYTES = 16 * 1024 * 1024
"""Of files that are kept; a feed of a thousand meetings has half a megabyte."""

_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+)?\s*(?=,|$)")
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where feeds take what they show from; ``language`` is for who chose none."""

    database: Database
    reader: RoomReader
    words: Catalogue
    clock: Clock
    community: str
    language: str


@dataclass(frozen=True, slots=True)
class _File:
    tag: str
    plain: bytes
    packed: bytes

    @property
    def length_bytes(self) -> int:
        return len(self.plain) + len(self.packed)


class FeedPage:
    """Serves ``/calendar/<secret>.ics``.

    A file is written once for all who see the same, in a thread, and kept while it is asked for.
    """

    def __init__(self, shelf: Shelf, caller_limit: int = CALLER_LIMIT) -> None:
        self._shelf = shelf
        self._callers = Limit(caller_limit)
        self._feeds = Limit(FEED_LIMIT)
        self._kept: dict[str, _File] = {}
        self._writing = asyncio.Lock()

    def add_to(self, app: web.Application) -> None:
        """Serve feeds with ``app``."""
        app.router.add_get("/calendar/{secret}.ics", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        if self._is_too_much(self._callers, _caller(request)):
            return _refusal(429, 60)
        try:
            async with asyncio.timeout(LONGEST_ASKING):
                item = await self._opened(request.match_info["secret"])
                if item is not None and self._is_too_much(self._feeds, item.digest):
                    return _refusal(429, 60)
                seen = await self._seen(item) if item is not None else None
        except Exception as error:
            if not _is_away(error):
                raise
            log.warning("event=feed_waits reason=%s", type(error).__name__)
            return _refusal(503, 300)
        return _refusal(404) if seen is None else _answer(request, await self._file(*seen))

    def _is_too_much(self, limit: Limit, who: str) -> bool:
        return limit.judge(who, self._shelf.clock.now()) is not Verdict.ALLOWED

    async def _opened(self, secret: str) -> Feed | None:
        if feed.SECRET.fullmatch(secret) is None:
            return None
        async with self._shelf.database.read() as snapshot:
            return await feed.opened(snapshot, secret)

    async def _seen(self, item: Feed) -> tuple[Sequence[Entry], str] | None:
        """Return what a feed shows at this moment, and its name; None if it opens nothing."""
        shelf, now = self._shelf, self._shelf.clock.now()
        async with shelf.database.read() as snapshot:
            chosen = (await member.get(snapshot, item.user_id)).language
            shown = await meeting.rooms_since(snapshot, now - feed.PAST)
        asked = frozenset({item.room_id}) if item.room_id is not None else shown
        rooms = await shelf.reader.joined_rooms_of(item.user_id, asked)
        if item.scope is Scope.ROOM and not rooms:
            return None
        async with shelf.database.read() as snapshot:
            entries = await feed.entries(snapshot, item, sorted(rooms), now)
        message_id = "feed.name_mine" if item.scope is Scope.MINE else "feed.name"
        template = shelf.words.text(message_id, chosen or shelf.language)
        return entries, render(template, {"community": shelf.community}).body

    async def _file(self, entries: Sequence[Entry], name: str) -> _File:
        version = await asyncio.to_thread(writing.version_of, entries, name)
        async with self._writing:
            file = self._kept.pop(version, None)
            if file is None:
                file = await asyncio.to_thread(_written, entries, name)
            # Taken out and put in again: the dictionary's order is that of the last use.
            self._kept[version] = file
            while sum(each.length_bytes for each in self._kept.values()) > MOST_KEPT_BYTES:
                del self._kept[next(iter(self._kept))]
        return file


def _written(entries: Sequence[Entry], name: str) -> _File:
    plain = writing.write_feed(entries, name)
    return _File(hashlib.sha256(plain).hexdigest()[:32], plain, gzip.compress(plain, 6, mtime=0))


def _answer(request: web.Request, file: _File) -> web.Response:
    tag = ETag(file.tag, is_weak=True)
    known = request.if_none_match or ()
    if any(each.value in (file.tag, "*") for each in known):
        answer = web.Response(status=304, headers=_HEADERS)
    else:
        is_packed = _GZIP.search(request.headers.get("Accept-Encoding", "").lower()) is not None
        more = {"Content-Encoding": "gzip"} if is_packed else {}
        answer = web.Response(
            body=file.packed if is_packed else file.plain,
            headers={**_HEADERS, **more},
            content_type=writing.MIMETYPE,
            charset="utf-8",
        )
    answer.etag = tag
    return answer


def _refusal(status: int, retry_after: int | None = None) -> web.Response:
    """Return the same words whatever was asked for."""
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    words = {404: "Not found", 429: "Too many requests", 503: "Not available now"}[status]
    return web.Response(status=status, text=f"{words}\n", headers=headers)


def _caller(request: web.Request) -> str:
    """Return who asks: behind a proxy on this machine, whom it says to have been asked by."""
    peer = request.remote or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told[:64] if told and peer in ("127.0.0.1", "::1") else peer


def _is_away(error: Exception) -> bool:
    """Return whether the homeserver or the database cannot be asked at present."""
    is_away = isinstance(error, (MatrixError, NetworkError, TimeoutError))
    return is_away or trouble(error) is not None
