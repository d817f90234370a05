"""Unreadable: the rows of the inbox that wait for a room key."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select

from bot.ids import EventId, RoomId, UserId
from bot.storage.inbox import State, inbox
from bot.storage.transaction import Reader, Transaction


async def oldest(reader: Reader, room: RoomId, sender: UserId, session_id: str) -> EventId | None:
    """Return the first event of ``sender`` in ``room`` that still waits for this key, if any."""
    statement = (
        select(inbox.c.event_id)
        .where(
            inbox.c.state == State.UNREADABLE,
            inbox.c.room_id == room,
            inbox.c.sender == sender,
            inbox.c.session_id == session_id,
        )
        .order_by(inbox.c.seq)
        .limit(1)
    )
    found = (await reader.execute(statement)).scalar()
    return EventId(str(found)) if found else None


async def counts(reader: Reader, senders: Collection[UserId]) -> Counter[UserId]:
    """Return how many events of each of ``senders`` wait for their keys."""
    if not senders:
        return Counter()
    statement = (
        select(inbox.c.sender, func.count().label("waiting"))
        .where(inbox.c.state == State.UNREADABLE, inbox.c.sender.in_(senders))
        .group_by(inbox.c.sender)
    )
    rows = await reader.execute(statement)
    return Counter({UserId(str(row.sender)): int(row.waiting) for row in rows})


async def take_back(transaction: Transaction, room: RoomId, event_id: EventId) -> None:
    """Delete an event that was redacted in ``room`` before it could be read."""
    await transaction.execute(
        delete(inbox).where(
            inbox.c.state == State.UNREADABLE,
            inbox.c.room_id == room,
            inbox.c.event_id == event_id,
        )
    )


async def let_go(transaction: Transaction, event_ids: Sequence[EventId]) -> None:
    """Delete events that, now that they can be read, turn out to be nothing for the bot."""
    if event_ids:
        await transaction.execute(
            delete(inbox).where(inbox.c.state == State.UNREADABLE, inbox.c.event_id.in_(event_ids))
        )
