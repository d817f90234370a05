"""Outbox: every act the bot does towards a room, committed before the wire, once per cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from bot.ids import EventId, Oid, RoomId
from bot.storage import attachment
from bot.storage.insert import insert_new_on
from bot.storage.personal import (
    CONVERSATION,
    FACT,
    NOBODY,
    PLACE,
    WORDS,
    Erasure,
    Limit,
    Purpose,
    personal,
)
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """To be sent, sent, refused for good by the server, or held for a person to decide.

    What was MISSED was for somebody who cannot be told alone. What was WITHDRAWN is not wanted any
    more; it becomes SENT if it was on the wire just then.
    """

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("oid", Text, nullable=False, unique=True, info=NOBODY),
    Column("room_id", Text, nullable=False, info=PLACE),
    Column("conversation", Text, nullable=False, info=CONVERSATION),
    Column("event_type", Text, nullable=False, info=NOBODY),
    Column("content", Json, nullable=True, info=WORDS),
    Column("target", Text, nullable=True, info=FACT),
    Column("card", Text, nullable=True, info=FACT),
    Column("fallback", Json, nullable=True, info=WORDS),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    Column("is_uncertain", Boolean, nullable=False, info=NOBODY),
    Column("state", Text, nullable=False, info=NOBODY),
    Column("event_id", Text, nullable=True, info=FACT),
    Column("sent_at", UtcDateTime, nullable=True, info=FACT),
    Column("reason", Text, nullable=True, info=NOBODY),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.ANSWER,
        Erasure.DELETED,
        Limit("sent_at", setting="outbox_days", only=("card", None)),
        # A card is answered for as long as what it shows is to come: meetings, mostly.
        Limit("sent_at", days=400),
    ),
)
Index(
    "ix_outbox_pending",
    outbox.c.seq,
    sqlite_where=outbox.c.state == "pending",
    postgresql_where=outbox.c.state == "pending",
)
Index("ix_outbox_event_id", outbox.c.event_id)
Index(
    "ix_outbox_target",
    outbox.c.target,
    sqlite_where=outbox.c.target.is_not(None),
    postgresql_where=outbox.c.target.is_not(None),
)
Index("ix_outbox_sent_at", outbox.c.sent_at)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outgoing act.

    ``event_type`` ``m.room.redaction`` is a redaction of ``target``; any other is sent with
    ``content``. ``target`` is the oid (``oid:…``) or event id of the event that the act relates to;
    an oid becomes an event id when it is sent, which is why a conversation is kept in order.
    ``card`` names what a reaction on the sent event is about, as ``kind:reference``.
    ``is_uncertain`` tells that another device of the bot may have sent it already: the server would
    not recognise a repetition, so the room's history is searched first. ``fallback`` is said where
    this one cannot be told alone: ``oid``, ``room_id`` and ``content``.
    """

    oid: Oid
    room_id: RoomId
    conversation: str
    event_type: str
    content: Mapping[str, object]
    created_at: datetime
    target: str | None = None
    card: str | None = None
    is_uncertain: bool = False
    fallback: Mapping[str, object] | None = None


_COLUMNS = [outbox.c[name] for name in Parcel.__slots__]
_REDACTION = "m.room.redaction"

_sent = (
    update(outbox)
    .where(outbox.c.oid == bindparam("key"), outbox.c.state != State.SENT)
    .values(
        state=State.SENT,
        event_id=bindparam("event"),
        sent_at=bindparam("at"),
        content=None,
        fallback=None,
    )
)


def enqueue(transaction: Transaction, parcel: Parcel) -> None:
    """Commit ``parcel`` with this transaction; a parcel of the same oid stays as it was."""
    row = {name: getattr(parcel, name) for name in Parcel.__slots__}
    insert = insert_new_on(transaction.engine, outbox, "oid")
    transaction.defer(insert, {**row, "state": State.PENDING})
    transaction.announce(parcel)


