"""Announcement: what animators have the bot say in rooms, when, and who answers for it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    Executable,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from bot.ids import EventId, RoomId, UserId
from bot.storage.insert import insert_new
from bot.storage.personal import (
    FACT,
    PERSON,
    WORDS,
    Belongs,
    Erasure,
    Limit,
    Purpose,
    Until,
    personal,
)
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Waiting to be confirmed, to be said, said for the last time, or called off."""

    DRAFT = "draft"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN = (State.DRAFT, State.PLANNED)
"""What can still be changed."""

announcement = Table(
    "announcement",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("owner", Text, nullable=False, info=PERSON),
    Column("text", Text, nullable=False, info=WORDS),
    Column("due_at", UtcDateTime, nullable=False, info=FACT),
    Column("wall", Text, nullable=False, info=FACT),
    Column("zone", Text, nullable=False, info=FACT),
    Column("rrule", Text, nullable=True, info=WORDS),
    Column("late_hours", Integer, nullable=False, info=FACT),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    Column("state", Text, nullable=False, info=FACT),
    Column("ended_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.ANIMATE,
        Erasure.CHOSEN,
        Limit("ended_at", setting="outbox_days"),
        due_kinds=("announcement",),
    ),
)
Index("ix_announcement_state", announcement.c.state, announcement.c.due_at)

announcement_room = Table(
    "announcement_room",
    metadata,
    Column("announcement_id", Integer, primary_key=True, info=FACT),
    Column("room_id", Text, primary_key=True, info=FACT),
    info=personal(
        Purpose.ANIMATE,
        Erasure.CHOSEN,
        until=Until.REMOVED,
        belongs=Belongs("announcement_id", "announcement"),
    ),
)
Index("ix_announcement_room_room_id", announcement_room.c.room_id)


@dataclass(frozen=True, slots=True)
class Announcement:
    """``A<id>``: ``text`` (Markdown), said in ``rooms`` at ``due_at`` (aware UTC).

    ``owner`` is the animator who answers for it now: their right counts for mentioning the room.
    ``wall``, ``zone`` and ``rrule`` are as in a reminder. Up to ``late_hours`` after its time it is
    still of use; after that it is not said any more.
    """

    owner: UserId
    text: str
    due_at: datetime
    wall: str
    zone: str
    source_event_id: EventId
    created_at: datetime
    rooms: tuple[RoomId, ...] = ()
    rrule: str | None = None
    late_hours: int = 24
    state: State = State.DRAFT
    id: int = 0


_NAMES = [field.name for field in fields(Announcement) if field.name != "rooms"]
_COLUMNS = [announcement.c[name] for name in _NAMES]


async def create(transaction: Transaction, item: Announcement) -> Announcement:
    """Keep a new announcement; return it with its id."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(announcement).values(row).returning(announcement.c.id)
    number = int((await transaction.execute(statement)).scalar_one())
    await _put_rooms(transaction, number, item.rooms)
    return replace(item, id=number)


async def save(transaction: Transaction, item: Announcement) -> None:
    """Write everything of an announcement but its source and when it was created."""
    kept = {"id", "source_event_id", "created_at"}
    values = {name: getattr(item, name) for name in _NAMES if name not in kept}
    await transaction.execute(
        update(announcement).where(announcement.c.id == item.id).values(values)
    )
    await _put_rooms(transaction, item.id, item.rooms)


async def end(transaction: Transaction, number: int, state: State, at: datetime) -> None:
    """Put an open announcement into its last state."""
    await transaction.execute(
        update(announcement)
        .where(announcement.c.id == number, announcement.c.state.in_(OPEN))
        .values(state=state, ended_at=at)
    )


async def get(reader: Reader, number: int) -> Announcement | None:
    """Return ``A<number>``, whatever its state."""
    found = await _all(reader, select(*_COLUMNS).where(announcement.c.id == number))
    return found[0] if found else None


async def of_source(reader: Reader, event_id: EventId) -> Announcement | None:
    """Return the announcement that the command ``event_id`` made."""
    condition = announcement.c.source_event_id == event_id
    found = await _all(reader, select(*_COLUMNS).where(condition))
    return found[0] if found else None


async def waiting(reader: Reader) -> list[Announcement]:
    """Return what is a draft or planned, the next one first."""
    statement = (
        select(*_COLUMNS)
        .where(announcement.c.state.in_(OPEN))
        .order_by(announcement.c.due_at, announcement.c.id)
    )
    return await _all(reader, statement)


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Have what was to be said in ``old`` said in ``new``."""
    column = announcement_room.c.room_id
    numbers = select(announcement_room.c.announcement_id).where(column == old)
    rows = [
        {"announcement_id": row.announcement_id, "room_id": new}
        for row in await transaction.execute(numbers)
    ]
    if rows:
        unique = ("announcement_id", "room_id")
        await transaction.execute(insert_new(transaction, announcement_room, *unique), rows)
        await transaction.execute(delete(announcement_room).where(column == old))


async def _put_rooms(transaction: Transaction, number: int, rooms: Iterable[RoomId]) -> None:
    of_it = announcement_room.c.announcement_id == number
    await transaction.execute(delete(announcement_room).where(of_it))
    rows = [{"announcement_id": number, "room_id": room} for room in rooms]
    if rows:
        await transaction.execute(insert(announcement_room), rows)


async def _all(reader: Reader, statement: Executable) -> list[Announcement]:
    rows = [dict(row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API
    numbers = [row["id"] for row in rows]
    rooms: dict[int, list[RoomId]] = {}
    if numbers:
        of_them = (
            select(announcement_room)
            .where(announcement_room.c.announcement_id.in_(numbers))
            .order_by(announcement_room.c.room_id)
        )
        for row in await reader.execute(of_them):
            rooms.setdefault(row.announcement_id, []).append(RoomId(row.room_id))
    return [
        Announcement(
            **{**row, "state": State(row["state"]), "rooms": tuple(rooms.get(row["id"], ()))}
        )
        for row in rows
    ]
