"""Schedule: when something that people scheduled happens first, and when again."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.when import Recurrence, When

MORNING = time(9)
"""The hour that is meant by somebody who names a day without one."""


def first(when: When, now: datetime) -> datetime:
    """Return the first time of ``when``, aware in its zone; a whole day means its morning."""
    if not when.is_all_day:
        return when.start
    morning = datetime.combine(when.start.date(), MORNING, when.zone)
    if morning > now or isinstance(when, Recurrence):
        return morning
    # "today", said after nine: soon, and the answer tells when.
    return (now + timedelta(hours=1)).astimezone(when.zone)


def wall_of(start: datetime) -> str:
    """Return the local time that is kept of an aware ``start``: ``2026-03-24T09:00``."""
    return start.replace(tzinfo=None).isoformat(timespec="minutes")


def following(rrule: str | None, wall: str, zone: str, after: datetime) -> datetime | None:
    """Return the next occurrence after ``after`` in wall time: 9 h stays 9 h across DST."""
    if rrule is None:
        return None
    place = ZoneInfo(zone)
    start = datetime.fromisoformat(wall).replace(tzinfo=place)
    return Recurrence(rrule, start, place).next_after(after)
