"""Following: the answers to a meeting that is moved as a whole go along with its dates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.services.meeting import plan, reference, series
from bot.storage import attendee, meeting, post
from bot.storage.attendee import Answer, Attendee
from bot.storage.meeting import Meeting
from bot.storage.transaction import Reader, Transaction

MOST = 200
"""Dates to come whose answers go along; nobody answers further ahead."""


async def names(reader: Reader, item: Meeting, now: datetime) -> list[str]:
    """Return under which names the answers to the next dates of ``item`` are kept."""
    coming = islice(await plan.upcoming(reader, item, now), MOST)
    return [series.known_as(item, each) for each in coming]


async def follow(
    transaction: Transaction, was: Sequence[str], after: Meeting, now: datetime
) -> Meeting:
    """Let the answers to the next date be those to its next date now, and so on; return ``after``.

    ``was`` are the names its dates had before. The card in the room goes along. What is over stays.
    """
    renamed = dict(zip(was, await names(transaction, after, now), strict=False))
    following = {row.user_id for row in await attendee.listed(transaction, after.id, "")
                 if row.is_subscribed}  # fmt: skip
    kept: list[Attendee] = []
    for name in await attendee.dates_of(transaction, after.id):
        if name not in was or renamed.get(name) == name:
            continue
        for row in await attendee.listed(transaction, after.id, name):
            if row.is_subscribed:
                kept.append(replace(row, answer=Answer.NONE, said=""))
            if name in renamed and row.answer is not Answer.NONE:
                is_on = not renamed[name] and row.user_id in following
                kept.append(replace(row, date=renamed[name], is_subscribed=is_on))
        await attendee.erase(transaction, after.id, name)
    await attendee.put_all(transaction, kept)
    return await _show(transaction, after, renamed)


async def _show(transaction: Transaction, item: Meeting, renamed: dict[str, str]) -> Meeting:
    """Let what people click on under the card be answers to the date that it shows now."""
    known = renamed.get(item.card_date or "", item.card_date)
    if item.card_oid is None or known == item.card_date:
        return item
    await post.rename_card(transaction, item.card_oid, reference.card(item, known or ""))
    shown = replace(item, card_date=known)
    await meeting.save(transaction, shown)
    return shown
