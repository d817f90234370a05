"""How recurrences are said, their bounds included."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from bot.when.day import Day, MonthDay, day_of
from bot.when.hour import Part
from bot.when.pattern import Captures, Rules
from bot.when.rrule import DAYS

_LEAP_YEAR = 2000
_LONGEST_INTERVAL = 99
"""An interval of three digits is a typing error, not a plan."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A recurrence rule without its hour; ``part`` is the part of the day in "chaque matin"."""

    freq: str
    interval: int = 1
    month: int | None = None
    month_days: tuple[int, ...] = ()
    weekdays: tuple[str, ...] = ()
    part: Part | None = None

    @property
    def rrule(self) -> str:
        """The fields of RFC 5545, 3.3.10, in their fixed order."""
        fields = [f"FREQ={self.freq}"]
        if self.interval > 1:
            fields.append(f"INTERVAL={self.interval}")
        if self.month is not None:
            fields.append(f"BYMONTH={self.month}")
        if self.month_days:
            fields.append("BYMONTHDAY=" + ",".join(map(str, self.month_days)))
        if self.weekdays:
            fields.append("BYDAY=" + ",".join(self.weekdays))
        return ";".join(fields)


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a recurrence starts or ends: at a day, or after so many times."""

    day: Day | None = None
    times: int | None = None


def _both(found: Captures) -> tuple[int, ...]:
    """Return a list of days and the one said before it."""
    return (found.number("first"), *found.one("others", tuple))


def _alone(name: str) -> Callable[[Captures], Hashable | None]:
    return lambda found: (found.number(name),)


def _interval(found: Captures) -> int | None:
    """Return how many periods apart; "tous les 0 jours" is none."""
    count = found.number("count")
    return count if 1 <= count <= _LONGEST_INTERVAL else None


def _once(found: Captures) -> int:
    del found
    return 1


def _daily(found: Captures) -> Repeat:
    return Repeat("DAILY", interval=found.get("interval", int) or 1)


def _daily_part(found: Captures) -> Repeat:
    return Repeat("DAILY", part=Part(found.number("parts")))


def _weekly(found: Captures) -> Repeat:
    days = sorted(set(found.one("weekday_list", tuple)))
    names = tuple(DAYS[day] for day in days)
    return Repeat("WEEKLY", interval=found.get("interval", int) or 1, weekdays=names)


def _from_to(found: Captures) -> Repeat | None:
    """Return "tous les jours du lundi au vendredi"."""
    names = DAYS[found.number("first") : found.number("last") + 1]
    return Repeat("WEEKLY", weekdays=names) if len(names) > 1 else None


def _one_in(found: Captures) -> Repeat | None:
    """Return "un mardi sur deux"."""
    if found.number("word_number") != 1 or not 2 <= found.number("count") <= _LONGEST_INTERVAL:
        return None
    name = DAYS[found.number("weekday")]
    return Repeat("WEEKLY", interval=found.number("count"), weekdays=(name,))


def _one_week_in(found: Captures) -> Repeat | None:
    """Return "une semaine sur deux le mardi"."""
    if found.number("word_number") != 1 or not 2 <= found.number("count") <= _LONGEST_INTERVAL:
        return None
    return replace(_weekly(found), interval=found.number("count"))


def _working_days(found: Captures) -> Repeat:
    del found
    return Repeat("WEEKLY", weekdays=DAYS[:5])


def _monthly_weekday(found: Captures) -> Repeat:
    name = DAYS[found.number("weekday")]
    nths = dict.fromkeys(f"{nth}{name}" for nth in found.one("ordinal_list", tuple))
    return Repeat("MONTHLY", interval=found.get("interval", int) or 1, weekdays=tuple(nths))


def _first_or_last(found: Captures) -> Repeat | None:
    """Return "every first thursday": "every second thursday" might mean every other one."""
    return _monthly_weekday(found) if found.one("ordinal_list", tuple) in {(1,), (-1,)} else None


def _monthly_day(found: Captures) -> Repeat | None:
    days = tuple(sorted(set(found.one("day_number_list", tuple))))
    if not all(1 <= day <= 31 for day in days):
        return None
    return Repeat("MONTHLY", interval=found.get("interval", int) or 1, month_days=days)


def _last_day(found: Captures) -> Repeat | None:
    is_last = found.number("ordinal_word") == -1
    return Repeat("MONTHLY", month_days=(-1,)) if is_last else None


def _yearly(found: Captures) -> Repeat | None:
    """Return "every year on march 8"; a weekday or a year beside it would contradict it."""
    day = found.one("month_day", MonthDay)
    is_whole = day.weekday is None and day.year is None
    if not is_whole or day_of(_LEAP_YEAR, day.month, day.day) is None:
        return None
    return Repeat("YEARLY", month=day.month, month_days=(day.day,))


def _bound(found: Captures) -> Bound:
    return Bound(day=found.one("day", Day))


def _times(found: Captures) -> Bound | None:
    return Bound(times=found.number("count")) if found.number("count") else None


_LISTS: Rules = {
    "any_weekday": [
        ("day:weekday|weekdays|weekday_short", lambda found: found.number("day")),
    ],
    "weekday_list": [
        ("any_weekday", _alone("any_weekday")),
        (
            "first:any_weekday joint:comma|and again:the_plural|every|the? others:weekday_list",
            _both,
        ),
    ],
    "weekdays_list": [
        ("weekdays", _alone("weekdays")),
        ("first:weekdays joint:comma|and again:the_plural|every? others:weekdays_list", _both),
    ],
    "ordinal_list": [
        ("ordinal", _alone("ordinal")),
        ("first:ordinal joint:comma|and the? others:ordinal_list", _both),
    ],
    "day_number_list": [
        ("day_number", _alone("day_number")),
        ("first:day_number joint:comma|and the? others:day_number_list", _both),
    ],
    "every_n": [("every count", _interval)],
    "weeks": [
        ("every week_unit", _once),
        ("every_n week_unit", lambda found: found.number("every_n")),
        ("weekly", _once),
        ("every_other week_unit", lambda found: found.number("every_other")),
    ],
    "months": [
        ("every month_unit", _once),
        ("every_n month_unit", lambda found: found.number("every_n")),
        ("monthly", _once),
        ("every_other month_unit", lambda found: found.number("every_other")),
    ],
}

REPEAT_RULES: Rules = _LISTS | {
    "repeat": [
        ("every day_unit", _daily),
        ("daily", _daily),
        ("every day_unit day_from first:weekday day_to last:weekday", _from_to),
        ("interval:every_n day_unit", _daily),
        ("interval:every_other day_unit", _daily),
        ("every parts", _daily_part),
        ("every working_day", _working_days),
        ("on_weekdays", _working_days),
        ("every weekday_list", _weekly),
        ("les weekday_list", _weekly),
        ("the_plural weekday_list:weekdays_list", _weekly),
        ("weekday_list:weekdays_list", _weekly),
        ("interval:every_other weekday_list", _weekly),
        ("interval:weeks glue:on|the|the_plural? weekday_list", _weekly),
        ("word_number weekday out_of count", _one_in),
        ("word_number week_unit out_of count glue:on|the? weekday_list", _one_week_in),
        ("glue:the|every|the_plural? ordinal_list weekday:any_weekday of_month", _monthly_weekday),
        ("every ordinal_list weekday:any_weekday", _first_or_last),
        ("interval:months glue:on|the? ordinal_list weekday:any_weekday", _monthly_weekday),
        ("glue:the|every|the_plural? day_number_list of_month", _monthly_day),
        ("interval:months glue:on|the day_number_list", _monthly_day),
        ("the? ordinal_word day_unit of_month", _last_day),
        ("every year_unit glue:on|the? month_day", _yearly),
        ("month_day of_year", _yearly),
        ("every month_day", _yearly),
    ],
    "starting": [("starting_from day", _bound)],
    "until": [("until_the day", _bound), ("count times", _times)],
}
