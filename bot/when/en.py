"""The English words of dates."""

from collections.abc import Mapping

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
_NUMBERS = (
    {word: value for value, word in enumerate(_SMALL)}
    | {word: ten for ten, word in _TENS.items()}
    | {f"{word} {_SMALL[unit]}": ten + unit for ten, word in _TENS.items() for unit in range(1, 10)}
)


def _same(*expressions: str, value: int = 0) -> dict[str, int]:
    """Return expressions that all stand for one value."""
    return dict.fromkeys(expressions, value)


WORDS: Mapping[str, Mapping[str, int]] = {
    "weekday": {word: day for day, word in enumerate(WEEKDAYS)},
    "weekdays": {word + "s": day for day, word in enumerate(WEEKDAYS)},
    "weekday_short": {word[:3]: day for day, word in enumerate(WEEKDAYS)}
    | {"tues": 1, "thur": 3, "thurs": 3},
    "month": {word: number for number, word in enumerate(MONTHS, 1)}
    | {word[:3]: number for number, word in enumerate(MONTHS, 1)}
    | {"sept": 9},
    "word_number": _NUMBERS,
    "ordinal_word": {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
    | {"second to last": -2},
    "ordinal_suffix": _same("st", "nd", "rd", "th"),
    # days
    "the": _same("the", "on", "on the"),
    "on": _same("on"),
    "this": _same("this"),
    "next": _same("next"),
    "offset": {"today": 0, "tomorrow": 1, "day after tomorrow": 2, "the day after tomorrow": 2}
    | {"yesterday": -1},
    "this_part": {"this morning": 0, "this afternoon": 1, "this evening": 2, "tonight": 3},
    "a_week_from": _same("a week from", "one week from", value=7)
    | _same("two weeks from", value=14),
    "next_week": _same("next week"),
    "of_next_week": _same("next week", "of next week"),
    "of_next_month": _same("of next month"),
    "this_weekend": _same("this weekend"),
    "of": _same("of", "in"),
    # hours
    "at": _same("at"),
    "bare_at": _same("at"),
    "spoken_at": _same("at"),
    "meridiem": {"am": 0, "pm": 12},
    "oclock": _same("o clock", "oclock"),
    "half_past": _same("half past", value=30)
    | _same("quarter past", "a quarter past", value=15)
    | _same("five past", value=5)
    | _same("ten past", value=10)
    | _same("twenty past", value=20),
    "quarter_to": _same("quarter to", "a quarter to", value=15)
    | _same("five to", value=5)
    | _same("ten to", value=10)
    | _same("twenty to", value=20),
    "noon": _same("noon", "midday"),
    "midnight": _same("midnight"),
    "part": _same("morning", "in the morning", value=0)
    | _same("afternoon", "in the afternoon", value=1)
    | _same("evening", "in the evening", value=2)
    | _same("night", "at night", value=3),
    # lengths
    "in": _same("in"),
    "from_now": _same("from now"),
    "for": _same("for"),
    "and": _same("and"),
    "and_half": _same("and a half"),
    "one": _same("a", "an", value=1),
    "hour_unit": _same("hour", "hours", "hr", "hrs"),
    "minute_unit": _same("min", "mins", "minute", "minutes"),
    "day_unit": _same("day", "days"),
    "week_unit": _same("week", "weeks"),
    "month_unit": _same("month", "months"),
    "year_unit": _same("year", "years"),
    "some_minutes": {"half an hour": 30, "a half hour": 30, "a quarter of an hour": 15},
    # ranges
    "from": _same("from"),
    "to": _same("to", "until", "till"),
    "day_from": _same("from"),
    "day_to": _same("to", "until", "till", "through"),
    # recurrences
    "every": _same("every", "each"),
    "daily": _same("daily"),
    "weekly": _same("weekly"),
    "monthly": _same("monthly"),
    "every_other": _same("every other", value=2),
    "the_plural": _same("on"),
    "working_day": _same("weekday", "working day"),
    "on_weekdays": _same("weekdays", "on weekdays"),
    "parts": {"morning": 0, "afternoon": 1, "evening": 2, "night": 3},
    "of_month": _same("of the month", "of every month", "of each month"),
    "of_year": _same("every year", "each year", "of every year", "of each year"),
    "starting_from": _same("starting", "starting on", "starting from", "as of"),
    "until_the": _same("until", "till"),
    "times": _same("times"),
    # zones
    "time_word": _same("time"),
    # never part of a phrase, but what follows a date and changes it: `split` stops there
    "alien": _same("ago", "except", "before", "after", "around", "or"),
}
