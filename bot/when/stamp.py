"""Exact moments as machines write them (ISO 8601), which `as_text` prints and people paste."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.when.day import MonthDay
from bot.when.error import Asked
from bot.when.hour import Time
from bot.when.model import Moment
from bot.when.pattern import Captures, Rules
from bot.when.resolve import hour_moment

_UTC = ZoneInfo("UTC")
_LONGEST_OFFSET = 14 * 60
"""No place on Earth is further from UTC (Kiritimati, +14:00)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date and an hour, with their offset from UTC in minutes, where it was said."""

    day: MonthDay
    time: Time
    offset_minutes: int | None


def stamp_moment(asked: Asked, stamp: Stamp) -> Moment:
    """Return the moment, in UTC if it ends in Z, else in the zone of who asks."""
    if stamp.offset_minutes is None:
        return hour_moment(asked, stamp.day, stamp.time, None, asked.zone)
    utc = (
        hour_moment(asked, stamp.day, stamp.time, None, _UTC) if not stamp.offset_minutes else None
    )
    if utc is not None and asked.zone.utcoffset(utc.start.replace(tzinfo=None)) != timedelta():
        return utc
    return _offset_moment(asked, stamp)


def _offset_moment(asked: Asked, stamp: Stamp) -> Moment:
    day = next(stamp.day.dates(asked.today), None)
    if day is None:
        raise asked.refusal("when.no_such_day")
    if not stamp.time.is_possible:
        raise asked.refusal("when.no_such_hour")
    offset = timezone(timedelta(minutes=stamp.offset_minutes or 0))
    wall = datetime(day.year, day.month, day.day, stamp.time.hour, stamp.time.minute, tzinfo=offset)
    if wall < asked.now.astimezone(UTC).replace(second=0, microsecond=0):
        raise asked.refusal("when.past")
    return Moment(wall.astimezone(asked.zone), asked.zone)


def _stamp(found: Captures) -> Stamp:
    offset = 0 if found.get("z", str) else found.get("offset", int)
    return Stamp(found.one("iso_date", MonthDay), found.one("clock_token", Time), offset)


def _offset(found: Captures) -> int | None:
    time = found.one("clock_token", Time)
    minutes = time.hour * 60 + time.minute
    is_possible = time.is_possible and minutes <= _LONGEST_OFFSET
    return (-minutes if found.get("dash", str) else minutes) if is_possible else None


STAMP_RULES: Rules = {
    "offset": [("plus clock_token", _offset), ("dash clock_token", _offset)],
    "stamp": [
        ("iso_date t clock_token", _stamp),
        ("iso_date t? clock_token z", _stamp),
        ("iso_date t? clock_token offset", _stamp),
    ],
    "stamps": [
        (
            "first:stamp slash last:stamp",
            lambda found: (found.one("first", Stamp), found.one("last", Stamp)),
        )
    ],
}
