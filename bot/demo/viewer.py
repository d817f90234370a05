"""What one account sees of its rooms: their history, and what happens in them from now on."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import timedelta

from bot.demo.client_api import CLIENT, ClientApi, JsonObject, inner, listed, part, text
from bot.demo.room_event import RoomEvent, parsed
from bot.ids import RoomId

SYNC_WAIT = timedelta(seconds=30)
"""How long the server may hold a ``/sync`` back when nothing happens."""

PAGE = 1000
"""Events asked for at once when reading a history: the most that Synapse gives."""

_FILTER = json.dumps(
    {
        "room": {
            "timeline": {"limit": 100},
            "state": {"types": []},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        },
        "presence": {"types": []},
        "account_data": {"types": []},
    }
)


class Viewer:
    """The rooms of one account.

    What happens is kept in the order of arrival from the first ``sync`` on, so that an answer that
    comes before anybody waits for it is not missed.
    """

    def __init__(self, api: ClientApi) -> None:
        self._api = api
        self._since = ""
        self._seen: list[RoomEvent] = []
        self._following = asyncio.Lock()

    async def state(self, room: RoomId, type_: str, state_key: str = "") -> JsonObject:
        """Return the content of a state of the room; RequestRefusedError when there is none."""
        path = f"{CLIENT}/rooms/{part(room)}/state/{type_}/{part(state_key)}"
        return await self._api.request("GET", path)

    async def members(self, room: RoomId) -> frozenset[str]:
        """Return the user ids of who is in the room now."""
        path = f"{CLIENT}/rooms/{part(room)}/joined_members"
        return frozenset(inner(await self._api.request("GET", path), "joined"))

    async def history(self, room: RoomId) -> list[RoomEvent]:
        """Return everything that happened in the room, whole, oldest first."""
        return await self._messages(room, {"dir": "f"})

    def mark(self) -> int:
        """Return a mark of this moment, for ``wait_for(…, after=mark)``."""
        return len(self._seen)

    async def wait_for(
        self,
        predicate: Callable[[RoomEvent], bool],
        within: timedelta = timedelta(seconds=20),
        *,
        after: int = 0,
    ) -> RoomEvent:
        """Return the first event seen since ``login``, or the mark, of which the predicate holds.

        Follows ``/sync`` until there is one; TimeoutError when it does not come in time.
        """
        async with asyncio.timeout(within.total_seconds()), aclosing(self.follow(after)) as events:
            async for event in events:
                if predicate(event):
                    return event
        raise AssertionError("what is followed has no end")

    async def follow(self, after: int | None = None) -> AsyncGenerator[RoomEvent, None]:
        """Yield what happens in the rooms as it comes, from the mark or from now on, without end.

        Several may follow one member at the same time.
        """
        looked_at = len(self._seen) if after is None else after
        while True:
            for event in self._seen[looked_at:]:
                looked_at += 1
                yield event
            async with self._following:
                if len(self._seen) == looked_at:
                    await self.sync(SYNC_WAIT)

    async def sync(self, wait: timedelta) -> list[RoomEvent]:
        """Look once, for as long as ``wait`` if nothing happens; return what is new.

        Gaps are filled, so that nothing is missed after a burst. Not beside another ``sync``,
        ``follow`` or ``wait_for`` of the same member.
        """
        query = {"filter": _FILTER, "timeout": str(round(wait.total_seconds() * 1000))}
        query |= {"since": self._since} if self._since else {}
        answer = await self._api.request("GET", f"{CLIENT}/sync", query=query, wait=wait)
        new: list[RoomEvent] = []
        for kind in ("join", "leave"):
            for name, room in inner(answer, "rooms", kind).items():
                new += await self._timeline(RoomId(name), room)
        if self._since:
            new = await self._arrived(new)
            self._seen += new
        self._since = text(answer, "next_batch")
        return new

    async def _arrived(self, events: list[RoomEvent]) -> list[RoomEvent]:
        """Return what is to be seen now of what arrived; who decrypts has more to do here."""
        return events

    async def _timeline(self, room_id: RoomId, room: object) -> list[RoomEvent]:
        timeline = inner(room, "timeline") if isinstance(room, dict) else {}
        gap: list[RoomEvent] = []
        if self._since and timeline.get("limited") is True:
            start = {"dir": "b", "from": text(timeline, "prev_batch"), "to": self._since}
            gap = (await self._messages(room_id, start))[::-1]
        return gap + [parsed(room_id, event) for event in listed(timeline, "events")]

    async def _messages(self, room: RoomId, query: dict[str, str]) -> list[RoomEvent]:
        found: list[RoomEvent] = []
        path = f"{CLIENT}/rooms/{part(room)}/messages"
        while True:
            answer = await self._api.request("GET", path, query={"limit": str(PAGE)} | query)
            found += [parsed(room, event) for event in listed(answer, "chunk")]
            query = query | {"from": text(answer, "end")}
            if not query["from"]:
                return found
