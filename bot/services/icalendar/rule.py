"""Rule: which repetitions of a calendar file are taken: those that surely have dates."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.services.icalendar.moment import Time, read_time

MOST_DATES = 400
"""Dates of a series with an end, at most."""

_TWO_DIGITS = re.compile(r"[0-9]{1,2}")
ONCE = "FREQ=DAILY;COUNT=1"
"""What the rule of a series says that has none but the dates it lists (RDATE)."""

_WEEKDAY = re.compile(r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)", re.ASCII)


def read_rule(given: str, start: Time) -> str:
    """Return the rule as it is kept; raises ValueError for one that is not taken."""
    parts = dict(part.split("=", 1) for part in given.strip().upper().strip(";").split(";"))
    freq, interval = parts.pop("FREQ", ""), _number(parts.pop("INTERVAL", "1"), 99)
    parts.pop("WKST", None)
    kept = [f"FREQ={freq}", *([f"INTERVAL={interval}"] if interval != 1 else [])]
    days = parts.pop("BYDAY", "").split(",")
    if freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or len(days) > 35:
        raise ValueError(freq)
    if days != [""]:
        is_numbered = any(len(day) > 2 for day in days)
        if (
            not all(_WEEKDAY.fullmatch(day) for day in days)
            or freq not in ("WEEKLY", "MONTHLY")
            or (is_numbered and freq != "MONTHLY")
        ):
            raise ValueError(days)
        kept.append(f"BYDAY={','.join(days)}")
    step = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}[freq] * interval
    kept += _end(parts, start, timedelta(days=step) / len(days))
    if not start.is_all_day:
        _drop_clock(parts, start)
    own = {"BYMONTHDAY": start.moment.day, "BYMONTH": start.moment.month}
    for name, value in parts.items():  # what only repeats the start, as many write it
        if (
            name not in own
            or value != str(own[name])
            or days != [""]
            or freq in ("DAILY", "WEEKLY")
        ):
            raise ValueError(name)
        if name == "BYMONTH" and freq != "YEARLY":
            raise ValueError(name)
    if not start.is_all_day:
        kept.append(f"BYHOUR={start.moment.hour};BYMINUTE={start.moment.minute}")
    return ";".join(kept)


def _drop_clock(parts: dict[str, str], start: Time) -> None:
    """Drop the time of day where it is the start's, as our own files write it."""
    clock = {"BYHOUR": start.moment.hour, "BYMINUTE": start.moment.minute, "BYSECOND": 0}
    for name, value in clock.items():
        if name in parts and _TWO_DIGITS.fullmatch(parts[name]) and int(parts[name]) == value:
            del parts[name]


def once(start: Time) -> str:
    """Return the rule of a series of which each date is listed: the first is ``start``."""
    at = f";BYHOUR={start.moment.hour};BYMINUTE={start.moment.minute}"
    return ONCE if start.is_all_day else ONCE + at


def _end(parts: dict[str, str], start: Time, most: timedelta) -> list[str]:
    """Return how the rule ends whose dates are ``most`` apart, on average."""
    kept = []
    if "COUNT" in parts:
        kept.append(f"COUNT={_number(parts.pop('COUNT'), MOST_DATES)}")
    if "UNTIL" in parts:
        zone = ZoneInfo("UTC")
        until = read_time("", parts.pop("UNTIL"), zone)
        if until is None or (until.moment - start.moment) > most * MOST_DATES:
            raise ValueError(until)
        last: date = until.moment.date()
        whole = (
            f"{until.moment:%Y%m%dT%H%M%S}Z" if not until.is_all_day else f"{last:%Y%m%d}T235959Z"
        )
        kept.append(f"UNTIL={last:%Y%m%d}" if start.is_all_day else f"UNTIL={whole}")
    return kept


def _number(given: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", given) or not 1 <= int(given) <= most:
        raise ValueError(given)
    return int(given)
