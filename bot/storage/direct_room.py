"""Direct room: the one room in which the bot speaks alone with somebody, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Integer, Table, Text, delete, select, update

from bot.ids import Oid, RoomAlias, RoomId, UserId
from bot.storage.insert import upsert
from bot.storage.outbox import State as ParcelState
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, NOBODY, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Where somebody's direct room stands.

    PLANNED is committed before the server is asked for a room, so that a second attempt finds the
    first one's. From OPEN on ``room_id`` is known. LEFT and REFUSED are not forced again.
    """

    PLANNED = "planned"
    OPEN = "open"
    LEFT = "left"
    REFUSED = "refused"


direct_room = Table(
    "direct_room",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("generation", Integer, nullable=False, info=NOBODY),
    Column("alias", Text, nullable=True, info=FACT),
    Column("room_id", Text, nullable=True, info=FACT),
    Column("state", Text, nullable=False, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.SPEAK, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_direct_room_room_id", direct_room.c.room_id)


@dataclass(frozen=True, slots=True)
class DirectRoom:
    """How the direct room with ``user_id`` stands.

    ``generation`` counts the rooms that the bot tried to make for them, and ``alias`` names the
    present one; both stay as they were where they opened the room themselves.
    """

    user_id: UserId
    generation: int
    state: State
    changed_at: datetime
    alias: RoomAlias | None = None
    room_id: RoomId | None = None


_COLUMNS = [direct_room.c[name] for name in DirectRoom.__slots__]


async def get(reader: Reader, user_id: UserId) -> DirectRoom | None:
    """Return how the direct room with ``user_id`` stands; None if there never was one."""
    return await _first(reader, direct_room.c.user_id == user_id)


async def of_room(reader: Reader, room_id: RoomId) -> DirectRoom | None:
    """Return whose direct room ``room_id`` is, if it is one."""
    return await _first(reader, direct_room.c.room_id == room_id)


async def _first(reader: Reader, condition: object) -> DirectRoom | None:
    statement = select(*_COLUMNS).where(condition)  # type: ignore[arg-type]  # a column's comparison
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    return DirectRoom(**{**row._mapping, "state": State(row.state)})  # noqa: SLF001  documented API


async def save(transaction: Transaction, item: DirectRoom) -> None:
    """Write how a direct room stands now."""
    updated = [name for name in DirectRoom.__slots__ if name != "user_id"]
    row = {name: getattr(item, name) for name in DirectRoom.__slots__}
    await transaction.execute(upsert(transaction, direct_room, ("user_id",), *updated), row)


async def mark_left(transaction: Transaction, room_ids: Iterable[RoomId], at: datetime) -> None:
    """Note that the bot or the other one is no more in these rooms."""
    is_there = direct_room.c.room_id.in_(list(room_ids)) & (direct_room.c.state == State.OPEN)
    await transaction.execute(
        update(direct_room).where(is_there).values(state=State.LEFT, changed_at=at)
    )


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Follow the replacement of a room."""
    await transaction.execute(
        update(direct_room).where(direct_room.c.room_id == old).values(room_id=new)
    )


async def forget(transaction: Transaction, user_id: UserId) -> None:
    """Delete what is known of the direct room with ``user_id``; the room itself stays."""
    await transaction.execute(delete(direct_room).where(direct_room.c.user_id == user_id))


async def bind(transaction: Transaction, oid: Oid, room_id: RoomId) -> None:
    """Note to which room a parcel goes, before it is sent: it is never tried in another one."""
    await transaction.execute(update(outbox).where(outbox.c.oid == oid).values(room_id=room_id))


async def room_of(reader: Reader, target: str) -> RoomId | None:
    """Return the room of the act that a parcel's ``target`` names, if it is the bot's own."""
    is_it = outbox.c.oid == target.removeprefix("oid:")
    if not target.startswith("oid:"):
        is_it = outbox.c.event_id == target
    found = (await reader.execute(select(outbox.c.room_id).where(is_it))).scalar()
    return RoomId(str(found)) if found else None


async def mark_missed(transaction: Transaction, oid: Oid, reason: str, at: datetime) -> bool:
    """Take out of the way what cannot be told; return False if that happened before."""
    statement = (
        update(outbox)
        .where(outbox.c.oid == oid, outbox.c.state == ParcelState.PENDING)
        .values(state=ParcelState.MISSED, reason=reason, content=None, fallback=None, sent_at=at)
    )
    return (await transaction.execute(statement)).rowcount == 1
