"""How ranges of days are said, with or without hours."""

from dataclasses import dataclass

from bot.when.day import Day, MonthDay, MonthlyDay, NamedDay
from bot.when.hour import Time
from bot.when.pattern import Captures, Rules


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Points:
    """From an hour of one day to an hour of another."""

    days: Days
    start: Time
    end: Time


def _within_month(found: Captures) -> Days:
    """Return "July 10-12, 2026"."""
    month, year = found.number("month"), found.get("year", int)
    first, last = found.number("first"), found.number("last")
    return Days(MonthDay(None, first, month, year), MonthDay(None, last, month, year))


def _days(found: Captures) -> Days:
    """Return a range of days: what is said of the month and the year of one goes for both."""
    first, last = found.one("first", Day), found.one("last", Day)
    if isinstance(first, MonthlyDay) and isinstance(last, MonthDay):
        first = MonthDay(first.weekday, first.day, last.month, last.year)
    elif isinstance(first, MonthDay) and isinstance(last, MonthDay) and last.year is not None:
        is_year_before = (first.month, first.day) > (last.month, last.day)
        first = first.in_year(last.year - is_year_before)
    return Days(first, last)


def _points(found: Captures) -> Points:
    return Points(_days(found), found.one("start", Time), found.one("end", Time))


def _weekend(found: Captures) -> Days:
    del found
    return Days(NamedDay(name=5), NamedDay(name=6))


SPAN_RULES: Rules = {
    "days": [
        ("day_from? first:bare_day to:day_to|dash last:month_day", _days),
        ("day_from first:bare_day day_to last:bare_day", _days),
        ("day_from? first:month_day to:day_to|dash|slash last:month_day", _days),
        ("day_from? first:named_day to:day_to|dash last:named_day", _days),
        ("day_from first:relative_day day_to last:day", _days),
        (
            "day_from? the? month first:day_number to:day_to|dash last:day_number comma? year?",
            _within_month,
        ),
        ("this_weekend", _weekend),
    ],
    "points": [
        ("day_from? first:day|bare_day start:hour day_to last:day end:hour", _points),
        ("day_from? first:day|bare_day start:hour dash last:day end:hour", _points),
    ],
}
