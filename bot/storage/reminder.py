"""Reminder: what a member asked to be reminded of, when, and where."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, func, insert, select, update

from bot.ids import EventId, RoomId, UserId
from bot.storage.personal import (
    CONVERSATION,
    FACT,
    PERSON,
    WORDS,
    Erasure,
    Limit,
    Purpose,
    personal,
)
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Still to come, delivered for the last time, or taken back."""

    PENDING = "pending"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("owner", Text, nullable=False, info=PERSON),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("conversation", Text, nullable=False, info=CONVERSATION),
    Column("text", Text, nullable=False, info=WORDS),
    Column("due_at", UtcDateTime, nullable=False, info=FACT),
    Column("wall", Text, nullable=False, info=FACT),
    Column("zone", Text, nullable=False, info=FACT),
    Column("rrule", Text, nullable=True, info=WORDS),
    Column("language", Text, nullable=False, info=WORDS),
    Column("reply_to", Text, nullable=True, info=FACT),
    Column("is_for_room", Boolean, nullable=False, info=FACT),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    Column("state", Text, nullable=False, info=FACT),
    Column("ended_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.REMIND,
        Erasure.DELETED,
        Limit("ended_at", setting="outbox_days"),
        due_kinds=("reminder",),
    ),
)
Index("ix_reminder_owner_due_at", reminder.c.owner, reminder.c.due_at)


@dataclass(frozen=True, slots=True)
class Reminder:
    """``R<id>``: ``text`` for ``owner``, said in ``room_id`` at ``due_at`` (aware UTC).

    ``wall`` is the local time of the first occurrence (``2026-10-20T09:00``) in the IANA ``zone``;
    with an ``rrule`` (RFC 5545) the later ones are computed from it, and ``due_at`` is the next.
    ``reply_to`` is the message it is about, ``source_event_id`` the command that made it.
    ``is_for_room`` tells that it is for all who are there, and not for its owner.
    """

    owner: UserId
    room_id: RoomId
    conversation: str
    text: str
    due_at: datetime
    wall: str
    zone: str
    language: str
    source_event_id: EventId
    created_at: datetime
    rrule: str | None = None
    reply_to: EventId | None = None
    is_for_room: bool = False
    state: State = State.PENDING
    id: int = 0


_NAMES = [field.name for field in fields(Reminder)]
_COLUMNS = [reminder.c[name] for name in _NAMES]


async def create(transaction: Transaction, item: Reminder) -> Reminder:
    """Keep a new reminder; return it with its id."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(reminder).values(row).returning(reminder.c.id)
    return replace(item, id=int((await transaction.execute(statement)).scalar_one()))


async def get(reader: Reader, number: int) -> Reminder | None:
    """Return ``R<number>``, whatever its state."""
    row = (await reader.execute(select(*_COLUMNS).where(reminder.c.id == number))).first()
    return _reminder(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def of_source(reader: Reader, event_id: EventId) -> Reminder | None:
    """Return the reminder that the command ``event_id`` made."""
    statement = select(*_COLUMNS).where(reminder.c.source_event_id == event_id)
    row = (await reader.execute(statement)).first()
    return _reminder(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def of_owner(reader: Reader, owner: UserId) -> list[Reminder]:
    """Return what ``owner`` still waits for, the next one first."""
    statement = (
        select(*_COLUMNS)
        .where(reminder.c.owner == owner, reminder.c.state == State.PENDING)
        .order_by(reminder.c.due_at, reminder.c.id)
    )
    return [_reminder(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def to_come(reader: Reader, owner: UserId, room: RoomId | None) -> list[Reminder]:
    """Return what ``owner`` waits for, or of it what is in ``room`` with what is for all there."""
    if room is None:
        return await of_owner(reader, owner)
    is_shown = (reminder.c.owner == owner) | reminder.c.is_for_room
    statement = (
        select(*_COLUMNS)
        .where(reminder.c.room_id == room, reminder.c.state == State.PENDING, is_shown)
        .order_by(reminder.c.due_at, reminder.c.id)
    )
    return [_reminder(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def save(transaction: Transaction, item: Reminder) -> None:
    """Write what may change: text, times, place and state of a reminder that is pending.

    Its owner, its source and when it was created stay.
    """
    names = ("room_id", "conversation", "text", "due_at", "wall", "zone", "language", "rrule")
    await transaction.execute(
        update(reminder)
        .where(reminder.c.id == item.id, reminder.c.state == State.PENDING)
        .values({name: getattr(item, name) for name in (*names, "reply_to")})
    )


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Have what was to be said in ``old`` said in ``new``."""
    await transaction.execute(
        update(reminder)
        .where(reminder.c.room_id == old, reminder.c.state == State.PENDING)
        .values(
            room_id=new,
            conversation=func.replace(reminder.c.conversation, old, new),
            reply_to=None,
        )
    )


async def wake(transaction: Transaction, number: int, at: datetime) -> None:
    """Let a reminder that was said be pending again until ``at``; one that waits, until then too.

    One that repeats and still does keeps the date of its rule.
    """
    was_said = reminder.c.state == State.DELIVERED
    waits_once = (reminder.c.state == State.PENDING) & reminder.c.rrule.is_(None)
    await transaction.execute(
        update(reminder)
        .where(reminder.c.id == number, was_said | waits_once)
        .values(state=State.PENDING, due_at=at, ended_at=None)
    )


async def end(transaction: Transaction, number: int, state: State, at: datetime) -> bool:
    """Put a pending reminder into its last state; return whether it was pending."""
    statement = (
        update(reminder)
        .where(reminder.c.id == number, reminder.c.state == State.PENDING)
        .values(state=state, ended_at=at)
    )
    return (await transaction.execute(statement)).rowcount > 0


def _reminder(row: dict[str, object]) -> Reminder:
    values = {**row, "state": State(str(row["state"]))}
    return Reminder(**values)  # type: ignore[arg-type]  # columns and fields are the same names
