"""Presence: how many were there, counted apart from what was contributed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.ids import UserId
from bot.services.meeting import series
from bot.services.meeting.series import Occurrence
from bot.storage import attendee, retour
from bot.storage.meeting import Meeting
from bot.storage.transaction import Transaction


async def note(
    transaction: Transaction,
    item: Meeting,
    date: Occurrence,
    count: int | None,
    users: Sequence[UserId],
    now: datetime,
) -> int:
    """Note that so many were there, or these; return how many are known to have been there.

    A number that somebody counted stands, until people are named again.
    """
    name = series.known_as(item, date)
    known = await retour.get(transaction, item.id, name)
    if users:
        await attendee.note_came(transaction, item.id, name, users, now, came=True)
    await retour.put(transaction, replace(known, present=None if users else count))
    return count if count is not None else await attendee.came(transaction, item.id, name)
