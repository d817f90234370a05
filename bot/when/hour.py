"""The words for an hour of the day, and the hours that each of them can mean."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class Part(IntEnum):
    """A part of the day, as numbered in the lexicons."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2
    NIGHT = 3
    NOON = 4


PART_HOURS = {
    Part.MORNING: range(12),
    Part.AFTERNOON: range(12, 19),
    Part.EVENING: range(17, 24),
    Part.NIGHT: range(18, 24),
    Part.NOON: range(11, 15),
}
"""The hours that people put in each part of the day."""


class Style(Enum):
    """How an hour was said: how sure it is which half of the day it means."""

    EXACT = "2pm, noon"
    CLOCK = "14h, 14:00"
    SPOKEN = "at 9, half past six"
    MIDNIGHT = "midnight, said of the day before or after it"


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of an hour: on the clock, ``days`` after the day it is said of."""

    hour: int
    minute: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class Time:
    """An hour as it was said; the numbers may be impossible (25h): such a phrase is refused."""

    hour: int
    minute: int
    style: Style

    @property
    def is_possible(self) -> bool:
        """Whether a clock ever shows it."""
        return 0 <= self.hour < 24 and 0 <= self.minute < 60

    def readings(self, part: Part | None = None) -> tuple[Reading, ...]:
        """Return its meanings, the likeliest first, within a part of the day; none: not there."""
        if self.style is Style.MIDNIGHT:
            return self._midnights(part)
        as_said = Reading(self.hour, self.minute)
        after_noon = Reading(self.hour + 12, self.minute)
        is_half_open = self.style in {Style.CLOCK, Style.SPOKEN} and 1 <= self.hour < 12
        if part is None:
            is_doubtful = self.style is Style.SPOKEN and is_half_open
            return (as_said, after_noon) if is_doubtful else (as_said,)
        choices = (as_said, after_noon) if is_half_open else (as_said,)
        return tuple(choice for choice in choices if choice.hour in PART_HOURS[part])[:1]

    def _midnights(self, part: Part | None) -> tuple[Reading, ...]:
        at_end, at_start = Reading(0, self.minute, days=1), Reading(0, self.minute)
        if part is None:
            return at_end, at_start
        return (at_end,) if part in {Part.EVENING, Part.NIGHT} else ()


IMPOSSIBLE = Time(99, 0, Style.EXACT)
"""Stands for an hour like 13pm: understood, and refused."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From one hour to another of the same day, or of the night after it."""

    start: Time
    end: Time


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time that a clock measures."""

    minutes: int
