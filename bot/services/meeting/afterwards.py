"""Afterwards: when those who came to a date are asked what they take away from it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta

from bot.services.meeting import series
from bot.services.meeting.series import Occurrence
from bot.storage import due
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Transaction

KIND = "retour"
"""Kind of what falls due the morning after a date: a portion of those who came, or one of them."""

_MORNING = time(9)
_LONGEST_ASKED = timedelta(days=3)
"""After a date, until its question fell due."""

_MOST_LOOKED_AT = 400


def asks_at(date: Occurrence) -> datetime:
    """Return the morning after a date, in its zone, as an instant."""
    last = date.over_at.astimezone(date.start.tzinfo) - timedelta(minutes=1)
    day = last.date() + timedelta(days=1)
    return datetime.combine(day, _MORNING, date.start.tzinfo).astimezone(UTC)


def key(name: str, *, after: str = "", only: str = "") -> str:
    """Return what tells one portion, or one person, apart from the others; ids have no space."""
    return f"{name} {after} {only}"


def read_key(written: str) -> tuple[str, str, str]:
    """Return the date's name, who was asked last, and who is to be, as `key` wrote them."""
    name, after, only = written.split(" ")
    return name, after, only


async def plan(
    transaction: Transaction,
    item: Meeting,
    dates_since: Callable[[datetime], Iterable[Occurrence]],
    now: datetime,
) -> None:
    """Let exactly the question after the next date fall due; what is ripe is looked at then."""
    wanted = None
    if item.state is State.PLANNED:
        wanted = _next(item, dates_since(now - _LONGEST_ASKED), now)
    for row in await due.pending_of(transaction, KIND, str(item.id)):
        is_first = row.occurrence.endswith("  ")
        if is_first and row.due_at > now and row != wanted:
            await due.cancel_one(transaction, row)
    if wanted is not None:
        await due.plan(transaction, wanted)


def _next(item: Meeting, dates: Iterable[Occurrence], now: datetime) -> Due | None:
    for _, each in zip(range(_MOST_LOOKED_AT), dates, strict=False):
        at = asks_at(each)
        if at > now:
            return Due(KIND, str(item.id), key(series.known_as(item, each)), at)
    return None
