"""Offset: how long before a meeting people are reminded of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.services.meeting.series import Occurrence, shown

DEFAULT = "7d,1d,1h"
"""When nobody chose anything else."""

MAX_OFFSETS = 5
_LONGEST = timedelta(days=60)
_MORNING = time(9)
"""A whole day is counted from its morning: nobody is woken at midnight."""

_UNITS = {
    **dict.fromkeys(("w", "sem", "semaine", "semaines", "week", "weeks"), timedelta(weeks=1)),
    **dict.fromkeys(("d", "j", "day", "days", "jour", "jours"), timedelta(days=1)),
    **dict.fromkeys(("h", "hour", "hours", "heure", "heures"), timedelta(hours=1)),
    **dict.fromkeys(("m", "min", "mn", "minute", "minutes"), timedelta(minutes=1)),
}
_NONE = frozenset({"none", "aucun", "off", "non", "no", "0"})
_ONE = re.compile(r"(\d{1,4})\s*([a-z]+)")


@dataclass(frozen=True, slots=True)
class Offset:
    """``days`` of the calendar before the start, and so many ``minutes`` by a stopwatch."""

    days: int = 0
    minutes: int = 0

    def __str__(self) -> str:
        """Return ``7d``, ``1h`` or ``15m``, as it is kept."""
        if self.days:
            return f"{self.days}d"
        return f"{self.minutes // 60}h" if self.minutes % 60 == 0 else f"{self.minutes}m"

    @property
    def length(self) -> timedelta:
        """How long it is where no clocks change."""
        return timedelta(days=self.days, minutes=self.minutes)

    def before(self, date: Occurrence) -> datetime:
        """Return when to remind of ``date``, aware UTC: a day before 14:00 is 14:00 across DST."""
        start = date.start
        if date.is_all_day:
            start = datetime.combine(start.date(), _MORNING, start.tzinfo)
        day = shown(start - timedelta(days=self.days))
        return day.astimezone(UTC) - timedelta(minutes=self.minutes)


def read(given: str) -> str | None:
    """Return ``7 jours, 1h`` as it is kept: ``7d,1h``; empty for none, None if it is no list."""
    words = given.strip().lower()
    if words in _NONE:
        return ""
    parts = [part.strip() for part in re.split(r"[,;]| et | and ", words) if part.strip()]
    offsets = {_read_one(part) for part in parts}
    if not parts or None in offsets or len(offsets) > MAX_OFFSETS:
        return None
    known = [offset for offset in offsets if offset is not None]
    return ",".join(str(each) for each in sorted(known, key=lambda o: o.length, reverse=True))


def of(kept: str) -> list[Offset]:
    """Return the offsets that `read` wrote, the longest first."""
    return [offset for part in kept.split(",") if (offset := _read_one(part)) is not None]


def _read_one(given: str) -> Offset | None:
    found = _ONE.fullmatch(given)
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        return None
    length = int(found[1]) * unit
    if not timedelta() < length <= _LONGEST:
        return None
    if unit >= timedelta(days=1):
        return Offset(days=length.days)
    return Offset(minutes=int(length.total_seconds()) // 60)
