"""Says what the clauses of a phrase mean together."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.when.day import Day, Offset
from bot.when.error import Asked
from bot.when.grammar import Clauses
from bot.when.hour import Hours, Length, Part, Style, Time
from bot.when.model import Moment, Span, When
from bot.when.pattern import Captures
from bot.when.repeat_pattern import Bound, Repeat
from bot.when.resolve import day_moment, hour_moment, needs_hour
from bot.when.resolve_repeat import daily_or_weekly, lasting, timed, until_hour
from bot.when.resolve_span import days_span, hours_span, lasting_span, points_span, stamps_span
from bot.when.span_pattern import Days, Points
from bot.when.stamp import Stamp, stamp_moment
from bot.when.wall import plus

_NOON = Time(12, 0, Style.EXACT)


def meaning(clauses: Clauses, asked: Asked) -> When | None:
    """Return what clauses mean together, None where they are no phrase ("matin", "sun").

    Raises WhenError where they are a phrase that names no time to come.
    """
    said = Captures(dict(clauses))
    kinds = {kind for kind, _ in clauses}
    if len(kinds) == 1 and kinds <= _ALONE.keys():
        return _ALONE[next(iter(kinds))](asked, said)
    if kinds & {"zone", "lasting"} and not kinds & {"hour", "hours", "points"}:
        return None
    name = said.get("zone", str)
    zone = asked.zone if name is None else ZoneInfo(name)
    if "points" in kinds:
        return points_span(asked, said.one("points", Points), zone)
    if "repeat" in kinds:
        return _repeat_meaning(asked, said, zone)
    return None if kinds & {"starting", "until"} else _day_meaning(asked, said, zone)


def _instant(asked: Asked, said: Captures) -> Moment:
    """Return the moment when a stopwatch started now shows what "dans 1h30" says."""
    length = said.one("instant", Length)
    start = plus(asked.now.replace(microsecond=0), timedelta(minutes=length.minutes))
    return Moment(start, asked.zone)


def _day_meaning(asked: Asked, said: Captures, zone: ZoneInfo) -> When | None:
    """Return the meaning of a day, an hour, hours, or some of each."""
    day, hour, hours = said.get("day", Day), said.get("hour", Time), said.get("hours", Hours)
    brought = day.part if isinstance(day, Offset) else None
    spoken = said.get("part", int)
    if brought is not None and spoken is not None:
        return None
    number = spoken if brought is None else brought
    part = None if number is None else Part(number)
    if hours is not None:
        return hours_span(asked, day, hours, part, zone)
    if hour is None and part is Part.NOON:
        hour = _NOON
    if hour is None:
        return None if day is None or needs_hour(day) else day_moment(asked, day, part)
    moment = hour_moment(asked, day, hour, part, zone)
    length = said.get("lasting", Length)
    return moment if length is None else lasting_span(moment, length)


def _repeat_meaning(asked: Asked, said: Captures, zone: ZoneInfo) -> When | None:
    """Return the meaning of a recurrence; a part of the day alone says no hour to repeat."""
    repeat, hours = said.one("repeat", Repeat), said.get("hours", Hours)
    bounds = said.get("starting", Bound), said.get("until", Bound)
    hour = hours.start if hours else said.get("hour", Time)
    number = said.get("part", int)
    if number is not None and repeat.part is not None:
        return None
    part = repeat.part if number is None else Part(number)
    if hour is None:
        return daily_or_weekly(asked, repeat, *bounds) if part is None else None
    recurrence = timed(asked, repeat, hour, part, bounds, zone)
    if hours is not None:
        return until_hour(asked, recurrence, hours, part)
    length = said.get("lasting", Length)
    return recurrence if length is None else lasting(recurrence, length)


def _stamps(asked: Asked, said: Captures) -> Span:
    start, end = said.one("stamps", tuple)
    return stamps_span(asked, stamp_moment(asked, start), stamp_moment(asked, end))


_ALONE: Mapping[str, Callable[[Asked, Captures], When]] = {
    "instant": _instant,
    "stamp": lambda asked, said: stamp_moment(asked, said.one("stamp", Stamp)),
    "stamps": _stamps,
    "days": lambda asked, said: days_span(asked, said.one("days", Days)),
}
"""The clauses that are a phrase by themselves, and join no other."""
