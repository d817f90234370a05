"""Echo: the bot's own events as they came back, which prove that a parcel arrived."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, Index, Table, Text, exists, select

from bot.ids import EventId, Oid
from bot.storage.insert import insert_new
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, Belongs, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

echo = Table(
    "echo",
    metadata,
    Column("event_id", Text, primary_key=True, info=FACT),
    Column("oid", Text, nullable=False, info=FACT),
    Column("seen_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(
        Purpose.ANSWER,
        Erasure.DELETED,
        Limit("seen_at", setting="outbox_days"),
        belongs=Belongs("oid", "outbox", "oid"),
    ),
)
Index("ix_echo_oid", echo.c.oid)


async def record(transaction: Transaction, seen: Mapping[EventId, Oid], at: datetime) -> None:
    """Note the bot's own events that carry an oid."""
    if seen:
        rows = [{"event_id": event, "oid": oid, "seen_at": at} for event, oid in seen.items()]
        await transaction.execute(insert_new(transaction, echo, "event_id"), rows)


async def unclaimed(reader: Reader) -> dict[Oid, EventId]:
    """Return the echoes of parcels that are not marked as sent: a restored backup forgot them."""
    is_sent = exists().where(outbox.c.oid == echo.c.oid, outbox.c.state == "sent")
    statement = select(echo.c.oid, echo.c.event_id).where(~is_sent)
    return {Oid(row.oid): EventId(row.event_id) for row in await reader.execute(statement)}


async def event_of(reader: Reader, oid: Oid) -> EventId | None:
    """Return the event in which ``oid`` came back, if it did."""
    statement = select(echo.c.event_id).where(echo.c.oid == oid).order_by(echo.c.seen_at).limit(1)
    found = (await reader.execute(statement)).scalar()
    return EventId(str(found)) if found else None


async def known(reader: Reader, event_ids: list[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` are the bot's own."""
    if not event_ids:
        return frozenset()
    statement = select(echo.c.event_id).where(echo.c.event_id.in_(event_ids))
    return frozenset(EventId(str(row[0])) for row in await reader.execute(statement))
