"""How hours, ranges of hours and lengths of time are said."""

from collections.abc import Callable, Hashable

from bot.when.hour import IMPOSSIBLE, Hours, Length, Style, Time
from bot.when.pattern import Captures, Rules

_NOON = 12
_HOUR = 60


def _time(found: Captures) -> Time:
    """Return "18h", "18h30", "dix-huit heures trente", "18:30"."""
    return Time(found.number("hour"), found.get("minute", int) or 0, Style.CLOCK)


def _five_minutes(found: Captures) -> int | None:
    """Return minutes in words as people say them: "neuf heures une" starts something else."""
    minutes = found.number("word_number")
    return minutes if minutes and minutes % 5 == 0 else None


def _later(minutes: int) -> Callable[[Captures], Hashable | None]:
    """Return what reads "8h et demie" and the like."""
    return lambda found: Time(found.number("hour"), minutes, Style.CLOCK)


def _minus_quarter(found: Captures) -> Time:
    """Return "8h moins le quart"."""
    return _before(found.number("hour"), 15, Style.CLOCK)


def _minus(found: Captures) -> Time:
    """Return "8h moins dix"."""
    return _before(found.number("hour"), found.number("count"), Style.CLOCK)


def _before(hour: int, minutes: int, style: Style) -> Time:
    if not (1 <= hour < 24 and 0 < minutes < 60):
        return IMPOSSIBLE
    return Time(hour - 1, _HOUR - minutes, style)


def _clock(found: Captures) -> Time:
    clock = found.one("time", Time)
    return Time(clock.hour, clock.minute, Style.CLOCK)


def _half_day(found: Captures) -> Time:
    """Return "9am", "6:30 pm": 12am is midnight, 12pm is noon."""
    time = found.one("time", Time)
    if not 1 <= time.hour <= _NOON:
        return IMPOSSIBLE
    return Time(time.hour % _NOON + found.number("meridiem"), time.minute, Style.EXACT)


def _spoken(found: Captures) -> Time:
    return Time(found.number("hour"), 0, Style.SPOKEN)


def _past(found: Captures) -> Time:
    return Time(found.number("hour"), found.number("half_past"), Style.SPOKEN)


def _to(found: Captures) -> Time:
    hour = found.number("hour")
    return _before(_NOON + 1 if hour == 1 else hour, found.number("quarter_to"), Style.SPOKEN)


def _whole(found: Captures) -> Time:
    return Time(found.number("short_number"), 0, Style.CLOCK)


def _named(hour: int, minutes: int = 0) -> Callable[[Captures], Hashable | None]:
    """Return what reads midi and minuit, with what is said after them."""
    style = Style.EXACT if hour else Style.MIDNIGHT
    return lambda found: Time(hour, found.get("minute", int) or minutes, style)


def _hours(found: Captures) -> Hours:
    return Hours(found.one("start", Time), found.one("end", Time))


def _with_clock(found: Captures) -> Hours:
    """Return "de 14 à 16h": both on the 24-hour clock."""
    return Hours(Time(found.number("start"), 0, Style.CLOCK), found.one("end", Time))


def _with_half_day(found: Captures) -> Hours:
    """Return "2-4pm": the start is in the same half of the day.

    Except in "11-1pm", where only the other half puts it before the end.
    """
    start, end = found.number("start"), found.one("end", Time)
    if not (1 <= start <= _NOON and end.is_possible):
        return Hours(IMPOSSIBLE, end)
    hour = start % _NOON + (_NOON if end.hour >= _NOON else 0)
    if (hour, 0) >= (end.hour, end.minute):
        hour = (hour + _NOON) % 24
    return Hours(Time(hour, 0, Style.EXACT), end)


def _minutes(per_unit: int, extra: int = 0) -> Callable[[Captures], Hashable | None]:
    """Return what reads a count of minutes or hours, and what is said after it."""
    return lambda found: Length(
        found.number("count") * per_unit + extra + (found.get("minutes", int) or 0)
    )


_CLOCKS: Rules = {
    "h_minute": [
        ("two_digits", lambda found: found.number("two_digits")),
        ("word_number", _five_minutes),
    ],
    "hour_number": [
        ("short_number", lambda found: found.number("short_number")),
        ("word_number", lambda found: found.number("word_number")),
    ],
    # 24 hours, or as French says them
    "clock_time": [
        ("hour:hour_number h minute:h_minute?", _time),
        ("hour:hour_number h and_half", _later(30)),
        ("hour:hour_number h and_quarter", _later(15)),
        ("hour:hour_number h minus_quarter", _minus_quarter),
        ("hour:hour_number h minus count", _minus),
        ("time:clock_token", _clock),
    ],
    "half_day_time": [
        ("time:number_token|clock_token|dotted_token meridiem", _half_day),
    ],
    "named_time": [
        ("noon minute:h_minute?", _named(12)),
        ("noon and_half", _named(12, 30)),
        ("noon and_quarter", _named(12, 15)),
        ("midnight minute:h_minute?", _named(0)),
        ("midnight and_half", _named(0, 30)),
        ("midnight and_quarter", _named(0, 15)),
    ],
    "spoken_time": [
        ("hour:hour_number oclock", _spoken),
        ("half_past hour:hour_number", _past),
        ("quarter_to hour:hour_number", _to),
    ],
    "time": [
        ("is:clock_time|half_day_time|named_time|spoken_time", lambda found: found.one("is", Time)),
    ],
}

HOUR_RULES: Rules = _CLOCKS | {
    "hour": [
        ("at? time", lambda found: found.one("time", Time)),
        ("bare_at hour:short_number", _spoken),
        ("spoken_at hour:word_number", _spoken),
    ],
    "hours": [
        ("from? start:time to|dash end:time", _hours),
        ("from start:short_number to end:clock_time", _with_clock),
        ("from? start:short_number dash end:clock_time", _with_clock),
        ("from? start:short_number to:to|dash end:half_day_time", _with_half_day),
    ],
    "length": [
        ("count hour_unit", _minutes(_HOUR)),
        ("count hour_unit and_half", _minutes(_HOUR, 30)),
        ("count and_half hour_unit", _minutes(_HOUR, 30)),
        ("count hour_unit and_quarter", _minutes(_HOUR, 15)),
        ("count hour_unit and? minutes:count minute_unit", _minutes(_HOUR)),
        ("count hour_unit minutes:two_digits", _minutes(_HOUR)),
        ("count minute_unit", _minutes(1)),
        ("some_minutes", lambda found: Length(found.number("some_minutes"))),
    ],
    "instant": [
        ("in length", lambda found: found.one("length", Length)),
        ("length from_now", lambda found: found.one("length", Length)),
    ],
    "lasting": [("for length", lambda found: found.one("length", Length))],
}
