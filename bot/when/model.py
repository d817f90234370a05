"""What a phrase can mean: a moment, a span between two, or a recurrence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.when.rrule import first_after


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time, or one whole day (``is_all_day``; ``start`` is then its midnight).

    ``start`` is aware, in ``zone``. ``is_rolled``: the nearest such date was past.
    ``is_vague``: a week or a part of a day was said, and this is only its day. ``other_start``: the
    second meaning of a phrase that has two (an hour that the clock shows twice, "at 3", "samedi à
    minuit", "vendredi prochain"): whoever needs to be sure asks.
    """

    start: datetime
    zone: ZoneInfo
    is_all_day: bool = False
    is_rolled: bool = False
    is_vague: bool = False
    other_start: datetime | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the phrase has a second meaning, ``other_start``."""
        return self.other_start is not None


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another; of whole days (``is_all_day``), ``end`` is in the last of them.

    Both are aware, in ``zone``, and ``start <= end``. The flags are those of `Moment`.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    is_all_day: bool = False
    is_rolled: bool = False
    other_start: datetime | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the phrase has a second meaning, which starts at ``other_start``."""
        return self.other_start is not None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule of RFC 5545, 3.3.10, without ``RRULE:``, that repeats in the wall time of ``zone``.

    ``start`` is the first occurrence (DTSTART), aware, in ``zone``; ``duration`` is None where only
    the start was said. ``is_ambiguous``: the hour may be meant in the afternoon ("every day at 3").
    """

    rrule: str
    start: datetime
    zone: ZoneInfo
    duration: timedelta | None = None
    is_all_day: bool = False
    is_ambiguous: bool = False

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first occurrence after an aware moment, aware in ``zone``; None when over.

        18:00 stays 18:00 across DST. An hour that clocks skip that day is read with the offset
        before the gap, one that they show twice is the first of the two (RFC 5545, 3.3.5).
        """
        return first_after(self.rrule, self.start, self.zone, moment)


When = Moment | Span | Recurrence
