"""Plan: when people are to be reminded of a meeting, as rows of what falls due."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.errors import UserError
from bot.ids import RoomId
from bot.services import closing
from bot.services.meeting import afterwards, offset, series
from bot.services.meeting.offset import Offset
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.storage import due, meeting, occurrence, room_setting
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Reader, Transaction

KIND = "meeting_reminder"
"""Kind of what falls due: one offset before one date, for everybody concerned."""

OFFSETS = "reminders"
"""The setting of a room that says how long before its meetings it is reminded."""

_MOST_LOOKED_AT = 400
"""Dates looked at for one that an offset is still to come of: more than a year of days."""


_MOST_ON = 1000
"""Dates looked at for the one on a day."""


_LOOKED_BACK = timedelta(days=400)


async def plan(transaction: Transaction, item: Meeting, now: datetime) -> None:
    """Let exactly the reminders fall due that ``item`` has now: one row an offset.

    What fell due and was not said yet stays, as long as its date holds.
    """
    wanted = await _wanted(transaction, item, now) if item.state is State.PLANNED else []
    dates = await valid_dates(transaction, item, now) if item.state is State.PLANNED else set()
    kept = {row.occurrence for row in wanted}
    for row in await due.pending_of(transaction, KIND, str(item.id)):
        is_ripe = row.due_at <= now and key_start(row.occurrence) in dates
        if row.occurrence not in kept and not is_ripe:
            await due.cancel_one(transaction, row)
    for row in wanted:
        await due.plan(transaction, row)
    await plan_afterwards(transaction, item, now)


async def plan_afterwards(transaction: Transaction, item: Meeting, now: datetime) -> None:
    """Let those who come to the next date be asked, the morning after, what they take away."""
    await afterwards.plan(transaction, item, await _calendar(transaction, item), now)


async def plan_room(transaction: Transaction, room: RoomId, now: datetime) -> None:
    """Correct the plans of all meetings of a room, after its settings changed."""
    for item in await meeting.to_come(transaction, [room], now):
        await plan(transaction, item, now)


async def plan_next(transaction: Transaction, item: Meeting, fired: Due, now: datetime) -> None:
    """Plan the offset of ``fired`` for the date after, if there is one."""
    _, _, kept = fired.occurrence.partition("/")
    dates = await upcoming(transaction, item, now)
    for each in offset.of(kept):
        row = _next(item, each, dates, max(now, fired.due_at))
        if row is not None:
            await due.plan(transaction, row)


async def offsets_of(reader: Reader, item: Meeting) -> list[Offset]:
    """Return the offsets of a meeting: its own, else its room's, else the usual ones."""
    if item.offsets is not None:
        return offset.of(item.offsets)
    chosen = (await room_setting.of_room(reader, item.room_id)).get(OFFSETS)
    return offset.of(chosen.value if chosen is not None else offset.DEFAULT)


async def upcoming(reader: Reader, item: Meeting, now: datetime) -> Iterator[Occurrence]:
    """Return the dates of ``item`` that are not over at ``now``; there may be no end of them."""
    return (await _calendar(reader, item))(now)


async def _calendar(reader: Reader, item: Meeting) -> Callable[[datetime], Iterator[Occurrence]]:
    """Return what yields the dates of ``item`` that are not over at a moment."""
    changes = await occurrence.of_meeting(reader, item.id)
    rest = await closing.of_room(reader, item.room_id)
    return lambda since: series.dates(item, changes, rest, since)


async def date_at(
    reader: Reader, item: Meeting, start: datetime, now: datetime
) -> Occurrence | None:
    """Return the date that starts then and is not over, if there is (still) one."""
    for each in await upcoming(reader, item, now):
        if each.start.astimezone(UTC) == start:
            return each
        if each.start.astimezone(UTC) > start:
            return None
    return None


