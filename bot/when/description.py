"""Says a recurrence in words that `parse` reads back to the same rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, get_day_names

from bot.when.model import Recurrence
from bot.when.rrule import DAYS, fields, wall_until

_ORDINALS = {
    "fr": {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", 5: "cinquième"}
    | {-1: "dernier", -2: "avant-dernier"},
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
    | {-1: "last", -2: "second to last"},
}
_ALWAYS_KNOWN = {"FREQ", "INTERVAL", "BYHOUR", "BYMINUTE", "COUNT", "UNTIL"}
_KNOWN = {
    "DAILY": [set[str]()],
    "WEEKLY": [{"BYDAY"}],
    "MONTHLY": [{"BYDAY"}, {"BYMONTHDAY"}],
    "YEARLY": [{"BYMONTH", "BYMONTHDAY"}],
}
"""Which other fields a rule that has words is made of."""

_WORKING_DAYS = ",".join(DAYS[:5])


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language; ``{n}`` is the interval, ``{days}`` a list joined by "and"."""

    locale: str
    joint: str
    daily: str
    every_n_days: str
    working_days: str
    weekly: str
    every_other_week: str
    every_n_weeks: str
    monthly: str
    every_n_months: str
    monthly_weekday: str
    last_day: str
    yearly: str
    at: str
    hours: str
    until: str
    times: str
    date: str


_WORDS: Mapping[str, _Words] = {
    "fr": _Words(
        locale="fr_FR",
        joint=" et ",
        daily="tous les jours",
        every_n_days="tous les {n} jours",
        working_days="chaque jour de semaine",
        weekly="chaque {days}",
        every_other_week="un {days} sur deux",
        every_n_weeks="toutes les {n} semaines le {days}",
        monthly="le {days} de chaque mois",
        every_n_months="tous les {n} mois le {days}",
        monthly_weekday="chaque {days} du mois",
        last_day="le dernier jour de chaque mois",
        yearly="chaque année le {days}",
        at=" à {start}",
        hours=" de {start} à {end}",
        until=" jusqu'au {day}",
        times=" {n} fois",
        date="d MMMM",
    ),
    "en": _Words(
        locale="en_GB",
        joint=" and ",
        daily="every day",
        every_n_days="every {n} days",
        working_days="every weekday",
        weekly="every {days}",
        every_other_week="every other {days}",
        every_n_weeks="every {n} weeks on {days}",
        monthly="on the {days} of every month",
        every_n_months="every {n} months on the {days}",
        monthly_weekday="every {days} of the month",
        last_day="the last day of every month",
        yearly="every year on {days}",
        at=" at {start}",
        hours=" from {start} to {end}",
        until=" until {day}",
        times=" {n} times",
        date="d MMMM",
    ),
}


def describe(recurrence: Recurrence, *, language: str) -> str:
    """Return "chaque premier jeudi du mois à 12h30", "every first Thursday of the month at 12:30".

    The zone is not named. Raises ValueError for a rule that `parse` never makes (an import's).
    """
    words = _WORDS[language]
    rule = fields(recurrence.rrule)
    if rule.keys() - _ALWAYS_KNOWN not in _KNOWN.get(rule["FREQ"], []):
        raise ValueError(f"no words for {recurrence.rrule}")
    repeat = _repeat(rule, words, language)
    return repeat + _hours(recurrence, rule, words, language) + _end(recurrence, rule, words)


def _repeat(rule: Mapping[str, str], words: _Words, language: str) -> str:
    """Return the rule without its hour and its end."""
    number = int(rule.get("INTERVAL", "1"))
    match rule["FREQ"], number:
        case "DAILY", 1:
            return words.daily
        case "DAILY", _:
            return words.every_n_days.format(n=number)
        case "WEEKLY", _:
            return _weekly(rule, number, words)
        case "MONTHLY", 1 if rule.get("BYMONTHDAY") == "-1":
            return words.last_day
        case "MONTHLY", _:
            return _monthly(rule, number, words, language)
        case "YEARLY", 1:
            # a leap year: 29 February can be said
            day = date(2000, int(rule["BYMONTH"]), int(rule["BYMONTHDAY"]))
            return words.yearly.format(days=_date(day, words))
    raise ValueError(f"no words for {';'.join(map('='.join, rule.items()))}")


def _weekly(rule: Mapping[str, str], number: int, words: _Words) -> str:
    if rule["BYDAY"] == _WORKING_DAYS and number == 1:
        return words.working_days
    names = [_weekday(name, words) for name in rule["BYDAY"].split(",")]
    days = _joined(names, words)
    if number == 1:
        return words.weekly.format(days=days)
    is_every_other = number == 2 and len(names) == 1
    pattern = words.every_other_week if is_every_other else words.every_n_weeks
    return pattern.format(n=number, days=days)


def _monthly(rule: Mapping[str, str], number: int, words: _Words, language: str) -> str:
    if "BYDAY" in rule:
        nths = rule["BYDAY"].split(",")
        if len({nth[-2:] for nth in nths}) > 1:
            raise ValueError(f"no words for several weekdays of a month: {rule['BYDAY']}")
        ordinals = [_ORDINALS[language][int(nth[:-2])] for nth in nths]
        days = f"{_joined(ordinals, words)} {_weekday(nths[0][-2:], words)}"
        pattern = words.monthly_weekday
    else:
        month_days = rule["BYMONTHDAY"].split(",")
        days = _joined([_month_day(int(day), language) for day in month_days], words)
        pattern = words.monthly
    return (pattern if number == 1 else words.every_n_months).format(n=number, days=days)


def _hours(recurrence: Recurrence, rule: Mapping[str, str], words: _Words, language: str) -> str:
    """Return the hour and, where it is known, the one at which an occurrence ends."""
    if "BYHOUR" not in rule:
        return ""
    start = datetime(2000, 1, 1, int(rule["BYHOUR"]), int(rule.get("BYMINUTE", "0")))  # noqa: DTZ001 - only its hour is used
    if recurrence.duration is None:
        return words.at.format(start=_clock(start, language))
    end = start + recurrence.duration
    return words.hours.format(start=_clock(start, language), end=_clock(end, language))


def _end(recurrence: Recurrence, rule: Mapping[str, str], words: _Words) -> str:
    """Return where the rule ends, with the year."""
    if "COUNT" in rule:
        return words.times.format(n=rule["COUNT"])
    if "UNTIL" not in rule:
        return ""
    until = wall_until(rule["UNTIL"], recurrence.zone)
    return words.until.format(day=f"{_date(until, words)} {until.year}")


def _clock(moment: datetime, language: str) -> str:
    if language == "fr":
        return f"{moment.hour}h{moment.minute:02}" if moment.minute else f"{moment.hour}h"
    return f"{moment:%H:%M}"


def _date(day: date, words: _Words) -> str:
    """Return "8 mars", "1er mai", "8 March"."""
    text = format_date(day, words.date, locale=words.locale)
    is_french_first = day.day == 1 and words.locale.startswith("fr")
    return text.replace("1 ", "1er ", 1) if is_french_first else text


def _month_day(day: int, language: str) -> str:
    if day < 1:
        raise ValueError(f"no words for the day {day} of a month beside others")
    if language == "fr":
        return "1er" if day == 1 else str(day)
    is_teen = 10 < day < 20
    suffix = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _weekday(name: str, words: _Words) -> str:
    return str(get_day_names("wide", locale=words.locale)[DAYS.index(name)])


def _joined(texts: Sequence[str], words: _Words) -> str:
    return ", ".join(texts[:-1]) + words.joint + texts[-1] if texts[1:] else texts[0]
