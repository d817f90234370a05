"""Attendance: who comes to a date; one answer counts, and a freed place goes to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.meeting import card, news, plan, series
from bot.services.meeting.entry import is_over
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.storage import attendee, meeting
from bot.storage.attendee import Answer, Attendee
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Transaction

_HAS_PLACE = (Answer.GOING, Answer.WAITING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What counts after somebody answered, and before; ``line`` is their place in the queue."""

    answer: Answer
    before: Answer
    date: Occurrence
    line: int = 0


@dataclass(frozen=True, slots=True)
class Which:
    """Which date of a series is meant: the one known as ``name``, the one on ``day``, or the next.

    Of a meeting that is no series there is but one. ``is_all`` means all that are to come.
    """

    name: str = ""
    day: date | None = None
    is_all: bool = False


NEXT = Which()


async def date_of(
    transaction: Transaction, item: Meeting, which: Which, now: datetime
) -> Occurrence:
    """Return the date that somebody answers to; raises UserError where there is none to come."""
    name = named(MEETING, item.id)
    if item.state is State.CANCELLED:
        raise UserError("meeting.cancelled_before", id=name)
    if item.state is State.DRAFT:
        raise UserError("meeting.not_confirmed", id=name)
    if which.day is not None:
        return await plan.date_on(transaction, item, which.day, now)
    if item.rrule is not None and which.name:
        found = await plan.date_known_as(transaction, item, which.name, now)
    else:
        found = next(await plan.upcoming(transaction, item, now), None)
    if found is None:
        over = is_over(item, now) or not which.name
        raise UserError("meeting.over" if over else "meeting.date_over", id=name)
    return found


async def answer(
    transaction: Transaction,
    item: Meeting,
    user: UserId,
    given: Answer,
    now: datetime,
    which: Which = NEXT,
) -> Outcome:
    """Let ``user`` answer ``given`` (going, maybe or not going); the last answer counts.

    Raises UserError for a date that is over or called off, and after the deadline for somebody who
    had no place yet.
    """
    date, known = await _known(transaction, item, user, now, which)
    said = [each for each in _said(known) if each != given]
    return await _settle(transaction, item, (date, known), [*said, given], now)


async def withdraw(
    transaction: Transaction,
    item: Meeting,
    user: UserId,
    given: Answer,
    now: datetime,
    which: Which = NEXT,
) -> Outcome:
    """Take back that ``user`` answered ``given``; an older answer that still stands counts then."""
    date, known = await _known(transaction, item, user, now, which)
    said = [each for each in _said(known) if each != given]
    return await _settle(transaction, item, (date, known), said, now)


async def subscribe(
    transaction: Transaction, item: Meeting, user: UserId, now: datetime, *, is_on: bool
) -> None:
    """Let ``user`` have the reminders without an answer, or no more; of all dates of a series."""
    await date_of(transaction, item, NEXT, now)
    known = await attendee.get(transaction, item.id, "", user)
    known = known or Attendee(item.id, "", user, Answer.NONE, "", now)
    await attendee.put(transaction, replace(known, is_subscribed=is_on))


async def leave_room(transaction: Transaction, room: RoomId, user: UserId, now: datetime) -> None:
    """Forget what ``user``, who left ``room``, answered to what is to come there.

    Their place goes to the next. What is over keeps them: they were there.
    """
    for item in await meeting.answered_by(transaction, room, user, now):
        for name in await attendee.dates_of(transaction, item.id, user=user):
            if not name or await plan.date_known_as(transaction, item, name, now) is not None:
                await _leave(transaction, item, name, user, now)


async def fill_all(transaction: Transaction, item: Meeting, now: datetime) -> None:
    """Give free places to those who wait, of every date to come."""
    for name in await attendee.dates_of(transaction, item.id, answer=Answer.WAITING):
        await fill(transaction, item, name, now)


async def fill(
    transaction: Transaction, item: Meeting, name: str, now: datetime
) -> Sequence[UserId]:
    """Give free places of a date to those who wait, in their order; each is told, and can decline.

    ``name`` is that of the date (`series.known_as`).
    """
    if item.state is not State.PLANNED or is_over(item, now):
        return []
    counts = await attendee.counts(transaction, item.id, name)
    waiting = counts.get(Answer.WAITING, 0)
    taken = counts.get(Answer.GOING, 0)
    free = waiting if item.capacity is None else min(item.capacity - taken, waiting)
    date = await plan.date_known_as(transaction, item, name, now) if free > 0 else None
    if date is None:
        return []
    users = await attendee.promote(transaction, item.id, name, free, now)
    for user in users:
        await news.tell_of_place(transaction, item, date, user, now)
    return users


async def _leave(
    transaction: Transaction, item: Meeting, name: str, user: UserId, now: datetime
) -> None:
    known = await attendee.get(transaction, item.id, name, user)
    if known is None:
        return
    await attendee.erase(transaction, item.id, name, user)
    if known.answer is Answer.GOING:
        await fill(transaction, item, name, now)
    await card.touch(transaction, item, now, name)


async def _settle(
    transaction: Transaction,
    item: Meeting,
    whose: tuple[Occurrence, Attendee],
    said: Sequence[Answer],
    now: datetime,
) -> Outcome:
    date, known = whose
    wanted = said[-1] if said else Answer.NONE
    counted, turn = wanted, known.turn
    if wanted is Answer.GOING:
        if known.answer in _HAS_PLACE:
            counted = known.answer
        else:
            await _check_deadline(transaction, item, date, now)
            counted = await _with_place(transaction, item, known.date)
            turn = await attendee.last_turn(transaction, item.id, known.date) + 1
    changed = replace(known, answer=counted, said=",".join(said), answered_at=now, turn=turn)
    if changed.answer is known.answer and changed.said == known.said:
        changed = known
    await attendee.put(transaction, changed)
    if known.answer is Answer.GOING and counted is not Answer.GOING:
        await fill(transaction, item, known.date, now)
    if counted is not known.answer:
        await card.touch(transaction, item, now, known.date)
    line = await attendee.place_in_line(transaction, changed) if counted is Answer.WAITING else 0
    return Outcome(counted, known.answer, date, line)


async def _with_place(transaction: Transaction, item: Meeting, name: str) -> Answer:
    """Return whether somebody who comes has a place, or waits behind those who wait."""
    if item.capacity is None:
        return Answer.GOING
    counts = await attendee.counts(transaction, item.id, name)
    is_free = counts.get(Answer.GOING, 0) < item.capacity and not counts.get(Answer.WAITING)
    return Answer.GOING if is_free else Answer.WAITING


async def _known(
    transaction: Transaction, item: Meeting, user: UserId, now: datetime, which: Which
) -> tuple[Occurrence, Attendee]:
    date = await date_of(transaction, item, which, now)
    name = series.known_as(item, date)
    known = await attendee.get(transaction, item.id, name, user)
    return date, known or Attendee(item.id, name, user, Answer.NONE, "", now)


async def _check_deadline(
    transaction: Transaction, item: Meeting, date: Occurrence, now: datetime
) -> None:
    deadline = await plan.deadline_of(transaction, item, date)
    if deadline is not None and deadline <= now:
        raise UserError("meeting.closed_registration", id=named(MEETING, item.id))


def _said(known: Attendee) -> list[Answer]:
    return [Answer(each) for each in known.said.split(",") if each]