async def mark_all_sent(
    transaction: Transaction, marks: Mapping[Oid, tuple[EventId, datetime]]
) -> None:
    """Note the event ids that the server gave, and blank the content.

    What was attached is deleted: the server has it now.
    """
    if marks:
        rows = [{"key": oid, "event": event, "at": at} for oid, (event, at) in marks.items()]
        await transaction.execute(_sent, rows)
        await attachment.remove(transaction, list(marks))


async def mark_stopped(transaction: Transaction, oid: Oid, state: State, reason: str) -> None:
    """Take a parcel out of the way as dead or held, with the reason for a person."""
    await transaction.execute(
        update(outbox)
        .where(outbox.c.oid == oid, outbox.c.state == State.PENDING)
        .values(state=state, reason=reason)
    )
    if state is State.DEAD:
        await attachment.remove(transaction, [oid])


async def replace_content(
    transaction: Transaction, oid: Oid, content: Mapping[str, object]
) -> None:
    """Let ``content`` be sent instead of what was to be, and nothing with it."""
    await transaction.execute(
        update(outbox)
        .where(outbox.c.oid == oid, outbox.c.state == State.PENDING)
        .values(content=content)
    )
    await attachment.remove(transaction, [oid])


async def mark_uncertain(transaction: Transaction) -> None:
    """Note that all pending parcels may have been sent by a device that is gone."""
    await transaction.execute(
        update(outbox).where(outbox.c.state == State.PENDING).values(is_uncertain=True)
    )


async def pending(reader: Reader) -> list[Parcel]:
    """Return what is still to be sent, in the order in which it was enqueued."""
    statement = select(*_COLUMNS).where(outbox.c.state == State.PENDING).order_by(outbox.c.seq)
    return [Parcel(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def sent_event(reader: Reader, oid: Oid) -> EventId | None:
    """Return the event that became of ``oid``, if it was sent."""
    found = (await reader.execute(select(outbox.c.event_id).where(outbox.c.oid == oid))).scalar()
    return EventId(str(found)) if found else None


async def card(reader: Reader, event_id: EventId) -> str | None:
    """Return what a reaction on the bot's own event is about (``kind:reference``), if anything."""
    statement = select(outbox.c.card).where(outbox.c.event_id == event_id)
    found = (await reader.execute(statement)).scalar()
    return str(found) if found else None


async def is_message(reader: Reader, oid: Oid) -> bool:
    """Return whether the act ``oid`` is a message: one that an edit can replace."""
    statement = select(outbox.c.event_type).where(outbox.c.oid == oid)
    return (await reader.execute(statement)).scalar() == "m.room.message"


async def card_on(reader: Reader, oid: Oid) -> str | None:
    """Return what a reaction on the act ``oid`` is about, if anything."""
    found = (await reader.execute(select(outbox.c.card).where(outbox.c.oid == oid))).scalar()
    return str(found) if found else None


async def oldest_pending(reader: Reader) -> datetime | None:
    """Return when the oldest parcel that still waits was enqueued."""
    statement = select(func.min(outbox.c.created_at)).where(outbox.c.state == State.PENDING)
    return (await reader.execute(statement)).scalar()


async def count(reader: Reader) -> dict[State, int]:
    """Return how many parcels there are in each state."""
    statement = select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state)
    return {State(row.state): int(row.n) for row in await reader.execute(statement)}


async def sent_events(reader: Reader, event_ids: list[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` parcels are known to have become."""
    statement = select(outbox.c.event_id).where(outbox.c.event_id.in_(event_ids))
    return frozenset(EventId(row.event_id) for row in await reader.execute(statement))


async def with_cards(reader: Reader, event_ids: list[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` are own events on which a reaction means something."""
    if not event_ids:
        return frozenset()
    statement = select(outbox.c.event_id).where(
        outbox.c.event_id.in_(event_ids), outbox.c.card.is_not(None)
    )
    return frozenset(EventId(row.event_id) for row in await reader.execute(statement))
