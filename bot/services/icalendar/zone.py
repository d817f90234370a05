"""Zone: a VTIMEZONE that says when clocks change, as the zone database has it.

Where a change comes every year on the same weekday of its month it is written as a rule, which has
no end; elsewhere as one RDATE a line: ical.js reads several on a line an hour off in summer.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.when.rrule import DAYS

_YEARS = 11
"""Years that are looked at: those of a meeting with an end are fewer."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Clocks change at ``wall``, by what they showed until then; offsets are from UTC."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool = False


@lru_cache(maxsize=64)
def written(key: str, year: int) -> tuple[str, ...]:
    """Return the lines of VTIMEZONE of the IANA zone ``key``, valid from the start of ``year``."""
    zone = ZoneInfo(key)
    first = datetime(year - 1, 1, 1, tzinfo=UTC)
    changes = _changes(zone, first, datetime(year + _YEARS, 1, 1, tzinfo=UTC))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{key}"]
    if not changes or changes[0].wall.year >= year:
        lines += _observance([_still(zone, first)])
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        kind = (change.before, change.after, change.name, change.is_summer)
        groups.setdefault(kind, []).append(change)
    for group in groups.values():
        lines += _observance(group)
    return (*lines, "END:VTIMEZONE")


def _observance(group: Sequence[Change]) -> list[str]:
    first = group[0]
    kind = "DAYLIGHT" if first.is_summer else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{_stamp(first.wall)}",
        f"TZOFFSETFROM:{_offset(first.before)}",
        f"TZOFFSETTO:{_offset(first.after)}",
        f"TZNAME:{first.name}",
    ]
    rule = _rule([change.wall for change in group])
    if rule is not None:
        lines.append(f"RRULE:{rule}")
    elif len(group) > 1:
        # The first again: ical.js passes over DTSTART where there is an RDATE.
        lines += [f"RDATE:{_stamp(change.wall)}" for change in group]
    return [*lines, f"END:{kind}"]


def _rule(walls: Sequence[datetime]) -> str | None:
    """Return the rule by which all of ``walls`` come, one in each year, if there is one."""
    years = [wall.year for wall in walls]
    if len(years) < _YEARS or years != list(range(years[0], years[0] + len(years))):
        return None
    first = walls[0]
    alike = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if len(alike) != 1:
        return None
    for place in ({_from_end(wall) for wall in walls}, {_from_start(wall) for wall in walls}):
        if len(place) == 1:
            return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={place.pop()}{DAYS[first.weekday()]}"
    return None


def _from_end(wall: datetime) -> int:
    """Return -1 for the last such weekday of its month, -2 for the one before."""
    return -((monthrange(wall.year, wall.month)[1] - wall.day) // 7 + 1)


def _from_start(wall: datetime) -> int:
    return (wall.day - 1) // 7 + 1


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[Change]:
    return [_change(zone, moment) for moment in _moments(zone, first, last)]


def _moments(zone: ZoneInfo, first: datetime, last: datetime) -> Iterable[datetime]:
    """Yield when clocks change, to the minute."""
    earlier = first
    while earlier < last:
        later = earlier + _DAY
        if _shown(zone, earlier) != _shown(zone, later):
            low, high = earlier, later
            while high - low > timedelta(minutes=1):
                middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
                is_before = _shown(zone, middle) == _shown(zone, low)
                low, high = (middle, high) if is_before else (low, middle)
            yield high
        earlier = later


def _shown(zone: ZoneInfo, moment: datetime) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _change(zone: ZoneInfo, moment: datetime) -> Change:
    before = _utcoffset(zone, moment - timedelta(minutes=1))
    local = moment.astimezone(zone)
    wall = (moment + before).replace(tzinfo=None)
    after = _utcoffset(zone, moment)
    return Change(wall, before, after, local.tzname() or "LMT", bool(local.dst()))


def _still(zone: ZoneInfo, first: datetime) -> Change:
    """Return what a zone has from its beginning whose clocks do not change."""
    local, offset = first.astimezone(zone), _utcoffset(zone, first)
    return Change(datetime(1970, 1, 1), offset, offset, local.tzname() or "LMT")  # noqa: DTZ001  a wall time


def _utcoffset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _stamp(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"


def _offset(length: timedelta) -> str:
    minutes = abs(length) // timedelta(minutes=1)
    sign = "-" if length < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
