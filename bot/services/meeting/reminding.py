"""Reminding: when a date comes near, the room hears one line, and those who come are told."""

from dataclasses import replace
from datetime import datetime

from bot.services import manner
from bot.services.manner import Manner
from bot.services.meeting import holding, news, offset, plan, series, telling
from bot.services.meeting.card import Look
from bot.services.meeting.holding import Listener
from bot.services.meeting.news import News, What
from bot.services.outgoing import Outgoing
from bot.storage import meeting
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Transaction


async def remind(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    look: Look,
    usual: Manner,
    *,
    is_late: bool,
) -> bool:
    """Say that a date comes near, and plan the one after; return False if nothing was to be said.

    Of the reminders of one date that fell due while the bot was away only the last is said, and
    none of a date that is over.
    """
    found = await meeting.get(transaction, int(item.reference))
    if found is None or found.state is not State.PLANNED:
        return False
    await plan.plan_next(transaction, found, item, look.now)
    start = plan.key_start(item.occurrence)
    date = await plan.date_at(transaction, found, start, look.now)
    if date is None or await _is_outdone(transaction, found, item, look.now):
        return False
    missed = item.due_at if is_late else None
    label, known = item.occurrence.partition("/")[2], series.known_as(found, date)
    told = News(What.REMINDER, start, label, missed=missed, date=known)
    how = await manner.of_room(transaction, found.room_id, usual)
    rest = await plan.offsets_of(transaction, found)
    at = holding.until(told, date, rest, Listener(how, found.created_at), look.now)
    if at is None:
        await telling.say_in_room(transaction, outgoing, found, told, date, look)
    elif holding.is_of_use(told, date, at):
        await news.spread(transaction, found, replace(told, only=news.ROOM), at)
    await news.spread(transaction, found, told, look.now)
    return True


async def _is_outdone(transaction: Transaction, item: Meeting, fired: Due, now: datetime) -> bool:
    """Return whether a later reminder of the same date is due by now as well."""
    start = plan.key_start(fired.occurrence)
    [own] = offset.of(fired.occurrence.partition("/")[2])
    date = await plan.date_at(transaction, item, start, now)
    if date is None:
        return True
    rest = plan.shorter(await plan.offsets_of(transaction, item), own)
    return any(each.before(date) <= now for each in rest)
