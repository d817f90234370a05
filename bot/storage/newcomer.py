"""Newcomer: who came into a room and is to be greeted, and who was there of late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from bot.ids import RoomId, UserId
from bot.storage import inbox
from bot.storage.insert import upsert
from bot.storage.personal import FACT, NOBODY, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

REMEMBERED_DAYS = 90
"""Days for which somebody who comes back is not greeted again (product rules, section 2)."""


class State(StrEnum):
    """Waiting to be greeted, greeted, gone before that, or gone after having been a member."""

    WAITING = "waiting"
    GREETED = "greeted"
    GONE = "gone"
    LEFT = "left"


newcomer = Table(
    "newcomer",
    metadata,
    Column("room_id", Text, primary_key=True, info=FACT),
    Column("person", Text, primary_key=True, info=NOBODY),
    Column("user_id", Text, nullable=True, info=PERSON),
    Column("state", Text, nullable=False, info=FACT),
    Column("seen_at", UtcDateTime, nullable=False, info=FACT),
    Column("came_at", UtcDateTime, nullable=True, info=FACT),
    Column("has_stepped", Boolean, nullable=False, info=FACT),
    info=personal(Purpose.MEET, Erasure.DELETED, Limit("seen_at", days=REMEMBERED_DAYS)),
)
Index("ix_newcomer_came_at", newcomer.c.came_at)
Index("ix_newcomer_seen_at", newcomer.c.seen_at)
Index("ix_newcomer_user_id", newcomer.c.user_id)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who came into a room, or went.

    ``person`` is a pseudonym for them in that room. ``user_id`` is known only while somebody has
    to speak with them or of them. ``seen_at`` is when they last came or went, ``came_at`` when they
    came as somebody new; ``has_stepped`` is noted when their name is forgotten.
    """

    room_id: RoomId
    person: str
    state: State
    seen_at: datetime
    came_at: datetime | None = None
    user_id: UserId | None = None
    has_stepped: bool = False


_COLUMNS = [newcomer.c[name] for name in Newcomer.__slots__]


async def get(reader: Reader, room_id: RoomId, person: str) -> Newcomer | None:
    """Return what is known of ``person`` in a room."""
    found = await _all(reader, newcomer.c.room_id == room_id, newcomer.c.person == person)
    return found[0] if found else None


async def waiting(reader: Reader, room_id: RoomId) -> list[Newcomer]:
    """Return who waits to be greeted in a room, in the order in which they came."""
    return await _all(reader, newcomer.c.room_id == room_id, newcomer.c.state == State.WAITING)


async def named(reader: Reader, room_id: RoomId, came_until: datetime) -> list[Newcomer]:
    """Return who was greeted in a room, came until then, and is still known by name."""
    return await _all(
        reader,
        newcomer.c.room_id == room_id,
        newcomer.c.state == State.GREETED,
        newcomer.c.user_id.is_not(None),
        newcomer.c.came_at <= came_until,
    )


async def _all(reader: Reader, *conditions: ColumnElement[bool]) -> list[Newcomer]:
    statement = select(*_COLUMNS).where(*conditions).order_by(newcomer.c.came_at, newcomer.c.person)
    return [
        Newcomer(**{**row._mapping, "state": State(row.state)})  # noqa: SLF001  documented API
        for row in await reader.execute(statement)
    ]


async def came_since(reader: Reader, since: datetime) -> int:
    """Return how many came as somebody new after ``since``, into whatever room."""
    statement = select(func.count()).where(newcomer.c.came_at > since)
    return int((await reader.execute(statement)).scalar_one())


async def stepped_since(
    reader: Reader, users: Sequence[UserId], since: datetime
) -> frozenset[UserId]:
    """Return which of ``users`` addressed the bot after ``since``."""
    found: set[UserId] = set()
    for start in range(0, len(users), 1000):
        few = users[start : start + 1000]
        statement = (
            select(inbox.inbox.c.sender)
            .where(inbox.inbox.c.sender.in_(few), inbox.inbox.c.received_at > since)
            .distinct()
        )
        found |= {UserId(str(row[0])) for row in await reader.execute(statement)}
    return frozenset(found)


async def save(transaction: Transaction, item: Newcomer) -> None:
    """Write what is known of somebody in a room."""
    updated = [name for name in Newcomer.__slots__ if name not in ("room_id", "person")]
    row = {name: getattr(item, name) for name in Newcomer.__slots__}
    await transaction.execute(upsert(transaction, newcomer, ("room_id", "person"), *updated), row)


async def mark_greeted(transaction: Transaction, room_id: RoomId) -> None:
    """Note that all who waited in a room were greeted."""
    await transaction.execute(
        update(newcomer)
        .where(newcomer.c.room_id == room_id, newcomer.c.state == State.WAITING)
        .values(state=State.GREETED)
    )


async def note_steps(transaction: Transaction, room_id: RoomId, users: Iterable[UserId]) -> None:
    """Note that ``users``, who came into a room, took a first step."""
    everybody = sorted(users)
    for start in range(0, len(everybody), 1000):
        few = everybody[start : start + 1000]
        await transaction.execute(
            update(newcomer)
            .where(newcomer.c.room_id == room_id, newcomer.c.user_id.in_(few))
            .values(has_stepped=True)
        )


async def last_heard(reader: Reader, since: datetime) -> dict[UserId, datetime]:
    """Return who addressed the bot after ``since``, wherever, and when last."""
    statement = (
        select(inbox.inbox.c.sender, func.max(inbox.inbox.c.handled_at).label("at"))
        .where(inbox.inbox.c.handled_at >= since, inbox.inbox.c.kind != "membership")
        .group_by(inbox.inbox.c.sender)
    )
    return {UserId(row.sender): row.at for row in await reader.execute(statement)}


async def silent_since(
    reader: Reader, room_id: RoomId, since: datetime, until: datetime
) -> list[Newcomer]:
    """Return who came into a room in a time and took no first step, as pseudonyms."""
    is_silent = newcomer.c.has_stepped.is_(False) & newcomer.c.came_at.between(since, until)
    return await _all(reader, newcomer.c.room_id == room_id, is_silent)


async def counts(
    reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime
) -> tuple[int, int]:
    """Return how many came into ``rooms`` then as somebody new, and how many took a first step.

    Who came into several rooms counts in each. A first step is known once it was looked for, two
    and fourteen days after.
    """
    statement = (
        select(newcomer.c.has_stepped, func.count().label("n"))
        .where(newcomer.c.came_at >= since, newcomer.c.came_at < until)
        .where(newcomer.c.room_id.in_(list(rooms)))
        .group_by(newcomer.c.has_stepped)
    )
    found = {bool(row.has_stepped): int(row.n) for row in await reader.execute(statement)}
    return sum(found.values()), found.get(True, 0)


async def unname(transaction: Transaction, room_id: RoomId, came_until: datetime) -> None:
    """Forget the names of who was greeted in a room and came until then: only a pseudonym stays."""
    await transaction.execute(
        update(newcomer)
        .where(
            newcomer.c.room_id == room_id,
            newcomer.c.state == State.GREETED,
            newcomer.c.came_at <= came_until,
        )
        .values(user_id=None)
    )


async def forget_rooms(transaction: Transaction, room_ids: Iterable[RoomId]) -> None:
    """Delete what is known of rooms that the bot has left."""
    await transaction.execute(delete(newcomer).where(newcomer.c.room_id.in_(list(room_ids))))
