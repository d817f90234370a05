"""Batch: what one sync answer holds for the bot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ids import EventId, Oid, RoomId, UserId
from bot.model import Event
from bot.storage.room import Room


@dataclass(frozen=True, slots=True)
class Echo:
    """One of our own events that came back."""

    event_id: EventId
    oid: Oid


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that waits for a room key; ``raw`` is the ciphertext."""

    event_id: EventId
    room_id: RoomId
    sender: UserId
    session_id: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """From here on the room is encrypted, and plaintext in it is not a member's word."""

    event_id: EventId
    room_id: RoomId


Picked = Event | Echo | Unreadable | Sealed


@dataclass(slots=True)
class Batch:
    """What one sync answer holds for the bot, in the order in which it is journalled."""

    picked: list[Picked] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    left: list[RoomId] = field(default_factory=list)
    is_late: bool = False
    has_new_room: bool = False

    @property
    def is_idle(self) -> bool:
        """Return whether there is nothing that has to be journalled."""
        has_news = any(not isinstance(item, Echo) for item in self.picked)
        return not (has_news or self.rooms or self.left)
