"""Quiet: the hours of a day in which nobody is disturbed, and when they are over."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = r"(\d{1,2})\s*(?:(?:h|:|heures?\b)\s*(\d{2})?)?\s*(am|pm)?"
_HOURS = re.compile(
    rf"(?:de|from|entre|between)?\s*{_HOUR}\s*(?:[-–—>]|à|a|to|et|and|till|until)\s*{_HOUR}",
    re.IGNORECASE,
)
_NEVER = frozenset({"", "off", "non", "no", "none", "never", "jamais", "aucune", "aucun", "rien"})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to just before ``end`` on the clocks of a zone; mostly over midnight.

    Where both are the same there are none.
    """

    start: time
    end: time

    def holds(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Return whether it is quiet in ``zone`` at an aware moment."""
        wall = moment.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def over_at(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment from ``moment`` on at which it is not quiet, aware UTC.

        An end that clocks skip comes an hour later; of one that they show twice, the first counts.
        """
        at = moment.astimezone(UTC)
        if not self.holds(at, zone):
            return at
        local = at.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.end)
        ends = [datetime.combine(day, self.end, zone).replace(fold=fold) for fold in (0, 1)]
        return next(end for end in map(_utc, (*ends, ends[0] + timedelta(days=1))) if end > at)

    def __str__(self) -> str:
        """Return ``20:00-08:00``, which `read_quiet_hours` reads back, or ``off``."""
        return "off" if self.start == self.end else f"{self.start:%H:%M}-{self.end:%H:%M}"


NEVER = QuietHours(time(), time())
"""No quiet hours."""


def read_quiet_hours(given: str) -> QuietHours | None:
    """Return what ``20h-8h``, ``22:30 to 7:00`` or ``off`` means; None if it is neither."""
    words = given.strip().lower()
    if words in _NEVER:
        return NEVER
    found = _HOURS.fullmatch(words)
    if found is None:
        return None
    parts = found.groups()
    start, end = _hour(*parts[:3]), _hour(*parts[3:])
    return None if start is None or end is None or start == end else QuietHours(start, end)


def _hour(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half is not None:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half == "pm" else 0)
    if number == 24 and not int(minute or 0):
        number = 0
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
