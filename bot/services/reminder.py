"""Reminder: what somebody asked to be reminded of, when, and who may change it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import closing, schedule
from bot.services.number import REMINDER, named
from bot.services.outgoing import conversation_with
from bot.storage import due, reminder
from bot.storage.due import Due
from bot.storage.reminder import Reminder, State
from bot.storage.transaction import Reader, Transaction
from bot.when import Recurrence, When, long_date
from bot.when.rrule import all_after

KIND = "reminder"
"""Kind of what falls due, and of the card on what was said."""

MAX_LENGTH = 1000
"""Characters: a reminder is a sentence, and is read on a telephone."""

MAX_PENDING = 100
"""Reminders of one member that wait; more are a mistake or malice."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be told (``text``) and when, in which place and language.

    ``source`` is the command that says so; ``reply_to`` the message it is about, if any.
    ``is_for_room`` tells that all who are in the room are meant.
    """

    owner: UserId
    room_id: RoomId
    text: str
    when: When
    language: str
    source: EventId
    reply_to: EventId | None = None
    is_for_room: bool = False


async def create(transaction: Transaction, wish: Wish, now: datetime) -> Reminder:
    """Keep and plan what is wished; return it.

    What the command ``wish.source`` made before is corrected instead, as long as it is to come.
    Raises UserError for a text that is empty or too long, for too many reminders, and for one that
    is over.
    """
    text = wish.text.strip()
    if not text and wish.reply_to is None:
        raise UserError("reminder.nothing_given")
    if len(text) > MAX_LENGTH:
        raise UserError("reminder.too_long", limit=MAX_LENGTH)
    item = _item(replace(wish, text=text), now)
    if item.rrule is not None:
        first = await _next(transaction, replace(item, due_at=now), now)
        item = replace(item, due_at=first or item.due_at)
    known = await reminder.of_source(transaction, wish.source)
    if known is not None:
        return await _correct(transaction, known, item)
    if len(await reminder.of_owner(transaction, wish.owner)) >= MAX_PENDING:
        raise UserError("reminder.too_many", limit=MAX_PENDING)
    created = await reminder.create(transaction, item)
    await due.plan(transaction, _due(created))
    return created


async def cancel(
    transaction: Transaction,
    number: int,
    owner: UserId,
    now: datetime,
    animated: RoomId | None = None,
) -> Reminder:
    """Take ``R<number>`` back and return what it was; raises UserError if it is not ``owner``'s.

    What is for a whole room can also be taken back by its animators (``animated`` is the room).
    """
    item = await reminder.get(transaction, number)
    is_theirs = item is not None and (
        item.owner == owner or (item.is_for_room and item.room_id == animated)
    )
    if item is None or not is_theirs or item.state is not State.PENDING:
        raise UserError("reminder.not_found", id=named(REMINDER, number))
    await _end(transaction, item, State.CANCELLED, now)
    return item


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Cancel what the redacted command ``source`` made; return whether it was still to come."""
    item = await reminder.of_source(transaction, source)
    if item is None or item.state is not State.PENDING:
        return False
    await _end(transaction, item, State.CANCELLED, now)
    return True


def next_date(item: Reminder, language: str, now: datetime) -> str:
    """Return when ``item`` is said next, in the zone it was asked for in, which is named."""
    zone = ZoneInfo(item.zone)
    return long_date(item.due_at, zone=zone, language=language, with_zone=True, now=now)


async def plan_next(transaction: Transaction, item: Reminder, now: datetime) -> None:
    """Plan the next date of what was said, or end it."""
    following = await _next(transaction, item, now)
    if following is None:
        await reminder.end(transaction, item.id, State.DELIVERED, now)
        return
    moved = replace(item, due_at=following)
    await reminder.save(transaction, moved)
    await due.plan(transaction, _due(moved))


async def _next(reader: Reader, item: Reminder, now: datetime) -> datetime | None:
    """Return the next occurrence after ``now`` in wall time: 9 h stays 9 h across DST.

    Closing days of its room leave it out or put it off.
    """
    if item.rrule is None:
        return None
    zone = ZoneInfo(item.zone)
    start = datetime.fromisoformat(item.wall).replace(tzinfo=zone)
    after = max(now, item.due_at)
    rest = await closing.of_room(reader, item.room_id)
    since = after - closing.LONGEST if rest.ranges else after
    found = closing.open_dates(rest, all_after(item.rrule, start, zone, since))
    return next((each for each in found if each.astimezone(UTC) > after), None)


async def _correct(transaction: Transaction, known: Reminder, item: Reminder) -> Reminder:
    if known.owner != item.owner or known.state is not State.PENDING:
        raise UserError("reminder.over", id=named(REMINDER, known.id))
    corrected = replace(item, id=known.id, created_at=known.created_at)
    await due.cancel(transaction, KIND, str(known.id))
    await reminder.save(transaction, corrected)
    await due.plan(transaction, _due(corrected))
    return corrected


async def _end(transaction: Transaction, item: Reminder, state: State, now: datetime) -> None:
    await due.cancel(transaction, KIND, str(item.id))
    await reminder.end(transaction, item.id, state, now)


def occurrence_of(item: Reminder) -> str:
    """Return what tells the next date of ``item`` apart; it is another where it was put off."""
    return item.due_at.astimezone(UTC).isoformat()


def _due(item: Reminder) -> Due:
    return Due(
        kind=KIND,
        reference=str(item.id),
        occurrence=occurrence_of(item),
        due_at=item.due_at,
    )


def _item(wish: Wish, now: datetime) -> Reminder:
    start = schedule.first(wish.when, now)
    rrule = wish.when.rrule if isinstance(wish.when, Recurrence) else None
    return Reminder(
        owner=wish.owner,
        room_id=wish.room_id,
        conversation=conversation_with(wish.room_id, wish.owner),
        text=wish.text,
        due_at=start,
        wall=schedule.wall_of(start),
        zone=wish.when.zone.key,
        language=wish.language,
        source_event_id=wish.source,
        created_at=now,
        rrule=rrule,
        reply_to=wish.reply_to,
        is_for_room=wish.is_for_room,
    )
