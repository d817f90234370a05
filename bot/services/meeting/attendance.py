"""Attendance: who comes to a meeting; one answer counts, and a freed place goes to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.meeting import card, news
from bot.services.meeting.entry import is_over
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
    line: int = 0


async def answer(
    transaction: Transaction, item: Meeting, user: UserId, given: Answer, now: datetime
) -> Outcome:
    """Let ``user`` answer ``given`` (going, maybe or not going); the last answer counts.

    Raises UserError for a meeting that is over or called off, and after the deadline for somebody
    who had no place yet.
    """
    known = await _known(transaction, item, user, now)
    said = [each for each in _said(known) if each != given]
    return await _settle(transaction, item, known, [*said, given], now)


async def withdraw(
    transaction: Transaction, item: Meeting, user: UserId, given: Answer, now: datetime
) -> Outcome:
    """Take back that ``user`` answered ``given``; an older answer that still stands counts then."""
    known = await _known(transaction, item, user, now)
    said = [each for each in _said(known) if each != given]
    return await _settle(transaction, item, known, said, now)


async def subscribe(
    transaction: Transaction, item: Meeting, user: UserId, now: datetime, *, is_on: bool
) -> None:
    """Let ``user`` have the reminders without an answer, or no more."""
    known = await _known(transaction, item, user, now)
    await attendee.put(transaction, replace(known, is_subscribed=is_on))


async def leave_room(transaction: Transaction, room: RoomId, user: UserId, now: datetime) -> None:
    """Forget what ``user``, who left ``room``, answered to what is to come there.

    Their place goes to the next. What is over keeps them: they were there.
    """
    for item in await meeting.answered_by(transaction, room, user, now):
        await _leave(transaction, item, user, now)


async def fill(transaction: Transaction, item: Meeting, now: datetime) -> Sequence[UserId]:
    """Give free places to those who wait, in their order; each is told, and can decline."""
    if item.state is not State.PLANNED or is_over(item, now):
        return []
    counts = await attendee.counts(transaction, item.id)
    waiting = counts.get(Answer.WAITING, 0)
    taken = counts.get(Answer.GOING, 0)
    free = waiting if item.capacity is None else min(item.capacity - taken, waiting)
    if free <= 0:
        return []
    users = await attendee.promote(transaction, item.id, free, now)
    for user in users:
        await news.tell_of_place(transaction, item, user, now)
    return users


async def _leave(transaction: Transaction, item: Meeting, user: UserId, now: datetime) -> None:
    known = await attendee.get(transaction, item.id, user)
    if known is None:
        return
    await attendee.erase(transaction, item.id, user)
    if known.answer is Answer.GOING:
        await fill(transaction, item, now)
    await card.touch(transaction, item, now)


async def _settle(
    transaction: Transaction,
    item: Meeting,
    known: Attendee,
    said: Sequence[Answer],
    now: datetime,
) -> Outcome:
    wanted = said[-1] if said else Answer.NONE
    counted, turn = wanted, known.turn
    if wanted is Answer.GOING:
        if known.answer in _HAS_PLACE:
            counted = known.answer
        else:
            _check_deadline(item, now)
            counted = await _with_place(transaction, item)
            turn = await attendee.last_turn(transaction, item.id) + 1
    changed = replace(known, answer=counted, said=",".join(said), answered_at=now, turn=turn)
    if changed.answer is known.answer and changed.said == known.said:
        changed = known
    await attendee.put(transaction, changed)
    if known.answer is Answer.GOING and counted is not Answer.GOING:
        await fill(transaction, item, now)
    if counted is not known.answer:
        await card.touch(transaction, item, now)
    line = await attendee.place_in_line(transaction, changed) if counted is Answer.WAITING else 0
    return Outcome(counted, known.answer, line)


async def _with_place(transaction: Transaction, item: Meeting) -> Answer:
    """Return whether somebody who comes has a place, or waits behind those who wait."""
    if item.capacity is None:
        return Answer.GOING
    counts = await attendee.counts(transaction, item.id)
    is_free = counts.get(Answer.GOING, 0) < item.capacity and not counts.get(Answer.WAITING)
    return Answer.GOING if is_free else Answer.WAITING


async def _known(transaction: Transaction, item: Meeting, user: UserId, now: datetime) -> Attendee:
    name = named(MEETING, item.id)
    if item.state is State.CANCELLED:
        raise UserError("meeting.cancelled_before", id=name)
    if item.state is State.DRAFT:
        raise UserError("meeting.not_confirmed", id=name)
    if is_over(item, now):
        raise UserError("meeting.over", id=name)
    known = await attendee.get(transaction, item.id, user)
    return known or Attendee(item.id, user, Answer.NONE, "", now)


def _check_deadline(item: Meeting, now: datetime) -> None:
    if item.deadline is not None and item.deadline <= now:
        raise UserError("meeting.closed_registration", id=named(MEETING, item.id))


def _said(known: Attendee) -> list[Answer]:
    return [Answer(each) for each in known.said.split(",") if each]
