"""Turns a day and an hour as they were said into one moment, or refuses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.when.day import Day, NamedDay, NextWeek
from bot.when.error import Asked, Code
from bot.when.hour import PART_HOURS, Part, Reading, Time
from bot.when.model import Moment
from bot.when.wall import at_wall, midnight, shown_again, shown_instead
from bot.when.wording import long_date

_LAST_NIGHT_HOUR = 6
""""At 6" and earlier may mean the afternoon; "at 9" said of another day is the morning."""


def day_moment(asked: Asked, day: Day, part: Part | None) -> Moment:
    """Return the whole day that was meant, vague if only a part of it was."""
    dates = list(day.dates(asked.today))
    chosen = next((found for found in dates if found >= asked.today), None)
    if not dates:
        raise asked.refusal("when.no_such_day")
    is_over = part is not None and asked.now.hour >= PART_HOURS[part].stop
    if chosen is None or (chosen == asked.today and is_over):
        raise asked.refusal("when.past")
    check_weekday(asked, day, chosen)
    other = day.other(chosen, asked.today)
    return Moment(
        start=midnight(chosen, asked.zone),
        zone=asked.zone,
        is_all_day=True,
        is_rolled=chosen != dates[0],
        is_vague=part is not None or (isinstance(day, NextWeek) and day.name is None),
        other_start=None if other is None else midnight(other, asked.zone),
    )


def hour_moment(
    asked: Asked, day: Day | None, hour: Time, part: Part | None, zone: ZoneInfo
) -> Moment:
    """Return the moment of an hour on a day; without a day, the next time clocks show it."""
    readings = readings_of(asked, hour, part)
    today = asked.today if day else asked.now.astimezone(zone).date()
    dates = list(day.dates(today)) if day else [today, today + timedelta(days=1)]
    if not dates:
        raise asked.refusal("when.no_such_day")
    # of a day that was named, the likelier hour decides; of none, the nearer one
    choices = (
        [(found, reading) for reading in readings for found in dates]
        if day
        else [(found, reading) for found in dates for reading in readings]
    )
    this_minute = asked.now.replace(second=0, microsecond=0)
    for chosen, reading in choices:
        start = at_wall(chosen, reading, zone)
        if is_not_before(start, this_minute):
            break
    else:
        raise asked.refusal("when.past")
    if day:
        check_weekday(asked, day, chosen)
    check_shown(asked, start)
    other = _other_start(asked, day, chosen, start, readings)
    return Moment(start, zone, is_rolled=chosen != dates[0], other_start=other)


def readings_of(asked: Asked, hour: Time, part: Part | None) -> tuple[Reading, ...]:
    """Return the meanings of an hour, at least one; refuse 25h and "demain matin à 15h"."""
    if not hour.is_possible:
        raise asked.refusal("when.no_such_hour")
    readings = hour.readings(part)
    if not readings:
        raise asked.refusal("when.part", Code.MISMATCH)
    return readings


def check_weekday(asked: Asked, day: Day, chosen: date) -> None:
    """Refuse "vendredi 25 mars" when that is a Wednesday; the error says which day it is."""
    if day.weekday is not None and day.weekday != chosen.weekday():
        said = long_date(chosen, zone=asked.zone, language=asked.language, with_zone=False)
        raise asked.refusal("when.mismatch", Code.MISMATCH, date=said)


def check_shown(asked: Asked, start: datetime) -> None:
    """Refuse an hour that clocks skip; the error says what they show instead."""
    nearest = shown_instead(start)
    if nearest is not None:
        zone = nearest.tzinfo if isinstance(nearest.tzinfo, ZoneInfo) else asked.zone
        shown = long_date(nearest, zone=zone, language=asked.language, with_zone=True)
        raise asked.refusal("when.gap", Code.GAP, nearest=shown)


def needs_hour(day: Day) -> bool:
    """Whether a day is too short to stand alone: "sun" is no date, "sun at 9" is."""
    return isinstance(day, NamedDay) and day.is_short


def is_not_before(moment: datetime, limit: datetime) -> bool:
    """Compare two moments as instants: Python compares wall times within one zone."""
    return moment.astimezone(UTC) >= limit.astimezone(UTC)


def _other_start(
    asked: Asked, day: Day | None, chosen: date, start: datetime, readings: tuple[Reading, ...]
) -> datetime | None:
    """Return the second meaning of what was chosen, None where all would agree."""
    zone = start.tzinfo
    again = shown_again(start)
    if again is not None or not isinstance(zone, ZoneInfo):
        return again
    said = next(found for found in readings if at_wall(chosen, found, zone) == start)
    other_day = day.other(chosen, asked.today) if day else None
    if other_day is not None:
        return at_wall(other_day, said, zone)
    if len(readings) == 1:
        return None
    other = at_wall(chosen, readings[1], zone)
    if said == readings[1]:
        # the morning is over: of no day in particular, tomorrow's is meant as well
        return None if day else at_wall(chosen + timedelta(days=1), readings[0], zone)
    is_doubtful = readings[0].days > 0 or start.hour <= _LAST_NIGHT_HOUR or day is None
    return other if is_doubtful and is_not_before(other, asked.now) else None
