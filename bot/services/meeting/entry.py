"""Entry: how a meeting gets into the calendar, from what somebody says to its first plan."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services.meeting import plan, series
from bot.services.number import MEETING, named
from bot.services.outgoing import oid_of
from bot.storage import meeting, occurrence
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Transaction
from bot.when import Moment, Recurrence, Span, When

FAR = timedelta(days=731)
"""From two years away on a date is asked about: it is mostly a slip of the year."""

LONGEST_TITLE = 200
LONGEST_PLACE = 300
LONGEST_TEXT = 4000
"""Characters: a card is read on a telephone, and an event holds 64 KiB."""

MOST_PLANNED = 300
"""Meetings of one room to come; more are a mistake or malice."""

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to hold: a title, when, and what else was said."""

    title: str
    when: When
    place: str | None = None
    link: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wants it, where, in which language, and by which command."""

    organiser: UserId
    room_id: RoomId
    language: str
    source: EventId


async def create(transaction: Transaction, wish: Wish, origin: Origin, now: datetime) -> Meeting:
    """Keep what is wished and plan its reminders; return it.

    A date with two meanings or more than two years away makes a draft, which `confirm` ends.
    Raises UserError for a title or text that is missing or too long, and for a vague date.
    """
    _check(wish)
    if len(await meeting.to_come(transaction, [origin.room_id], now)) >= MOST_PLANNED:
        raise UserError("meeting.too_many", limit=MOST_PLANNED)
    item = await meeting.create(transaction, drawn_up(wish, origin, now))
    await plan.plan(transaction, item, now)
    return item


def drawn_up(wish: Wish, origin: Origin, now: datetime) -> Meeting:
    """Return the meeting that is wished, before it is kept."""
    blank = Meeting(
        uid=f"{oid_of(origin.source, 0)}@compagnon",
        room_id=origin.room_id,
        organiser=origin.organiser,
        title="",
        wall="",
        zone="",
        starts_at=now,
        language=origin.language,
        source_event_id=origin.source,
        created_at=now,
        changed_at=now,
    )
    return _filled(blank, wish, now)


def corrected(item: Meeting, wish: Wish, now: datetime) -> Meeting:
    """Return a meeting with what its edited command says now; raises UserError if it is over."""
    if item.state is State.CANCELLED or is_over(item, now):
        raise UserError("meeting.over", id=named(MEETING, item.id))
    _check(wish)
    return _filled(item, wish, now)


async def keep(transaction: Transaction, before: Meeting, after: Meeting, now: datetime) -> Meeting:
    """Save a changed meeting and correct its plan; return it with its new sequence."""
    if after == before:
        return before
    if dated(before) != dated(after):
        await occurrence.clear(transaction, before.id)
        after = replace(after, over_at=series.last_over(after, []))
    sequence = max(before.sequence + 1, after.sequence)  # a file may count further than we do
    item = replace(after, sequence=sequence, changed_at=now)
    await meeting.save(transaction, item)
    await plan.plan(transaction, item, now)
    return item


async def confirm(
    transaction: Transaction, item: Meeting, now: datetime, *, is_other: bool
) -> Meeting:
    """End the doubt about a draft; ``is_other`` takes the second meaning of its date."""
    if item.state is not State.DRAFT:
        raise UserError("meeting.nothing_to_confirm", id=named(MEETING, item.id))
    if is_other and item.other_at is None:
        raise UserError("meeting.one_meaning", id=named(MEETING, item.id))
    start = item.other_at if is_other and item.other_at is not None else item.starts_at
    zone = ZoneInfo(item.zone)
    wall = start.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
    chosen = replace(item, starts_at=start, wall=wall, other_at=None, state=State.PLANNED)
    chosen = replace(chosen, over_at=series.last_over(chosen, []), changed_at=now)
    await meeting.save(transaction, chosen)
    await plan.plan(transaction, chosen, now)
    return chosen


def placed(item: Meeting, when: When, now: datetime) -> Meeting:
    """Return ``item`` at another time; as a draft where the time asks for a yes."""
    if isinstance(when, Moment) and when.is_vague:
        raise UserError("meeting.vague")
    other = when.other_start if isinstance(when, Moment | Span) else None
    starts_at = when.start.astimezone(UTC)
    moved = replace(
        item,
        zone=when.zone.key,
        wall=when.start.replace(tzinfo=None).isoformat(timespec="minutes"),
        starts_at=starts_at,
        duration_minutes=_minutes(when),
        is_all_day=when.is_all_day,
        rrule=when.rrule if isinstance(when, Recurrence) else None,
        other_at=other.astimezone(UTC) if other is not None else None,
    )
    is_doubtful = other is not None or starts_at - now > FAR
    state = State.DRAFT if is_doubtful else State.PLANNED
    return replace(moved, over_at=series.last_over(moved, []), state=state)


def dated(item: Meeting) -> tuple[object, ...]:
    """Return what says when a meeting takes place, to compare two states of one."""
    return item.starts_at, item.zone, item.duration_minutes, item.is_all_day, item.rrule


def is_over(item: Meeting, now: datetime) -> bool:
    """Return whether its last date is over."""
    return item.over_at is not None and item.over_at <= now


def _filled(item: Meeting, wish: Wish, now: datetime) -> Meeting:
    said = replace(
        item,
        title=wish.title,
        place=wish.place or item.place,
        link=wish.link or item.link,
        description=wish.description or item.description,
    )
    return placed(said, wish.when, now)


def _check(wish: Wish) -> None:
    if not wish.title:
        raise UserError("meeting.title_missing")
    texts = (
        (wish.title, LONGEST_TITLE),
        (wish.place or "", LONGEST_PLACE),
        (wish.description or "", LONGEST_TEXT),
    )
    for text, limit in texts:
        if len(text) > limit:
            raise UserError("meeting.too_long", limit=limit)


def _minutes(when: When) -> int | None:
    """Return how long it lasts in wall time; whole days end at the midnight after the last."""
    match when:
        case Recurrence(is_all_day=True) | Moment(is_all_day=True):
            return _DAY_MINUTES
        case Recurrence():
            return None if when.duration is None else int(when.duration.total_seconds()) // 60
        case Span():
            length = when.end.replace(tzinfo=None) - when.start.replace(tzinfo=None)
            return int(length.total_seconds()) // 60 + (_DAY_MINUTES if when.is_all_day else 0)
        case _:
            return None
