"""Revision: the dates of a series that differ are replaced by others, and those who come hear."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from bot.services.meeting import change, plan, series
from bot.services.meeting.news import What
from bot.storage import occurrence
from bot.storage.meeting import Meeting
from bot.storage.occurrence import Change
from bot.storage.transaction import Transaction

_MOST = 400
"""Dates to come of which it is told that they are others now."""


async def revise(
    transaction: Transaction, item: Meeting, changes: Sequence[Change], now: datetime
) -> None:
    """Let exactly ``changes`` be how the dates of ``item`` differ from its rule."""
    wanted = {each.recurrence_id: replace(each, meeting_id=item.id) for each in changes}
    kept = {each.recurrence_id: each for each in await occurrence.of_meeting(transaction, item.id)}
    if wanted == kept:
        return
    coming = islice(await plan.upcoming(transaction, item, now), _MOST)
    was = {each.recurrence_id: each for each in coming}
    await occurrence.clear(transaction, item.id)
    for one in wanted.values():
        await occurrence.put(transaction, one)
    later = await change.note_dates(transaction, item, now)
    for known in sorted(wanted.keys() | kept.keys()):
        before, after = was.get(known), wanted.get(known)
        if before is None or after == kept.get(known):
            continue
        start = after.starts_at if after is not None else known
        if start is None:
            told = change.Told(What.CANCELLED, before.start, series.stamp(known))
            await change.announce(transaction, later, told, now)
        elif start != before.start.astimezone(UTC):
            told = change.Told(What.MOVED, start, series.stamp(known), before.start)
            await change.announce(transaction, later, told, now)
