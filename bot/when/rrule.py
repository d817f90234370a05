"""Writes and expands recurrence rules (RFC 5545, 3.3.10) in the wall time of a zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""iCalendar's names of the days of the week, Monday first."""

_LONGEST_SHIFT = timedelta(hours=3)
"""No zone moves its clocks by more for DST: occurrences are looked for that much earlier."""


def fields(rrule: str) -> dict[str, str]:
    """Return the parts of a rule, such as ``{"FREQ": "WEEKLY", "BYDAY": "MO"}``."""
    return dict(part.split("=", 1) for part in rrule.split(";"))


def until_field(last: date, zone: ZoneInfo, *, is_all_day: bool) -> str:
    """Return ``UNTIL=`` for a rule that still holds all day on ``last``."""
    if is_all_day:
        return f"UNTIL={last:%Y%m%d}"
    end = datetime.combine(last, time(23, 59, 59), zone).astimezone(UTC)
    return f"UNTIL={end:%Y%m%dT%H%M%S}Z"


def first_wall(rrule: str, since: datetime) -> datetime | None:
    """Return the first naive occurrence of a rule at or after a naive moment."""
    return rrulestr(rrule, dtstart=since).after(since, inc=True)


def first_after(rrule: str, start: datetime, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Return the first occurrence of a rule that begins at ``start``, strictly after ``moment``.

    Both are aware; the answer is aware in ``zone``.
    """
    return next(all_after(rrule, start, zone, moment), None)


def all_after(rrule: str, start: datetime, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Yield the occurrences of a rule as `first_after` finds the first; a rule may have no end."""
    wall_start = start.astimezone(zone).replace(tzinfo=None, fold=0)
    rule = rrulestr(_with_wall_until(rrule, zone), dtstart=wall_start)
    wall = max(moment, start - timedelta(days=1)).astimezone(zone).replace(tzinfo=None, fold=0)
    for occurrence in rule.xafter(wall - _LONGEST_SHIFT, inc=True):
        # through UTC: an hour in a DST gap becomes the one that clocks show instead
        aware = occurrence.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
        if aware.astimezone(UTC) > moment.astimezone(UTC):
            yield aware


def ended_before(rrule: str, day: date, zone: ZoneInfo) -> str:
    """Return the rule without its occurrences from ``day`` on (RFC 5545, this and following)."""
    kept = [part for part in rrule.split(";") if part.split("=", 1)[0] not in {"UNTIL", "COUNT"}]
    is_all_day = "BYHOUR" not in fields(rrule)
    return ";".join([*kept, until_field(day - timedelta(days=1), zone, is_all_day=is_all_day)])


def wall_until(until: str, zone: ZoneInfo) -> datetime:
    """Return the value of UNTIL as a naive wall time of the zone; of a day, its end."""
    if not until.endswith("Z"):
        return datetime.strptime(f"{until}T235959", "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
    aware = datetime.strptime(until, "%Y%m%dT%H%M%S%z").astimezone(zone)
    return aware.replace(tzinfo=None, fold=0)


def _with_wall_until(rrule: str, zone: ZoneInfo) -> str:
    """Return the rule with UNTIL in wall time, as expanding from a naive start requires."""
    until = fields(rrule).get("UNTIL")
    if until is None:
        return rrule
    return rrule.replace(until, f"{wall_until(until, zone):%Y%m%dT%H%M%S}")
