"""Gap: fetches what a sync answer left out, so that a burst loses nothing."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import orjson

from bot.ids import RoomId
from bot.matrix.http import Homeserver, client_path

T = TypeVar("T")

PAGE = 100
"""Events asked for at a time."""

PAGES = 10_000
"""Bound on one search, against a server that never ends: a million events."""

WANTED = (
    "m.room.message",
    "m.room.encrypted",
    "m.reaction",
    "m.room.redaction",
    "m.room.member",
    "m.room.create",
    "m.room.encryption",
    "m.room.tombstone",
    "m.key.verification.*",
)
"""Event types the bot has a use for; the sync filter asks for the same."""


async def pages(
    server: Homeserver,
    room: RoomId,
    *,
    start: str | None,
    stop: str | None = None,
    sender: str | None = None,
) -> AsyncIterator[list[Any]]:
    """Yield the room's history backwards from ``start``, a page at a time, newest event first.

    Ends at ``stop`` or at the beginning of what the bot may see (Matrix 1.16, ``GET
    /rooms/{roomId}/messages``). Raises what the request raises.
    """
    wanted: dict[str, object] = {"types": WANTED, "lazy_load_members": True}
    if sender is not None:
        wanted["senders"] = [sender]
    query = {"dir": "b", "limit": str(PAGE), "filter": orjson.dumps(wanted).decode()}
    if stop is not None:
        query["to"] = stop
    token = start
    for _ in range(PAGES):
        if token is not None:
            query["from"] = token
        answer = await server.request("GET", client_path("rooms", room, "messages"), query=query)
        chunk, end = answer.get("chunk"), answer.get("end")
        if isinstance(chunk, list):
            yield chunk
        if not isinstance(end, str) or end == token:
            return
        token = end


async def fill(
    server: Homeserver,
    room: RoomId,
    between: tuple[object, str | None],
    pick: Callable[[Any], T | None],
    until: Callable[[Any], bool] | None = None,
) -> list[T]:
    """Return what ``pick`` makes of the events ``between`` two positions, oldest first.

    The first position is the later one (``prev_batch``), the second where to stop (``since``).
    With ``until`` the search ends at the first event, going back, for which it holds. What ``pick``
    makes nothing of is let go page by page: a week of chatter does not fill the memory.
    """
    start, stop = between
    if not isinstance(start, str):
        return []
    found: list[T] = []
    async for chunk in pages(server, room, start=start, stop=stop):
        for raw in chunk:
            if until is not None and until(raw):
                return found[::-1]
            picked = pick(raw)
            if picked is not None:
                found.append(picked)
    return found[::-1]
