"""Rooms: what is known of the rooms the bot is in, kept across restarts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.ids import RoomId
from bot.matrix.parse import MalformedEventError, id_of
from bot.storage.room import Room

TRIO_MARKER = "app.compagnon.trio"
"""Key in the creation content of a room of three; its value is the localpart of the alias."""

_MOST_JOINED = 2**31 - 1
"""The largest integer that both engines keep."""


class Rooms:
    """The rooms the bot is in, in memory and in the table ``room``.

    Changes are collected by ``learn`` and ``leave`` and become durable with the journal's
    transaction; what a room once was encrypted stays so.
    """

    def __init__(self, known: dict[RoomId, Room]) -> None:
        self._known = known

    def __contains__(self, room: RoomId) -> bool:
        return room in self._known

    def is_pair(self, room: RoomId) -> bool:
        """Return whether only the bot and one other are in the room."""
        known = self._known.get(room)
        return known is not None and known.is_pair

    def is_trio(self, room: RoomId) -> bool:
        """Return whether the bot made the room for a newcomer and their companion."""
        known = self._known.get(room)
        return known is not None and known.is_trio

    def is_encrypted(self, room: RoomId) -> bool:
        """Return whether the room is encrypted, or not known well enough to say it is not."""
        known = self._known.get(room)
        return known is None or known.is_encrypted

    def is_open(self, room: RoomId) -> bool:
        """Return whether the bot is in the room and the room was not replaced."""
        known = self._known.get(room)
        return known is not None and known.replaced_by is None

    def all(self) -> frozenset[RoomId]:
        """Return all rooms the bot is in."""
        return frozenset(self._known)

    def learn(
        self, room: RoomId, raw: Mapping[str, Any], now: datetime, *, is_sealed: bool = False
    ) -> Room | None:
        """Return the room as the sync answer ``raw`` shows it, or None if nothing changed.

        ``is_sealed`` tells that the answer's gap showed it to be encrypted.
        """
        before = self._known.get(room)
        after = before or Room(room, joined_at=now)
        if is_sealed:
            after = replace(after, is_encrypted=True)
        for event in _state_of(raw):
            after = _applied(after, event)
        summary = raw.get("summary")
        count = summary.get("m.joined_member_count") if isinstance(summary, dict) else None
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            after = replace(after, joined_count=min(count, _MOST_JOINED))
        return None if after == before else after

    def keep(self, room: Room) -> None:
        """Take over a room whose row is durable."""
        self._known[room.room_id] = room

    def drop(self, room: RoomId) -> None:
        """Forget a room that the bot has left."""
        self._known.pop(room, None)


def _state_of(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for part in ("state", "timeline"):
        section = raw.get(part)
        events = section.get("events") if isinstance(section, dict) else None
        if isinstance(events, list):
            found += [event for event in events if isinstance(event, dict)]
    return [event for event in found if event.get("state_key") == ""]


def _applied(room: Room, event: Mapping[str, Any]) -> Room:
    content = event.get("content")
    if event.get("type") == "m.room.encryption":
        # Whatever the algorithm says, and whatever a later event says: never plaintext again.
        return replace(room, is_encrypted=True)
    if event.get("type") == "m.room.create" and isinstance(content, dict):
        return replace(room, is_trio=TRIO_MARKER in content)
    if event.get("type") == "m.room.tombstone" and isinstance(content, dict):
        try:
            replacement = RoomId(id_of(content.get("replacement_room"), "!"))
        except MalformedEventError:
            return room
        return replace(room, replaced_by=replacement)
    return room
