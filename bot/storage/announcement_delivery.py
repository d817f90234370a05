"""Announcement delivery: what became of each occurrence in each room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Integer, Table, Text, select

from bot.ids import Oid, RoomId
from bot.storage.insert import insert_new
from bot.storage.outbox import State as Sending
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, NOBODY, Belongs, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Outcome(StrEnum):
    """Said, of no use any more when its time had passed, or there was no room to say it in."""

    SAID = "said"
    MISSED = "missed"
    REFUSED = "refused"


announcement_delivery = Table(
    "announcement_delivery",
    metadata,
    Column("announcement_id", Integer, primary_key=True, info=FACT),
    Column("occurrence", Text, primary_key=True, info=FACT),
    Column("room_id", Text, primary_key=True, info=FACT),
    Column("outcome", Text, nullable=False, info=FACT),
    Column("oid", Text, nullable=True, info=NOBODY),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    info=personal(
        Purpose.ANIMATE,
        Erasure.CHOSEN,
        Limit("at", setting="outbox_days"),
        belongs=Belongs("announcement_id", "announcement"),
    ),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One occurrence (the ISO time it was due, or the cause) in one room; ``oid`` if it was said.

    ``reason`` is what the server said where it did not take the message.
    """

    announcement_id: int
    occurrence: str
    room_id: RoomId
    outcome: Outcome
    at: datetime
    oid: Oid | None = None
    reason: str | None = None


_NAMES = ("announcement_id", "occurrence", "room_id", "outcome", "at", "oid")


async def record(transaction: Transaction, item: Delivery) -> None:
    """Note what became of an occurrence; what was noted first stays."""
    unique = ("announcement_id", "occurrence", "room_id")
    statement = insert_new(transaction, announcement_delivery, *unique)
    await transaction.execute(statement, {name: getattr(item, name) for name in _NAMES})


async def latest(reader: Reader, number: int, limit: int) -> list[Delivery]:
    """Return the last deliveries of ``A<number>``, newest first, with what the server refused."""
    table = announcement_delivery
    statement = (
        select(*(table.c[name] for name in _NAMES), outbox.c.reason, outbox.c.state)
        .join(outbox, outbox.c.oid == table.c.oid, isouter=True)
        .where(table.c.announcement_id == number)
        .order_by(table.c.at.desc(), table.c.room_id)
        .limit(limit)
    )
    return [
        Delivery(
            announcement_id=row.announcement_id,
            occurrence=row.occurrence,
            room_id=RoomId(row.room_id),
            outcome=Outcome.REFUSED if row.state == Sending.DEAD else Outcome(row.outcome),
            at=row.at,
            oid=Oid(row.oid) if row.oid else None,
            reason=row.reason,
        )
        for row in await reader.execute(statement)
    ]
