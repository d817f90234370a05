"""Closing: the days on which a community rests, and what becomes of what repeats on them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, pairwise

from bot.ids import RoomId
from bot.storage import room_setting
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Reader

KEY = "closed"
"""The setting that names the days."""

MODE = "closing"
"""The setting that says what becomes of what falls on them."""

MAX_RANGES = 20
"""Holidays of some years; a setting is one line."""

_LONGEST = timedelta(days=366)

LONGEST = timedelta(days=400)
"""How far closing days can put an occurrence off: those to come are looked for as much earlier."""

_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.\.?|…|/)\s*(\d{4}-\d\d-\d\d))?")


@dataclass(frozen=True, slots=True)
class Closing:
    """The closed days, as ranges of which both ends are closed.

    What repeats and falls on one is left out or, with ``is_shifting``, takes place at the same hour
    on the first open day after it.
    """

    ranges: Sequence[tuple[date, date]] = ()
    is_shifting: bool = False

    def is_closed(self, day: date) -> bool:
        """Return whether the community rests on ``day``."""
        return any(first <= day <= last for first, last in self.ranges)

    def moved(self, start: datetime, following: datetime | None) -> datetime | None:
        """Return when an occurrence takes place that the rule has at ``start``, None if never.

        ``following`` is the rule's next one: what would be put off until then is left out. Both are
        aware in the zone in which the thing repeats.
        """
        if not self.ranges or not self.is_closed(start.date()):
            return start
        if not self.is_shifting:
            return None
        moved = start
        while self.is_closed(moved.date()):
            moved += timedelta(days=1)
        return moved if following is None or moved.date() < following.date() else None


def open_dates(rest: Closing, found: Iterable[datetime]) -> Iterator[datetime]:
    """Yield the occurrences ``found`` as they take place, without those that do not."""
    for start, following in pairwise(chain(found, (None,))):
        taken = rest.moved(start, following) if start is not None else None
        if taken is not None:
            yield taken


def read(given: str) -> str | None:
    """Return ``2026-12-24..2027-01-02, 2027-05-01`` as it is kept, None if these are no days."""
    parts = [part.strip() for part in re.split(r"[,;]", given) if part.strip()]
    ranges = [_read_range(part) for part in parts[: MAX_RANGES + 1]]
    known = [found for found in ranges if found is not None]
    if not known or len(known) != len(parts) or len(parts) > MAX_RANGES:
        return None
    return ", ".join(
        f"{first}" if first == last else f"{first}..{last}" for first, last in sorted(known)
    )


def of(chosen: Mapping[str, RoomSetting]) -> Closing:
    """Return the closing days among the settings of a room."""
    kept, mode = chosen.get(KEY), chosen.get(MODE)
    parts = kept.value.split(",") if kept is not None else []
    ranges = [found for part in parts if (found := _read_range(part.strip())) is not None]
    return Closing(tuple(ranges), mode is not None and mode.value == "shift")


async def of_room(reader: Reader, room: RoomId) -> Closing:
    """Return the closing days of ``room``."""
    return of(await room_setting.of_room(reader, room))


def _read_range(given: str) -> tuple[date, date] | None:
    found = _RANGE.fullmatch(given)
    if found is None:
        return None
    try:
        first = date.fromisoformat(found[1])
        last = date.fromisoformat(found[2] or found[1])
    except ValueError:
        return None
    return (first, last) if timedelta() <= last - first <= _LONGEST else None
