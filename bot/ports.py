"""What commands and services need from outside, as protocols; ``bot.matrix`` fulfils them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.ids import EventId, RoomId, UserId
from bot.model import Media, Message


@dataclass(frozen=True, slots=True)
class PowerLevels:
    """Who may do what in a room, from the server's own state (Matrix 1.16, m.room.power_levels).

    ``creators`` outrank everyone from room version 12 on; empty in older rooms.
    """

    users: dict[UserId, int]
    users_default: int
    notify_room: int
    send_message: int
    creators: frozenset[UserId] = frozenset()

    def of(self, user: UserId) -> int:
        """Return the power level of ``user``; creators of a version 12 room have the highest."""
        if user in self.creators:
            return 2**53 - 1
        return self.users.get(user, self.users_default)


class RefusedError(Exception):
    """The server refuses an act for good: asking again would change nothing."""


class RoomReader(Protocol):
    """Facts that only the server knows; each call asks it, so never inside a transaction."""

    async def power_levels(self, room: RoomId) -> PowerLevels:
        """Return the room's power levels as the server has them now."""
        ...

    async def is_member(self, room: RoomId, user: UserId) -> bool:
        """Return whether ``user`` is joined to ``room`` now; False when the bot cannot see it."""
        ...

    async def joined_rooms_of(self, user: UserId, rooms: frozenset[RoomId]) -> frozenset[RoomId]:
        """Return those of ``rooms`` to which ``user`` is joined now."""
        ...

    async def members_of(self, room: RoomId) -> Mapping[UserId, str | None]:
        """Return who is joined to ``room`` now, and what they call themselves there, if anything.

        Nobody where the bot cannot see it.
        """
        ...

    async def message(self, room: RoomId, event: EventId) -> Message | None:
        """Return a message of the room, with its latest edit by the author applied.

        None when it does not exist, is redacted, is no message, or cannot be read.
        """
        ...

    async def timezone_of(self, user: UserId) -> str | None:
        """Return ``m.tz`` of the user's profile (Matrix 1.16), if it has one."""
        ...

    async def display_name_of(self, room: RoomId, user: UserId) -> str | None:
        """Return the user's display name in the room, if any."""
        ...

    async def room_of(self, alias: str) -> RoomId | None:
        """Return the room an alias stands for, if any."""
        ...

    async def predecessor(self, room: RoomId) -> RoomId | None:
        """Return the room that ``room`` says it replaces (``m.room.create``), if it does."""
        ...


class MediaStore(Protocol):
    """The files that people send; each call asks the server, so never inside a transaction."""

    async def download(self, media: Media, *, limit_bytes: int) -> bytes:
        """Return a file as its sender had it, decrypted and held against its hash.

        Raises UserError for one that is larger than ``limit_bytes``, gone, or not what was sent.
        """
        ...


class Encoder(Protocol):
    """What passages mean, as vectors: those of what means much the same point the same way.

    A vector is the bytes of one ``model`` and is compared with others of that model alone.
    """

    @property
    def model(self) -> str:
        """Return the name of the model; another name makes all vectors that are kept worthless."""
        ...

    @property
    def is_ready(self) -> bool:
        """Return whether the model is loaded: until then nobody waits for it."""
        ...

    async def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
        """Return one vector for each item, which is told in one or several passages."""
        ...

    async def closeness(self, vector: bytes, others: Sequence[bytes]) -> list[float]:
        """Return how close ``others`` are to ``vector``: 1 for the same, about 0 for unrelated."""
        ...


class Homeservers(Protocol):
    """Acts on the server that are idempotent by nature and so need no outbox."""

    async def join(self, room: str) -> RoomId:
        """Join a room by id or alias; joining twice is joining once.

        Raises RefusedError when the server does not let the bot in.
        """
        ...

    async def leave(self, room: RoomId) -> None:
        """Leave (or decline the invite to) a room; leaving twice is leaving once."""
        ...
