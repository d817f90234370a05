"""Holding: until when news of a meeting wait, for quiet hours to be over or for a pause to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.services import quiet
from bot.services.manner import Manner
from bot.services.meeting.news import News, What
from bot.services.meeting.offset import Offset
from bot.services.meeting.series import Occurrence


@dataclass(frozen=True, slots=True)
class Listener:
    """A room or a person: their ``how``, and what they chose.

    They hear of the date ``since`` then: a reminder that was due before did not reach them.
    """

    how: Manner
    since: datetime
    paused_until: datetime | None = None


def until(
    news: News, date: Occurrence, offsets: Sequence[Offset], listener: Listener, now: datetime
) -> datetime | None:
    """Return until when somebody wants to hear nothing, None when they are told now.

    What changes cannot wait until it is too late to act on it, quiet hours or not, nor can the only
    reminder of a date. Whoever waits for a place wants to know it whatever they paused.
    """
    paused = None if news.what is What.PLACE else listener.paused_until
    at = quiet.earliest(now, listener.how, paused_until=paused)
    if at <= now:
        return None
    if at < _last_use(news, date):
        return at
    awake = max(now, paused) if paused is not None else now
    if news.what is not What.REMINDER:
        return None if awake <= now else at
    if awake >= _last_use(news, date) or _is_reached_by_another(news, date, offsets, listener):
        return at
    return awake if awake > now else None


def is_of_use(news: News, date: Occurrence, at: datetime) -> bool:
    """Return whether one may still be told then."""
    return at < (last_use(date) if news.what is What.REMINDER else date.start.astimezone(UTC))


def last_use(date: Occurrence) -> datetime:
    """Return from when on nobody need be reminded any more: the start, or a whole day's end."""
    return date.over_at if date.is_all_day else date.start.astimezone(UTC)


def _last_use(news: News, date: Occurrence) -> datetime:
    if news.what is What.REMINDER:
        return last_use(date)
    return min(each.astimezone(UTC) for each in (date.start, news.earlier or date.start))


def _is_reached_by_another(
    news: News, date: Occurrence, offsets: Sequence[Offset], listener: Listener
) -> bool:
    """Return whether another reminder of the date was said, or will be, while it is of use."""
    due = (each.before(date) for each in offsets if str(each) != news.label)
    heard = (
        quiet.earliest(at, listener.how, paused_until=listener.paused_until)
        for at in due
        if at >= listener.since
    )
    return any(at < last_use(date) for at in heard)
