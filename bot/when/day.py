"""The words for one day, and the dates that each of them can mean."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

from dateutil.relativedelta import relativedelta

_LAST_YEAR = MAXYEAR - 10
"""Later years are refused: dates near the end of the calendar overflow in other zones."""

_LEAP_YEARS_APART = 8
"""A 29 February is at most this many years away (1896 to 1904, 2096 to 2104)."""

_WEEK = timedelta(days=7)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the date, None where the calendar has none."""
    try:
        return date(year, month, day) if year <= _LAST_YEAR else None
    except ValueError:
        return None


def after(today: date, *, days: int = 0, months: int = 0) -> date | None:
    """Return the date so long after today (31 January + 1 month: 28 February), or None."""
    try:
        found = today + relativedelta(days=days, months=months)
    except (ValueError, OverflowError):
        return None
    return found if found.year <= _LAST_YEAR else None


@dataclass(frozen=True, slots=True)
class Day:
    """A way to name a day; ``weekday`` (Monday is 0) is what was said beside it, to be checked."""

    weekday: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """Yield the dates it can mean, this period's first (it may be past), in order of time."""
        raise NotImplementedError

    def other(self, chosen: date, today: date) -> date | None:
        """Return the date that others would have meant, None where all agree."""
        del chosen, today
        return None


@dataclass(frozen=True, slots=True)
class Offset(Day):
    """Today, tomorrow, "dans 3 jours", "in 2 months": counted from today.

    ``part`` is the part of the day that "ce soir" and "tonight" bring along.
    """

    days: int = 0
    months: int = 0
    part: int | None = None
    idiom_days: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """Yield the one date meant, none beyond the calendar."""
        found = after(today, days=self.days, months=self.months)
        if found is not None:
            yield found

    def other(self, chosen: date, today: date) -> date | None:
        """Return one or two weeks from today for "dans huit jours" and "dans quinze jours"."""
        del chosen
        return None if self.idiom_days is None else after(today, days=self.idiom_days)


@dataclass(frozen=True, slots=True)
class NamedDay(Day):
    """A weekday: the next one whose hour is not over, today included.

    ``later_days``: 7 for "lundi en huit". ``is_next``: "mardi prochain", never today.
    ``is_short``: an abbreviation, which is no date without an hour.
    """

    name: int = 0
    later_days: int = 0
    is_next: bool = False
    is_short: bool = False

    def dates(self, today: date) -> Iterator[date]:
        """Yield the coming such day and the one a week later."""
        ahead = (self.name - today.weekday()) % 7
        if not ahead and (self.is_next or self.later_days):
            ahead = 0 if self.later_days else 7
        first = today + timedelta(days=ahead + self.later_days)
        yield first
        yield first + _WEEK

    def other(self, chosen: date, today: date) -> date | None:
        """Return the day a week later for a "vendredi prochain" that is still in this week."""
        is_this_week = chosen - timedelta(days=chosen.weekday()) <= today
        is_today_en_huit = self.later_days > 0 and chosen.weekday() == today.weekday()
        is_doubtful = is_this_week if self.is_next else is_today_en_huit
        return chosen + _WEEK if is_doubtful else None


@dataclass(frozen=True, slots=True)
class NextWeek(Day):
    """Next week: a given day of it, or its Monday where none was named."""

    name: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """Yield the one date meant."""
        yield today + timedelta(days=7 - today.weekday() + (self.name or 0))


@dataclass(frozen=True, slots=True)
class MonthDay(Day):
    """A day of a named month, of this year or the next one that has it, or of the year said."""

    day: int = 0
    month: int = 0
    year: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """Yield this year's, then later ones; only the one in the year said."""
        years = [self.year] if self.year else range(today.year, today.year + _LEAP_YEARS_APART + 1)
        yield from _existing((year, self.month, self.day) for year in years)

    def in_year(self, year: int | None) -> "MonthDay":
        """Return the day in a year that was said elsewhere."""
        return replace(self, year=self.year or year)


@dataclass(frozen=True, slots=True)
class MonthlyDay(Day):
    """A day without its month ("le 15"), of this month or the next one that has it."""

    day: int = 0
    is_next_month: bool = False

    def dates(self, today: date) -> Iterator[date]:
        """Yield this month's, then later ones; only next month's where that was said."""
        months = [1] if self.is_next_month else range(4)
        yield from _existing((*_month(today, ahead), self.day) for ahead in months)


@dataclass(frozen=True, slots=True)
class NthWeekday(Day):
    """The first, the last … such weekday of a named month, or of next month (``month`` None)."""

    nth: int = 1
    name: int = 0
    month: int | None = None
    year: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """Yield this year's and later ones; only the one of the year or month that was said."""
        if self.month is None:
            months = [_month(today, 1)]
        else:
            years = [self.year] if self.year else list(range(today.year, today.year + 8))
            months = [(year, self.month) for year in years]
        for year, month in months:
            found = nth_weekday(year, month, self.nth, self.name)
            if found is not None:
                yield found


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """Return the nth such weekday of a month (-1 is the last), None where there is none."""
    found = [
        day
        for number in range(1, 32)
        if (day := day_of(year, month, number)) and day.weekday() == weekday
    ]
    place = nth - 1 if nth > 0 else nth
    return found[place] if -len(found) <= place < len(found) else None


def _month(today: date, ahead: int) -> tuple[int, int]:
    """Return year and month that many months ahead."""
    years, month = divmod(today.month - 1 + ahead, 12)
    return today.year + years, month + 1


def _existing(days: Iterator[tuple[int, int, int]]) -> Iterator[date]:
    for year, month, day in days:
        found = day_of(year, month, day)
        if found is not None:
            yield found
