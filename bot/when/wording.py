"""Writes moments and spans: for programs (`as_text`) and for people (`long_date`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.when.model import Moment, Recurrence, Span, When


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a language writes dates; explicit Babel patterns, because French skeletons abbreviate.

    ``first_day`` replaces the pattern ``d`` on the first of a month; ``whole_hour`` is for an hour
    without minutes.
    """

    locale: str
    day: str
    first_day: str
    whole_hour: str
    hour: str
    at: str
    hours: str
    days: str


STYLES: Mapping[str, DateStyle] = {
    "fr": DateStyle(
        locale="fr_FR",
        day="EEEE d MMMM",
        first_day="EEEE d'er' MMMM",
        whole_hour="H'h'",
        hour="H'h'mm",
        at="{day} à {hour}",
        hours="{day} de {start} à {end}",
        days="du {start} au {end}",
    ),
    "en": DateStyle(
        locale="en_GB",
        day="EEEE d MMMM",
        first_day="EEEE d MMMM",
        whole_hour="h:mm a",
        hour="h:mm a",
        at="{day} at {hour}",
        hours="{day} from {start} to {end}",
        days="from {start} to {end}",
    ),
}


def as_text(when: When) -> str:
    """Return ISO 8601 or RFC 5545: ``2026-03-24T14:00:00+01:00``, ``2026-03-27``, ``RRULE:…``.

    A span is ``start/end``; of whole days, both are dates and the last is included.
    """
    if isinstance(when, Recurrence):
        return f"RRULE:{when.rrule}"
    if isinstance(when, Moment):
        return _iso(when.start, is_all_day=when.is_all_day)
    start, end = (_iso(moment, is_all_day=when.is_all_day) for moment in (when.start, when.end))
    return f"{start}/{end}"


def long_date(
    value: Moment | Span | datetime | date,
    *,
    zone: ZoneInfo,
    language: str,
    with_zone: bool,
    now: datetime | None = None,
) -> str:
    """Return "mardi 24 mars 2026 à 14h30 (Europe/Paris)", "Tuesday 24 March 2026 at 2:30 pm …".

    Aware times are shown in ``zone``, which is named if ``with_zone`` and there is an hour; whole
    days are the same day everywhere. The year is left out where it is that of ``now``. `parse`
    reads the answer back; an hour that clocks show twice is read as the first of the two.
    """
    style = STYLES[language]
    if isinstance(value, Moment):
        value = value.start.date() if value.is_all_day else value.start
    if isinstance(value, Span) and value.is_all_day:
        days = (_day(moment.date(), style, now, zone) for moment in (value.start, value.end))
        return style.days.format(**dict(zip(("start", "end"), days, strict=True)))
    if isinstance(value, date) and not isinstance(value, datetime):
        return _day(value, style, now, zone)
    if isinstance(value, Span):
        text = _hours(value.start.astimezone(zone), value.end.astimezone(zone), style, now)
    else:
        text = _point(value.astimezone(zone), style, now)
    return f"{text} ({zone.key})" if with_zone else text


def _iso(moment: datetime, *, is_all_day: bool) -> str:
    return moment.date().isoformat() if is_all_day else moment.isoformat(timespec="seconds")


def _hours(start: datetime, end: datetime, style: DateStyle, now: datetime | None) -> str:
    """Return the hours of one day, or two days with an hour each."""
    if start.date() != end.date():
        points = _point(start, style, now), _point(end, style, now)
        return style.days.format(start=points[0], end=points[1])
    day = _day(start.date(), style, now, start.tzinfo)
    return style.hours.format(day=day, start=_hour(start, style), end=_hour(end, style))


def _point(moment: datetime, style: DateStyle, now: datetime | None) -> str:
    day = _day(moment.date(), style, now, moment.tzinfo)
    return style.at.format(day=day, hour=_hour(moment, style))


def _hour(moment: datetime, style: DateStyle) -> str:
    pattern = style.hour if moment.minute else style.whole_hour
    # Babel would convert: it is given the wall time alone
    return format_datetime(moment.replace(tzinfo=None), pattern, locale=style.locale)


def _day(day: date, style: DateStyle, now: datetime | None, zone: tzinfo | None) -> str:
    pattern = style.first_day if day.day == 1 else style.day
    is_this_year = now is not None and now.astimezone(zone).year == day.year
    pattern = pattern if is_this_year else f"{pattern} y"
    return format_datetime(datetime.combine(day, time()), pattern, locale=style.locale)
