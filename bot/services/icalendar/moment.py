"""Moment: a date or time as calendar files write it (RFC 5545, 3.3.4 and 3.3.5)."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.when import zone_named

_NEAR, _FAR = 1970, 2100
_STAMP = re.compile(r"(\d{8})(?:T(\d{4})\d\d(Z?))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Time:
    """A wall time in a zone; of a whole day its midnight."""

    moment: datetime
    is_all_day: bool


def read_time(params: str, value: str, zone: ZoneInfo) -> Time | None:
    """Return the time a property says; in ``zone`` where none is named, None for what is none."""
    found = _STAMP.fullmatch(value.strip())
    named = re.search(r";TZID=\"?([^\";]+)", params, re.IGNORECASE)
    own = zone_named(named[1]) if named else zone
    if found is None or own is None:
        return None
    try:
        wall = datetime.strptime(found[1] + (found[2] or "0000"), "%Y%m%d%H%M")  # noqa: DTZ007  a wall time
    except ValueError:
        return None
    if not _NEAR <= wall.year <= _FAR:
        return None
    if found[3]:
        return Time(wall.replace(tzinfo=ZoneInfo("UTC")), is_all_day=False)
    return Time(wall.replace(tzinfo=own), is_all_day=found[2] is None)
