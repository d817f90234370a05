"""Change: a meeting or one of its dates is moved or called off, and those concerned hear of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services.meeting import attendance, card, entry, field, following, news, plan, series
from bot.services.meeting.field import Speaker
from bot.services.meeting.news import News, What
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.storage import attendee, meeting, meeting_coorganiser, occurrence
from bot.storage.meeting import Meeting, State
from bot.storage.occurrence import Change
from bot.storage.transaction import Reader, Transaction
from bot.when import Moment, Span
from bot.when.rrule import ended_before


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts: which rooms they may see from here, and in which they are animators."""

    user: UserId
    rooms: frozenset[RoomId]
    animated: frozenset[RoomId] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What is announced of the date that starts at ``start``, to those who answered to it.

    ``name`` is that of the date (`series.known_as`); all dates to come are meant without.
    ``earlier`` is when a moved one was before.
    """

    what: What
    start: datetime
    name: str = news.ALL
    earlier: datetime | None = None


async def visible(reader: Reader, number: int, rooms: frozenset[RoomId]) -> Meeting:
    """Return ``C<number>``; raises UserError if there is none, or none that ``rooms`` may see."""
    item = await meeting.get(reader, number)
    if item is None or item.room_id not in rooms:
        raise UserError("meeting.not_found", id=named(MEETING, number))
    return item


async def changeable(
    reader: Reader, number: int, hand: Hand, now: datetime, *, is_past_fine: bool = False
) -> Meeting:
    """Return ``C<number>`` for who may change it: organiser, co-organisers, animators.

    Raises UserError for anybody else, and for what is called off or over.
    """
    item = await visible(reader, number, hand.rooms)
    is_allowed = item.organiser == hand.user or item.room_id in hand.animated
    if not is_allowed and hand.user not in await meeting_coorganiser.of_meeting(reader, number):
        raise UserError("meeting.not_yours", id=named(MEETING, number), organiser=item.organiser)
    if item.state is State.CANCELLED:
        raise UserError("meeting.cancelled_before", id=named(MEETING, number))
    if entry.is_over(item, now) and not is_past_fine:
        raise UserError("meeting.over", id=named(MEETING, number))
    return item


async def set_field(
    transaction: Transaction, item: Meeting, name: str, value: str, speaker: Speaker
) -> Meeting:
    """Set one field of ``item``; a new date is announced, and its reminders follow at once."""
    return await save(transaction, item, field.changed(item, name, value, speaker), speaker.now)


async def save(transaction: Transaction, before: Meeting, after: Meeting, now: datetime) -> Meeting:
    """Keep ``after`` in place of ``before``, with all that follows from the difference."""
    earlier = next(await plan.upcoming(transaction, before, now), None)
    was = await following.names(transaction, before, now)
    item = await entry.keep(transaction, before, after, now)
    if entry.dated(before) != entry.dated(item):
        item = await following.follow(transaction, was, item, now)
    if entry.dated(before) != entry.dated(item) and item.state is State.PLANNED:
        await _announce_move(transaction, item, earlier, now)
    if before.capacity != item.capacity:
        await attendance.fill_all(transaction, item, now)
    await card.touch(transaction, item, now)
    return item


async def set_coorganisers(
    transaction: Transaction, item: Meeting, users: Sequence[UserId]
) -> None:
    """Let ``users`` change the meeting as well."""
    others = [user for user in users if user != item.organiser]
    await meeting_coorganiser.replace(transaction, item.id, others)


async def cancel(transaction: Transaction, item: Meeting, now: datetime) -> Meeting:
    """Call the whole meeting off and let those concerned be told."""
    coming = next(await plan.upcoming(transaction, item, now), None)
    over = replace(item, state=State.CANCELLED, sequence=item.sequence + 1, changed_at=now)
    await meeting.save(transaction, over)
    await plan.plan(transaction, over, now)
    if coming is not None and item.state is State.PLANNED:
        await announce(transaction, over, Told(What.CANCELLED, coming.start), now)
    await card.touch(transaction, over, now)
    return over


async def cancel_date(
    transaction: Transaction, item: Meeting, day: date, now: datetime
) -> Occurrence:
    """Call one date of a series off; raises UserError if there is none on ``day``."""
    found = await plan.date_on(transaction, item, day, now)
    await occurrence.put(transaction, Change(item.id, found.recurrence_id))
    await note_dates(transaction, item, now)
    told = Told(What.CANCELLED, found.start, series.known_as(item, found))
    await announce(transaction, item, told, now)
    return found


async def end_from(transaction: Transaction, item: Meeting, day: date, now: datetime) -> Meeting:
    """Let a series have no dates from ``day`` on (RFC 5545, this and following)."""
    if item.rrule is None:
        raise UserError("meeting.no_series", id=named(MEETING, item.id))
    found = await plan.date_on(transaction, item, day, now)
    first = found.recurrence_id.astimezone(ZoneInfo(item.zone)).date()
    shorter = replace(item, rrule=ended_before(item.rrule, first, ZoneInfo(item.zone)))
    if first <= item.starts_at.astimezone(ZoneInfo(item.zone)).date():
        return await cancel(transaction, item, now)
    kept = [
        each
        for each in await occurrence.of_meeting(transaction, item.id)
        if each.recurrence_id < found.recurrence_id
    ]
    await occurrence.clear(transaction, item.id, [each.recurrence_id for each in kept])
    ended = replace(shorter, over_at=series.last_over(shorter, kept))
    await note_dates(transaction, ended, now)
    await announce(transaction, ended, Told(What.ENDED, found.start), now)
    return ended


async def move_date(
    transaction: Transaction, item: Meeting, day: date, value: str, speaker: Speaker
) -> tuple[Occurrence, Occurrence]:
    """Move one date of a series; return what it was and what it is."""
    now = speaker.now
    found = await plan.date_on(transaction, item, day, now)
    zone = ZoneInfo(item.zone)
    when = field.read_when(value, Speaker(zone, speaker.language, now))
    if not isinstance(when, Moment | Span) or when.is_all_day != item.is_all_day:
        raise UserError("meeting.wrong_move", given=value[:60])
    if when.other_start is not None:
        both = (when.start, when.other_start)
        first, second = (each.isoformat(timespec="minutes") for each in both)
        raise UserError("meeting.two_meanings", first=first, second=second)
    minutes = None
    if isinstance(when, Span):
        minutes = int((when.end.replace(tzinfo=None) - when.start.replace(tzinfo=None))
                      .total_seconds()) // 60  # fmt: skip
    start = when.start.astimezone(UTC)
    await occurrence.put(transaction, Change(item.id, found.recurrence_id, start, minutes))
    await note_dates(transaction, item, now)
    moved = await plan.date_at(transaction, item, start, now)
    if moved is None:
        raise UserError("meeting.wrong_move", given=value[:60])
    told = Told(What.MOVED, start, series.known_as(item, found), found.start)
    await announce(transaction, item, told, now)
    return found, moved


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Undo what the redacted command ``source`` made: forgotten, or called off if some answered."""
    item = await meeting.of_source(transaction, source)
    if item is None or item.state is State.CANCELLED:
        return False
    others = [
        each for each in await attendee.listed(transaction, item.id)
        if each.user_id != item.organiser
    ]  # fmt: skip
    if others:
        await cancel(transaction, replace(item, card_oid=None), now)
        return True
    await plan.plan(transaction, replace(item, state=State.CANCELLED), now)
    return await meeting.erase(transaction, item.id)


