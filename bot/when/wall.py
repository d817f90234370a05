"""Wall time of a zone: what its clocks show, skip and show twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.when.hour import Reading


def at_wall(day: date, reading: Reading, zone: ZoneInfo) -> datetime:
    """Return the moment when clocks of the zone show this, the first of two; it may be skipped."""
    wall = datetime.combine(day, time(reading.hour, reading.minute), zone)
    return wall + timedelta(days=reading.days)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the start of a day, which stands for the day as a whole."""
    return datetime.combine(day, time(), zone)


def shown_instead(moment: datetime) -> datetime | None:
    """Return what clocks show at an hour that they skip, None for an hour that exists."""
    shown = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return None if shown.replace(tzinfo=None) == moment.replace(tzinfo=None) else shown


def shown_again(moment: datetime) -> datetime | None:
    """Return the second time that clocks show this, None for an hour that is shown once."""
    again = moment.replace(fold=1)
    is_twice = moment.fold == 0 and again.utcoffset() != moment.utcoffset()
    return again if is_twice and shown_instead(moment) is None else None


def plus(moment: datetime, length: timedelta) -> datetime:
    """Return the moment so much later by a stopwatch, whatever clocks do in between."""
    return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)
