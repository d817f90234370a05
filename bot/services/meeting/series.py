"""Series: on which dates a meeting takes place, its rule, its changes and the closing days told."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.services import closing as closing_days
from bot.services.closing import Closing
from bot.storage.meeting import Meeting
from bot.storage.occurrence import Change
from bot.when import Recurrence
from bot.when.rrule import all_after

OPEN_END = timedelta(hours=1)
"""How long a meeting is taken to last that says no end."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a meeting; ``start`` and ``end`` are aware in its zone.

    ``recurrence_id`` is the start that the rule gives it (aware UTC), by which it is known however
    often it is moved. ``end`` is None where none was said; of whole days it is the midnight after.
    """

    recurrence_id: datetime
    start: datetime
    end: datetime | None
    is_all_day: bool = False

    @property
    def over_at(self) -> datetime:
        """When it is over, as an instant; without an end an hour is guessed, or the day."""
        end = self.end or self.start + (_DAY if self.is_all_day else OPEN_END)
        return end.astimezone(UTC)


def dates(
    item: Meeting, changes: Sequence[Change], closing: Closing, since: datetime
) -> Iterator[Occurrence]:
    """Yield the dates of ``item`` that are not over at the aware ``since``, by their start.

    A series may have no end.
    """
    zone = ZoneInfo(item.zone)
    if item.rrule is None:
        one = only(item)
        return iter([one] if one.over_at > since else [])
    by_id = {change.recurrence_id: change for change in changes}
    found = heapq.merge(
        _regular(item, by_id, closing, since),
        sorted(_moved(item, by_id.values(), zone), key=_instant),
        key=_instant,
    )
    return (each for each in found if each.over_at > since)


def next_date(
    item: Meeting, changes: Sequence[Change], closing: Closing, since: datetime
) -> Occurrence | None:
    """Return the first date that is not over at ``since``, None when there is none."""
    return next(dates(item, changes, closing, since), None)


def only(item: Meeting) -> Occurrence:
    """Return the first date of ``item``, whether it takes place or not."""
    zone = ZoneInfo(item.zone)
    return _occurrence(item, item.starts_at, item.starts_at, item.duration_minutes, zone)


def left_out(
    item: Meeting, changes: Sequence[Change], closing: Closing, until: datetime
) -> list[datetime]:
    """Return the starts of the rule until then that do not take place (EXDATE), aware UTC."""
    cancelled = {change.recurrence_id for change in changes if change.starts_at is None}
    if item.rrule is None:
        return []
    changed = {change.recurrence_id for change in changes}
    rested = {
        start.astimezone(UTC)
        for start, following in _ruled(item, item.starts_at - _DAY, until)
        if closing.moved(start, following) is None
    }
    return sorted(cancelled | (rested - changed))


def added(item: Meeting, changes: Sequence[Change]) -> list[datetime]:
    """Return the starts of dates that the rule does not have (RDATE), aware UTC."""
    if item.rrule is None or not changes:
        return []
    found = (change.recurrence_id for change in changes if change.starts_at is not None)
    return [known for known in found if not _is_ruled(item, known)]


def _is_ruled(item: Meeting, known: datetime) -> bool:
    starts = _ruled(item, known - _DAY, known)
    return any(start.astimezone(UTC) == known for start, _ in starts)


def stamp(moment: datetime) -> str:
    """Return an instant as iCalendar writes it: ``20261020T103000Z``."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def read_stamp(written: str) -> datetime:
    """Return what `stamp` wrote, aware UTC; raises ValueError for anything else."""
    return datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def known_as(item: Meeting, date: Occurrence) -> str:
    """Return the name by which answers to a date are kept, however often it is moved.

    The only date of a meeting that is no series has none.
    """
    return stamp(date.recurrence_id) if item.rrule is not None else ""


def recurrence(item: Meeting) -> Recurrence | None:
    """Return the rule of a series as it is described in words."""
    if item.rrule is None:
        return None
    zone = ZoneInfo(item.zone)
    minutes = item.duration_minutes
    duration = None if minutes is None or item.is_all_day else timedelta(minutes=minutes)
    return Recurrence(item.rrule, item.starts_at.astimezone(zone), zone, duration, item.is_all_day)


def last_over(item: Meeting, changes: Sequence[Change]) -> datetime | None:
    """Return when the last date is over whatever is closed, None for a rule without an end."""
    if item.rrule is not None and not {"UNTIL", "COUNT"} & {
        part.split("=")[0] for part in item.rrule.split(";")
    }:
        return None
    ends = [each.over_at for each in dates(item, changes, Closing(), item.starts_at - _DAY)]
    extra = closing_days.LONGEST if item.rrule is not None else timedelta()
    return max(ends, default=item.starts_at) + extra


def _regular(
    item: Meeting, changed: dict[datetime, Change], closing: Closing, since: datetime
) -> Iterator[Occurrence]:
    zone = ZoneInfo(item.zone)
    lasting = timedelta(minutes=item.duration_minutes or 0) + _DAY
    earliest = since - lasting - (closing_days.LONGEST if closing.ranges else timedelta())
    for start, following in _ruled(item, earliest, None):
        instant = start.astimezone(UTC)
        taken = closing.moved(start, following) if instant not in changed else None
        if taken is not None:
            yield _occurrence(item, instant, taken, item.duration_minutes, zone)


def _ruled(
    item: Meeting, since: datetime, until: datetime | None
) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield each start of the rule with the one that follows it."""
    zone = ZoneInfo(item.zone)
    found = all_after(item.rrule or "", item.starts_at.astimezone(zone), zone, since)
    for start, following in pairwise(_and_end(found)):
        if start is None or (until is not None and start.astimezone(UTC) > until):
            return
        yield start, following


def _and_end(found: Iterable[datetime]) -> Iterator[datetime | None]:
    yield from found
    yield None


def _moved(item: Meeting, changes: Iterable[Change], zone: ZoneInfo) -> Iterator[Occurrence]:
    for change in changes:
        if change.starts_at is not None:
            minutes = change.duration_minutes
            minutes = item.duration_minutes if minutes is None else minutes
            yield _occurrence(item, change.recurrence_id, change.starts_at, minutes, zone)


def _occurrence(
    item: Meeting, known: datetime, start: datetime, minutes: int | None, zone: ZoneInfo
) -> Occurrence:
    local = start.astimezone(zone)
    end = None if minutes is None else shown(local + timedelta(minutes=minutes))
    return Occurrence(known, local, end, item.is_all_day)


def shown(moment: datetime) -> datetime:
    """Return the same wall time as clocks show it, where they skip an hour."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def _instant(item: Occurrence) -> datetime:
    return item.start.astimezone(UTC)