async def note_dates(transaction: Transaction, item: Meeting, now: datetime) -> Meeting:
    """Save that dates of ``item`` are others, and correct what follows from it; return it."""
    changes = await occurrence.of_meeting(transaction, item.id)
    over_at = series.last_over(item, changes)
    later = replace(item, sequence=item.sequence + 1, changed_at=now, over_at=over_at)
    await meeting.save(transaction, later)
    await plan.plan(transaction, later, now)
    await card.touch(transaction, later, now)
    return later


async def _announce_move(
    transaction: Transaction, item: Meeting, earlier: Occurrence | None, now: datetime
) -> None:
    coming = next(await plan.upcoming(transaction, item, now), None)
    if coming is None or earlier is None:
        return
    await news.stop_reminding(transaction, item, earlier.start.astimezone(UTC))
    is_same = earlier.start.astimezone(UTC) == coming.start.astimezone(UTC)
    was = None if is_same else earlier.start
    await announce(transaction, item, Told(What.MOVED, coming.start, earlier=was), now)


async def announce(transaction: Transaction, item: Meeting, told: Told, now: datetime) -> None:
    """Let those concerned hear of a change, and of the date it was no more."""
    start = told.start.astimezone(UTC)
    gone = told.earlier.astimezone(UTC) if told.earlier is not None else start
    await news.stop_reminding(transaction, item, gone)
    said = News(told.what, start, _label(item, now), earlier=told.earlier, date=told.name)
    await news.spread(transaction, item, said, now)


def _label(item: Meeting, now: datetime) -> str:
    """Return what tells this change apart from all others of the meeting."""
    return f"{item.sequence}@{now.timestamp():.3f}"
