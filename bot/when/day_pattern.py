"""How days are said: patterns of words, and the `Day` that each stands for."""

from collections.abc import Callable, Hashable

from bot.when.day import Day, MonthDay, MonthlyDay, NamedDay, NextWeek, NthWeekday, Offset
from bot.when.pattern import Captures, Rules

_MONTHS_OF_YEAR = 12


def _value(name: str) -> Callable[[Captures], Hashable | None]:
    return lambda found: found.get(name, int)


def _ordinal_number(found: Captures) -> int | None:
    """Return the number of "1er", "3e", "2nd": the fifth is the last that a month can have."""
    number = found.number("number")
    return number if 1 <= number <= 5 else None


def _weekday(found: Captures) -> int | None:
    """Return the weekday said beside a date, whichever of its two spellings was used."""
    return found.get("weekday", int)


def _month_day(found: Captures) -> Day:
    return MonthDay(
        weekday=_weekday(found),
        day=found.number("day_number"),
        month=found.number("month"),
        year=found.get("year", int),
    )


def _checked(found: Captures) -> Day | None:
    """Return a date in numbers with the weekday said beside it."""
    date = found.one("date", MonthDay)
    return MonthDay(_weekday(found), date.day, date.month, date.year)


def _monthly_day(found: Captures) -> Day:
    return MonthlyDay(weekday=_weekday(found), day=found.number("day_number"))


def _of_next_month(found: Captures) -> Day:
    return MonthlyDay(day=found.number("day_number"), is_next_month=True)


def _nth_weekday(found: Captures) -> Day:
    return NthWeekday(
        nth=found.number("ordinal"),
        name=found.number("weekday"),
        month=found.get("month", int),
        year=found.get("year", int),
    )


def _offset(found: Captures) -> Day:
    return Offset(days=found.number("offset") + (found.get("in_eight", int) or 0))


def _today_part(found: Captures) -> Day:
    return Offset(part=found.number("this_part"))


def _next_named(found: Captures) -> Day:
    return NamedDay(name=found.number("weekday"), is_next=True)


def _named(found: Captures) -> Day:
    later = found.get("in_eight", int) or found.get("a_week_from", int) or 0
    return NamedDay(name=found.number("weekday"), later_days=later)


def _short(found: Captures) -> Day:
    return NamedDay(name=found.number("weekday_short"), is_short=True)


def _in_days(found: Captures) -> Day:
    count, idiom = found.number("count"), found.number("day_unit")
    # in French, "huit jours" is said for a week and "quinze jours" for two
    idiom_days = {8: 7, 15: 14}.get(count) if idiom else None
    return Offset(days=count, idiom_days=idiom_days)


def _in_weeks(found: Captures) -> Day:
    return Offset(days=7 * found.number("count"))


def _in_months(found: Captures) -> Day:
    return Offset(months=found.number("count"))


def _in_years(found: Captures) -> Day:
    return Offset(months=_MONTHS_OF_YEAR * found.number("count"))


def _next_week(found: Captures) -> Day:
    return NextWeek(name=found.get("weekday", int))


_DATES: Rules = {
    "count": [
        ("number", _value("number")),
        ("word_number", _value("word_number")),
        ("one", _value("one")),
    ],
    "day_number": [
        ("short_number", _value("short_number")),
        ("short_number ordinal_suffix", _value("short_number")),
        ("word_number", _value("word_number")),
        ("first", _value("first")),
    ],
    "first": [("ordinal_word", lambda found: 1 if found.number("ordinal_word") == 1 else None)],
    "ordinal": [
        ("ordinal_word", _value("ordinal_word")),
        ("number ordinal_suffix", _ordinal_number),
    ],
    # a date with its month: what may end "du 10 au 12 juillet"
    "month_day": [
        (
            "weekday:weekday|weekday_short? comma? the? day_number of? month comma? year?",
            _month_day,
        ),
        ("the? weekday:weekday|weekday_short comma? day_number of? month comma? year?", _month_day),
        ("weekday:weekday|weekday_short? comma? the? month day_number comma? year?", _month_day),
        ("weekday:weekday|weekday_short? comma? the? date:numeric_date", _checked),
        ("weekday:weekday|weekday_short? comma? the? date:iso_date", _checked),
    ],
    # a date without its month: what may start "du 10 au 12 juillet"
    "bare_day": [("the? weekday? the? day_number", _monthly_day)],
    "monthly_day": [
        ("the day_number", _monthly_day),
        ("the? weekday the? day_number", _monthly_day),
        ("the? day_number of_next_month", _of_next_month),
    ],
}

DAY_RULES: Rules = _DATES | {
    "day": [
        ("month_day", lambda found: found.one("month_day", Day)),
        ("monthly_day", lambda found: found.one("monthly_day", Day)),
        ("named_day", lambda found: found.one("named_day", Day)),
        ("relative_day", lambda found: found.one("relative_day", Day)),
        ("the? ordinal weekday of? month year?", _nth_weekday),
        ("the? ordinal weekday of_next_month", _nth_weekday),
    ],
    "named_day": [
        ("on? weekday", _named),
        ("on? weekday_short", _short),
        ("the? weekday next", _next_named),
        ("on? next weekday", _next_named),
        ("this weekday", _named),
        ("the? weekday in_eight", _named),
        ("a_week_from weekday", _named),
        ("the? weekday of_next_week", _next_week),
    ],
    "relative_day": [
        ("offset", _offset),
        ("offset in_eight", _offset),
        ("this_part", _today_part),
        ("next_week", _next_week),
        ("in count day_unit", _in_days),
        ("in count week_unit", _in_weeks),
        ("in count month_unit", _in_months),
        ("in count year_unit", _in_years),
        ("count day_unit from_now", _in_days),
        ("count week_unit from_now", _in_weeks),
        ("count month_unit from_now", _in_months),
        ("count year_unit from_now", _in_years),
    ],
}
