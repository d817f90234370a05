"""Turns a recurrence as it was said into a rule with its first occurrence, or refuses."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.when.error import Asked
from bot.when.hour import Hours, Length, Part, Reading, Style, Time
from bot.when.model import Recurrence
from bot.when.repeat_pattern import Bound, Repeat
from bot.when.resolve import day_moment, readings_of
from bot.when.resolve_span import end_of
from bot.when.rrule import first_wall, until_field
from bot.when.wall import at_wall, midnight, plus


def daily_or_weekly(
    asked: Asked, repeat: Repeat, starting: Bound | None, until: Bound | None
) -> Recurrence:
    """Return the recurrence of whole days."""
    first = _first(asked, repeat, None, starting, asked.zone)
    rrule = repeat.rrule + _end_field(asked, first, until, is_all_day=True)
    return Recurrence(rrule, first, asked.zone, is_all_day=True)


def timed(
    asked: Asked,
    repeat: Repeat,
    hour: Time,
    part: Part | None,
    bounds: tuple[Bound | None, Bound | None],
    zone: ZoneInfo,
) -> Recurrence:
    """Return the recurrence of an hour; ``bounds`` are where it starts and ends, if said."""
    reading = _reading(asked, repeat, hour, part)
    first = _first(asked, repeat, reading, bounds[0], zone)
    rrule = f"{repeat.rrule};BYHOUR={reading.hour};BYMINUTE={reading.minute}"
    rrule += _end_field(asked, first, bounds[1], is_all_day=False)
    is_ambiguous = hour.style is Style.SPOKEN and part is None and reading.hour <= 6
    return Recurrence(rrule, first, zone, is_ambiguous=is_ambiguous)


def lasting(recurrence: Recurrence, length: Length) -> Recurrence:
    """Return a recurrence whose occurrences last so long."""
    return replace(recurrence, duration=timedelta(minutes=length.minutes))


def until_hour(asked: Asked, recurrence: Recurrence, hours: Hours, part: Part | None) -> Recurrence:
    """Return a recurrence whose occurrences last until the second of two hours."""
    end = end_of(asked, recurrence.start, hours.end, part)
    length = end.replace(tzinfo=None) - recurrence.start.replace(tzinfo=None)
    return replace(recurrence, duration=length)


def _reading(asked: Asked, repeat: Repeat, hour: Time, part: Part | None) -> Reading:
    """Return the hour that repeats; a weekday's midnight may be before it or after: refused."""
    readings = readings_of(asked, hour, part)
    if readings[0].days and repeat.freq != "DAILY":
        raise asked.refusal("when.several")
    return Reading(readings[0].hour, readings[0].minute)


def _first(
    asked: Asked,
    repeat: Repeat,
    reading: Reading | None,
    starting: Bound | None,
    zone: ZoneInfo,
) -> datetime:
    """Return the first occurrence from now or the day said on, whatever the interval."""
    now = asked.now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0, fold=0)
    since = now.replace(hour=0, minute=0) if reading is None else now
    if starting is not None:
        since = max(since, datetime.combine(_day(asked, starting), datetime.min.time()))
    rrule = replace(repeat, interval=1).rrule
    rrule += f";BYHOUR={reading.hour if reading else 0};BYMINUTE={reading.minute if reading else 0}"
    wall = first_wall(rrule, since)
    if wall is None:
        raise asked.refusal("when.no_such_day")
    if reading is None:
        return midnight(wall.date(), zone)
    return plus(at_wall(wall.date(), reading, zone), timedelta())


def _end_field(asked: Asked, first: datetime, until: Bound | None, *, is_all_day: bool) -> str:
    """Return the field that ends a rule, with its semicolon; empty for a rule without an end."""
    if until is None:
        return ""
    if until.times is not None:
        return f";COUNT={until.times}"
    last = _day(asked, until)
    if last < first.date():
        raise asked.refusal("when.backwards")
    zone = first.tzinfo if isinstance(first.tzinfo, ZoneInfo) else asked.zone
    return ";" + until_field(last, zone, is_all_day=is_all_day)


def _day(asked: Asked, bound: Bound) -> date:
    """Return the day where a recurrence starts or ends."""
    if bound.day is None:
        raise ValueError("a bound of times has no day")
    return day_moment(asked, bound.day, None).start.date()
