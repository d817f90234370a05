"""Turns ranges as they were said into spans, or refuses those that end before they start."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.when.day import Day, NextWeek, Offset
from bot.when.error import Asked
from bot.when.hour import Hours, Length, Part, Style, Time
from bot.when.model import Moment, Span
from bot.when.resolve import check_shown, check_weekday, hour_moment, is_not_before, readings_of
from bot.when.span_pattern import Days, Points
from bot.when.wall import at_wall, midnight, plus

_LONGEST_NIGHT = timedelta(hours=12)
"""A range of hours that passes midnight and lasts longer is taken for a mistake: "14h-12h"."""

_LONGEST_DAYS = timedelta(days=330)
"""A range of days without years that lasts longer is one that ends before it starts."""

_HALF_DAY = timedelta(hours=12)


def lasting_span(moment: Moment, length: Length) -> Span:
    """Return a moment prolonged by "pendant 2h"."""
    end = plus(moment.start, timedelta(minutes=length.minutes))
    return _span(moment, end)


def hours_span(
    asked: Asked, day: Day | None, hours: Hours, part: Part | None, zone: ZoneInfo
) -> Span:
    """Return the hours from one to another on a day, or in the night after it."""
    moment = hour_moment(asked, day, hours.start, part, zone)
    end = end_of(asked, moment.start, hours.end, part)
    check_shown(asked, end)
    return _span(moment, end)


def end_of(asked: Asked, start: datetime, end: Time, part: Part | None) -> datetime:
    """Return the hour that follows a start: the same day or, if it cannot, the night."""
    reading = readings_of(asked, end, None)[0]
    wall_start = start.replace(tzinfo=None)
    wall = wall_start.replace(hour=reading.hour, minute=reading.minute, fold=0)
    if wall <= wall_start and part is not None and end.style is not Style.EXACT:
        is_afternoon = reading.hour < 12 and wall + _HALF_DAY > wall_start
        wall += _HALF_DAY if is_afternoon else timedelta()
    if wall <= wall_start:
        wall += timedelta(days=1)
        if wall - wall_start > _LONGEST_NIGHT:
            raise asked.refusal("when.backwards")
    return wall.replace(tzinfo=start.tzinfo)


def days_span(asked: Asked, days: Days) -> Span:
    """Return whole days from the first to the last; a range that has begun is still this one."""
    firsts = list(days.first.dates(asked.today))
    if not firsts or not list(days.last.dates(asked.today)):
        raise asked.refusal("when.no_such_day")
    pairs = [(first, last) for first in firsts for last in _lasts(asked, days.last, first)[:1]]
    if not pairs:
        raise asked.refusal("when.backwards")
    found = next(((first, last) for first, last in pairs if last >= asked.today), None)
    if found is None:
        raise asked.refusal("when.past")
    first, last = found
    check_weekday(asked, days.first, first)
    check_weekday(asked, days.last, last)
    if not timedelta() < last - first < _LONGEST_DAYS:
        raise asked.refusal("when.backwards")
    return Span(
        midnight(first, asked.zone),
        midnight(last, asked.zone),
        asked.zone,
        is_all_day=True,
        is_rolled=first != firsts[0],
    )


def points_span(asked: Asked, points: Points, zone: ZoneInfo) -> Span:
    """Return the time between an hour of one day and an hour of another."""
    days = points.days
    moment = hour_moment(asked, days.first, points.start, None, zone)
    reading = readings_of(asked, points.end, None)[0]
    if not list(days.last.dates(asked.today)):
        raise asked.refusal("when.no_such_day")
    for last in _lasts(asked, days.last, moment.start.date()):
        found = at_wall(last, reading, zone)
        if found.astimezone(UTC) > moment.start.astimezone(UTC):
            break
    else:
        raise asked.refusal("when.backwards")
    check_weekday(asked, days.last, last)
    check_shown(asked, found)
    if found - moment.start >= _LONGEST_DAYS:
        raise asked.refusal("when.backwards")
    return _span(moment, found)


def stamps_span(asked: Asked, start: Moment, end: Moment) -> Span:
    """Return what lies between two exact moments."""
    if is_not_before(start.start, end.start):
        raise asked.refusal("when.backwards")
    return _span(start, end.start.astimezone(start.zone))


def _lasts(asked: Asked, last: Day, first: date) -> list[date]:
    """Return the days from the first on that the last can mean; "demain" is always today's."""
    base = asked.today if isinstance(last, Offset | NextWeek) else first
    return [found for found in last.dates(base) if found >= first]


def _span(moment: Moment, end: datetime) -> Span:
    return Span(
        moment.start,
        end,
        moment.zone,
        is_rolled=moment.is_rolled,
        other_start=moment.other_start,
    )