async def date_known_as(
    reader: Reader, item: Meeting, name: str, now: datetime
) -> Occurrence | None:
    """Return the date whose answers are kept under ``name``, if it is to come or under way."""
    dates = await upcoming(reader, item, now)
    for _, each in zip(range(_MOST_LOOKED_AT), dates, strict=False):
        if series.known_as(item, each) == name:
            return each
    return None


async def next_or_last(reader: Reader, item: Meeting, now: datetime) -> Occurrence:
    """Return the date that is under way or comes next, else the last one."""
    coming = next(await upcoming(reader, item, now), None)
    return coming or await last(reader, item, now) or series.only(item)


async def last(reader: Reader, item: Meeting, now: datetime) -> Occurrence | None:
    """Return the last date that has begun, if there is one; of a series in the last year."""
    since = max(item.starts_at - timedelta(days=1), now - _LOOKED_BACK)
    found = None
    for each in await upcoming(reader, item, since):
        if each.start > now:
            break
        found = each
    return found


async def date_on(
    reader: Reader, item: Meeting, day: date, now: datetime, *, is_past_fine: bool = False
) -> Occurrence:
    """Return the date of a series on ``day``; raises UserError if there is none (to come)."""
    if item.rrule is None:
        raise UserError("meeting.no_series", id=named(MEETING, item.id))
    since = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=2)
    dates = await upcoming(reader, item, since if is_past_fine else now)
    for _, each in zip(range(_MOST_ON), dates, strict=False):
        if each.start.date() == day:
            return each
        if each.start.date() > day:
            break
    raise UserError("meeting.no_such_date", id=named(MEETING, item.id), date=f"{day:%d/%m/%Y}")


async def deadline_of(reader: Reader, item: Meeting, date: Occurrence) -> datetime | None:
    """Return when the registration for a date ends, aware UTC.

    What was said of one date of a series, the first after it, holds for all: as long before each,
    in wall time.
    """
    if item.deadline is None or item.rrule is None:
        return item.deadline
    meant = next(await upcoming(reader, item, item.deadline), None)
    if meant is None:
        return item.deadline
    zone = date.start.tzinfo
    before = meant.start.replace(tzinfo=None) - item.deadline.astimezone(zone).replace(tzinfo=None)
    return (date.start - before).astimezone(UTC)


async def valid_dates(reader: Reader, item: Meeting, now: datetime) -> set[datetime]:
    """Return the starts of the dates that a reminder which fell due by now can be about."""
    longest = max((each.length for each in await offsets_of(reader, item)), default=None)
    if longest is None:
        return set()
    found: set[datetime] = set()
    for each in await upcoming(reader, item, now):
        start = each.start.astimezone(UTC)
        if start > now + 2 * longest:
            break
        found.add(start)
    return found


def key(start: datetime, each: Offset) -> str:
    """Return what tells the reminder of one date and one offset apart from all others."""
    return f"{series.stamp(start)}/{each}"


def key_start(kept: str) -> datetime:
    """Return the start that `key` wrote, aware UTC."""
    return series.read_stamp(kept.partition("/")[0])


async def _wanted(reader: Reader, item: Meeting, now: datetime) -> list[Due]:
    dates_since = await _calendar(reader, item)
    rows = [_next(item, each, dates_since(now), now) for each in await offsets_of(reader, item)]
    return [row for row in rows if row is not None]


def _next(item: Meeting, each: Offset, dates: Iterable[Occurrence], after: datetime) -> Due | None:
    """Return the first time after ``after`` at which an offset is due, if any."""
    for _, one in zip(range(_MOST_LOOKED_AT), dates, strict=False):
        at = each.before(one)
        if at > after:
            return Due(KIND, str(item.id), key(one.start, each), at)
    return None


def shorter(offsets: Sequence[Offset], than: Offset) -> list[Offset]:
    """Return the offsets that remind later than ``than`` of the same date."""
    return [each for each in offsets if each.length < than.length]
