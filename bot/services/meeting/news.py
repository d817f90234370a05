"""News: what those concerned are told of a meeting, to each once, in portions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.ids import UserId
from bot.services.meeting import series
from bot.services.meeting.series import Occurrence
from bot.storage import due
from bot.storage.due import Due
from bot.storage.meeting import Meeting
from bot.storage.transaction import Transaction

KIND = "meeting_news"
"""Kind of what falls due: one portion of those who are told of one thing."""

PORTION = 50
"""People told in one transaction: others wait no longer for the database than for a group of it."""


ALL = "*"
"""Stands for a date where all dates to come are meant."""

ROOM = "room"
"""Stands for the person where the room is meant: a user id begins with ``@``."""


class What(StrEnum):
    """A date comes near, was moved, was called off, begins no more; or a place became free."""

    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ENDED = "ended"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: ``what`` of the date that starts at ``start`` (aware UTC).

    ``earlier`` is when a moved date was before. ``label`` tells several things of one date apart.
    ``missed`` is when a late one was due. ``date`` is whose answers tell who is concerned: a date's
    (`series.known_as`), or all to come. ``after`` is the last who was told, ``only`` the one who
    is (empty for all).
    """

    what: What
    start: datetime
    label: str
    earlier: datetime | None = None
    missed: datetime | None = None
    date: str = ""
    after: str = ""
    only: str = ""

    def key(self) -> str:
        """Return it as the occurrence of what falls due; user ids have no space."""
        times = (self.start, self.earlier, self.missed)
        stamps = [each.astimezone(UTC).isoformat() if each else "" for each in times]
        return " ".join([self.what, *stamps, self.label, self.date, self.after, self.only])

    @classmethod
    def read(cls, key: str) -> "News":
        """Return what `key` wrote."""
        what, start, earlier, missed, label, date, after, only = key.split(" ")
        return cls(
            What(what),
            datetime.fromisoformat(start),
            label,
            datetime.fromisoformat(earlier) if earlier else None,
            datetime.fromisoformat(missed) if missed else None,
            date,
            after,
            only,
        )


async def spread(transaction: Transaction, item: Meeting, news: News, at: datetime) -> None:
    """Let those concerned be told ``news`` from ``at`` on, a portion at a time."""
    await due.plan_once(transaction, Due(KIND, str(item.id), news.key(), at))


async def tell_of_place(
    transaction: Transaction, item: Meeting, date: Occurrence, user: UserId, now: datetime
) -> None:
    """Let ``user`` be told that they have a place now."""
    label = f"{user}@{now.timestamp():.3f}"
    known = series.known_as(item, date)
    told = News(What.PLACE, date.start.astimezone(UTC), label, date=known, only=user)
    await spread(transaction, item, told, now)


async def stop_reminding(transaction: Transaction, item: Meeting, start: datetime) -> None:
    """Tell nobody any more of the date that was to start then, because it is another now."""
    for row in await due.pending_of(transaction, KIND, str(item.id)):
        news = News.read(row.occurrence)
        if news.what is What.REMINDER and news.start == start:
            await due.cancel_one(transaction, row)
