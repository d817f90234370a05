"""Snooze: a reminder that was said is said again later, done with, or told to others as well."""

from datetime import UTC, datetime, timedelta

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.number import REMINDER, named
from bot.services.reminder import KIND, occurrence_of
from bot.storage import due, reminder, reminder_subscriber
from bot.storage.due import Due
from bot.storage.reminder import Reminder, State
from bot.storage.transaction import Transaction

MAX_SUBSCRIBERS = 100
"""People mentioned at once by one reminder."""


async def snooze(
    transaction: Transaction, number: int, owner: UserId, length: timedelta, now: datetime
) -> tuple[Reminder, datetime]:
    """Let ``R<number>`` be said after ``length``; return it and when.

    It is said once then, however often it was put off before; one that repeats keeps its dates
    besides. Raises UserError if it is not ``owner``'s or was cancelled.
    """
    item = await _own(transaction, number, owner)
    at = now + length
    await _forget(transaction, item)
    await reminder.wake(transaction, number, at)
    occurrence = at.astimezone(UTC).isoformat()
    await due.plan(transaction, Due(KIND, str(number), occurrence, at))
    return item, at


async def finish(transaction: Transaction, number: int, owner: UserId, now: datetime) -> Reminder:
    """Say no more of ``R<number>`` for this time; one that repeats comes again on its dates."""
    item = await _own(transaction, number, owner)
    await _forget(transaction, item)
    if item.rrule is None:
        await reminder.end(transaction, number, State.DELIVERED, now)
    return item


async def subscribe(
    transaction: Transaction, number: int, user: UserId, room: RoomId, *, is_on: bool
) -> Reminder:
    """Let ``user`` be told as well when ``R<number>`` is said in ``room``, or no more.

    Raises UserError where it is not said there: what others are reminded of alone is theirs.
    """
    item = await reminder.get(transaction, number)
    if item is None or item.room_id != room or item.state is State.CANCELLED:
        raise UserError("reminder.not_here", id=named(REMINDER, number))
    if not is_on:
        await reminder_subscriber.remove(transaction, number, user)
        return item
    if len(await reminder_subscriber.of_reminder(transaction, number)) >= MAX_SUBSCRIBERS:
        raise UserError("reminder.too_many_subscribers", limit=MAX_SUBSCRIBERS)
    await reminder_subscriber.add(transaction, number, user)
    return item


async def _forget(transaction: Transaction, item: Reminder) -> None:
    """Have it said on none of the dates that are planned, but on those of its rule."""
    for row in await due.pending_of(transaction, KIND, str(item.id)):
        if item.rrule is None or row.occurrence != occurrence_of(item):
            await due.cancel_one(transaction, row)


async def _own(transaction: Transaction, number: int, owner: UserId) -> Reminder:
    item = await reminder.get(transaction, number)
    if item is None or item.owner != owner or item.state is State.CANCELLED:
        raise UserError("reminder.not_found", id=named(REMINDER, number))
    return item
