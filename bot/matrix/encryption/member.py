"""Member: who is to read what the bot says in an encrypted room."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.ids import RoomId
from bot.matrix.http import Homeserver, client_path

_PRESENT = ("join", "invite")
"""Who is invited reads too: a direct message must not become unreadable by accepting it."""


class Members:
    """The members of encrypted rooms, asked once in a run and then followed in the sync answers.

    ``version(room)`` changes whenever the members may have.
    """

    def __init__(self, server: Homeserver) -> None:
        self._server = server
        self._known: dict[RoomId, set[str]] = {}
        self._versions: dict[RoomId, int] = {}

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take from a sync answer who came and who went, in the rooms whose members are known."""
        sections = answer.get("rooms")
        sections = sections if isinstance(sections, dict) else {}
        for kind in ("join", "leave"):
            rooms = sections.get(kind)
            for name, raw in rooms.items() if isinstance(rooms, dict) else ():
                if name in self._versions and isinstance(raw, dict):
                    self._note_room(RoomId(name), raw, is_left=kind == "leave")

    def version(self, room: RoomId) -> int:
        """Return a number that is another one after each change."""
        return self._versions.get(room, 0)

    async def of(self, room: RoomId) -> frozenset[str]:
        """Return the members, the invited and the bot itself; raises what requests raise."""
        while room not in self._known:
            self._versions.setdefault(room, 0)
            before = self._versions[room]
            members = await self._ask(room)
            if self._versions[room] == before:
                self._known[room] = members
        return frozenset(self._known[room])

    async def _ask(self, room: RoomId) -> set[str]:
        joined, invited = await asyncio.gather(
            self._server.request("GET", client_path("rooms", room, "joined_members")),
            self._server.request(
                "GET", client_path("rooms", room, "members"), query={"membership": "invite"}
            ),
        )
        found, events = joined.get("joined"), invited.get("chunk")
        members = set(found) if isinstance(found, dict) else set()
        for event in events if isinstance(events, list) else []:
            change = _change_in(event)
            if change is not None and change[1] in _PRESENT:
                members.add(change[0])
        return members

    def _note_room(self, room: RoomId, raw: Mapping[str, Any], *, is_left: bool) -> None:
        timeline = raw.get("timeline")
        timeline = timeline if isinstance(timeline, dict) else {}
        if is_left or timeline.get("limited") is True:
            # Who came or went in the gap is not said: ask again when it matters.
            self._known.pop(room, None)
            self._versions[room] += 1
            return
        events = timeline.get("events")
        for event in events if isinstance(events, list) else []:
            change = _change_in(event)
            if change is not None:
                self._change(room, *change)

    def _change(self, room: RoomId, user: str, membership: str) -> None:
        known = self._known.get(room)
        is_present = membership in _PRESENT
        if known is not None and (user in known) == is_present:
            return
        self._versions[room] += 1
        if known is not None:
            (known.add if is_present else known.discard)(user)


def _change_in(event: object) -> tuple[str, str] | None:
    """Return whose membership an event changes, and to what."""
    if not isinstance(event, dict) or event.get("type") != "m.room.member":
        return None
    user, content = event.get("state_key"), event.get("content")
    membership = content.get("membership") if isinstance(content, dict) else None
    if isinstance(user, str) and isinstance(membership, str):
        return user, membership
    return None
