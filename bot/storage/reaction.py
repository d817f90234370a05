"""Reaction: what somebody did by reacting, so that taking the reaction away undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Table, Text, delete, select

from bot.ids import EventId, RoomId, UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

reaction = Table(
    "reaction",
    metadata,
    Column("event_id", Text, primary_key=True, info=FACT),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("user_id", Text, nullable=False, info=PERSON),
    Column("target", Text, nullable=False, info=FACT),
    Column("card", Text, nullable=False, info=FACT),
    Column("key", Text, nullable=False, info=WORDS),
    Column("given_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.ANSWER, Erasure.DELETED, Limit("given_at", days=400)),
)
Index("ix_reaction_given_at", reaction.c.given_at)


@dataclass(frozen=True, slots=True)
class Given:
    """``user_id`` put ``key`` on the bot's event ``target``, which is about ``card``."""

    event_id: EventId
    room_id: RoomId
    user_id: UserId
    target: EventId
    card: str
    key: str
    given_at: datetime


_COLUMNS = [reaction.c[name] for name in Given.__slots__]


async def record(transaction: Transaction, item: Given) -> None:
    """Note a reaction that had an effect."""
    row = {name: getattr(item, name) for name in Given.__slots__}
    await transaction.execute(insert_new(transaction, reaction, "event_id"), row)


async def take(transaction: Transaction, event_id: EventId) -> None:
    """Forget a reaction that was taken away."""
    await transaction.execute(delete(reaction).where(reaction.c.event_id == event_id))


async def get(reader: Reader, event_id: EventId) -> Given | None:
    """Return the reaction ``event_id``, if it had an effect that can be undone."""
    row = (await reader.execute(select(*_COLUMNS).where(reaction.c.event_id == event_id))).first()
    return Given(**row._mapping) if row else None  # noqa: SLF001  documented API


async def known(reader: Reader, event_ids: Sequence[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` are reactions that can be undone."""
    if not event_ids:
        return frozenset()
    statement = select(reaction.c.event_id).where(reaction.c.event_id.in_(event_ids))
    return frozenset(EventId(row.event_id) for row in await reader.execute(statement))


async def forget_rooms(transaction: Transaction, rooms: list[RoomId]) -> None:
    """Delete the reactions of rooms that the bot has left."""
    await transaction.execute(delete(reaction).where(reaction.c.room_id.in_(rooms)))
