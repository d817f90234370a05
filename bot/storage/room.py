"""Room: what the bot keeps of the rooms it is in, so that a restart need not ask again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Integer, Table, Text, delete, select

from bot.ids import RoomId
from bot.storage.insert import upsert
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

room = Table(
    "room",
    metadata,
    Column("room_id", Text, primary_key=True, info=NOBODY),
    Column("is_encrypted", Boolean, nullable=False, info=NOBODY),
    Column("joined_count", Integer, nullable=False, info=NOBODY),
    Column("joined_at", UtcDateTime, nullable=True, info=NOBODY),
    Column("replaced_by", Text, nullable=True, info=NOBODY),
    Column("is_trio", Boolean, nullable=False, info=NOBODY),
    info=personal(Purpose.WORK, Erasure.NONE, until=Until.LEFT),
)


@dataclass(frozen=True, slots=True)
class Room:
    """A room the bot is in.

    ``is_encrypted`` once true stays true, whatever the server says later. ``joined_count`` is how
    many are joined, the bot included: 2 means a conversation of two, where no prefix is needed.
    ``replaced_by`` is the room that replaced this one; nothing is said here any more. ``is_trio``:
    the bot made it for a newcomer and their companion, and is quiet there.
    """

    room_id: RoomId
    is_encrypted: bool = False
    joined_count: int = 0
    joined_at: datetime | None = None
    replaced_by: RoomId | None = None
    is_trio: bool = False

    @property
    def is_pair(self) -> bool:
        """Whether only the bot and one other are here, and no third one is expected."""
        return self.joined_count == 2 and not self.is_trio

    @property
    def is_common(self) -> bool:
        """Whether this is a room of the community, which its members have in common."""
        return self.joined_count > 2 and not self.is_trio


_COLUMNS = [room.c[name] for name in Room.__slots__]


async def save(transaction: Transaction, rooms: Iterable[Room]) -> None:
    """Write ``rooms`` as they are now."""
    rows = [{name: getattr(item, name) for name in Room.__slots__} for item in rooms]
    if rows:
        updated = [name for name in Room.__slots__ if name != "room_id"]
        await transaction.execute(upsert(transaction, room, ("room_id",), *updated), rows)


async def load(reader: Reader) -> dict[RoomId, Room]:
    """Return all rooms by their id."""
    found = [Room(**row._mapping) for row in await reader.execute(select(*_COLUMNS))]  # noqa: SLF001  documented API
    return {item.room_id: item for item in found}


async def is_pair(reader: Reader, room_id: RoomId) -> bool:
    """Return whether only the bot and one other are in the room."""
    is_it = (room.c.room_id == room_id) & (room.c.joined_count == 2) & room.c.is_trio.is_(False)
    return (await reader.execute(select(room.c.room_id).where(is_it))).first() is not None


async def replaced_by(reader: Reader, successor: RoomId) -> RoomId | None:
    """Return the room that was replaced by ``successor``, if the bot knows one."""
    statement = select(room.c.room_id).where(room.c.replaced_by == successor)
    found = (await reader.execute(statement)).scalar()
    return RoomId(str(found)) if found else None


async def forget(transaction: Transaction, room_ids: Iterable[RoomId]) -> None:
    """Delete rooms that the bot has left."""
    await transaction.execute(delete(room).where(room.c.room_id.in_(list(room_ids))))
