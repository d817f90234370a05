"""Stats: how a community is doing, in numbers that tell nothing of anybody."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.ids import RoomId, UserId
from bot.services import closing
from bot.services.letter.composition import Weeks, weeks
from bot.services.meeting import series
from bot.services.profile import World
from bot.storage import (
    attendee,
    letter_material,
    letter_subscription,
    meeting,
    newcomer,
    occurrence,
    request,
    room_setting,
    stats,
)
from bot.storage.letter_material import Span
from bot.storage.letter_subscription import Verdict
from bot.storage.transaction import Reader

PERIOD = timedelta(days=30)
"""What the numbers are about."""

FEWEST = 5
"""Of fewer people or things no number is told: one could guess who they are."""


PATIENCE = timedelta(hours=72)
"""A request without an answer after this time is one that the community let down."""

WORLDS = tuple(World)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number by its ``noun``; those of the last thirty days but for what is so today.

    ``whole`` is the number that it is a part of, if it is told as well. ``basis`` is how many
    things it is drawn from, where it is no count itself.
    """

    noun: str
    value: int
    whole: int | None = None
    basis: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing that the number could be drawn from."""
        return self.basis == 0

    @property
    def is_few(self) -> bool:
        """Whether the number is too small to be told."""
        return 0 < (self.value if self.basis is None else self.basis) < FEWEST

    @property
    def tells_few(self) -> bool:
        """Whether what it leaves of the whole is too small to be told."""
        return self.whole is not None and 0 < self.whole - self.value < FEWEST


TODAY = frozenset({"members", *(f"world_{world}" for world in WORLDS)})
"""The measures of how it is now; the others are of the last thirty days."""


@dataclass(frozen=True, slots=True)
class Health:
    """All measures in the order in which they are read, and experiences week by week."""

    measures: Sequence[Measure]
    weeks: Weeks


async def read(
    reader: Reader,
    rooms: Sequence[RoomId],
    members: Sequence[UserId],
    now: datetime,
    zone: ZoneInfo,
) -> Health:
    """Return the measures of ``rooms``; a few statements, however much there is.

    The bot is one of the ``members``.
    """
    people = max(len(members) - 1, 0)
    since = now - PERIOD
    span = Span(tuple(rooms), since, now)
    came, stepped = await newcomer.counts(reader, rooms, since, now)
    told = (await letter_material.newest(reader, span, 1, is_reuse=False))[1]
    reused = (await letter_material.newest(reader, span, 1, is_reuse=True))[1]
    meetings, going = await _meetings(reader, rooms, since, now)
    said = await letter_subscription.verdicts(reader, since, now)
    measures = (
        Measure("members", people),
        Measure("active", await stats.active(reader, rooms, since, now), people),
        Measure("newcomers", came),
        Measure("stepped", stepped, came),
        *await _worlds(reader, members),
        Measure("experiences", told),
        Measure("reuses", reused),
        *await _requests(reader, rooms, since, now),
        Measure("told_again", await stats.told_of_again(reader, rooms, since, now)),
        Measure("meetings", meetings),
        Measure("going", going),
        Measure("verdicts", sum(said.values())),
        Measure("useful", said.get(Verdict.USEFUL, 0), sum(said.values())),
    )
    return Health(measures, await weeks(reader, span, zone))


async def _worlds(reader: Reader, members: Sequence[UserId]) -> list[Measure]:
    """Return how many work in each world; where few do, what they leave is not told either."""
    found = await stats.worlds(reader, members)
    return [Measure(f"world_{world}", found.get(world, 0)) for world in WORLDS]


async def _requests(
    reader: Reader, rooms: Sequence[RoomId], since: datetime, now: datetime
) -> list[Measure]:
    """Return what was asked, how soon an answer came, and what was left alone."""
    times = await request.times(reader, rooms, since, now)
    waited = [(end - asked).total_seconds() for asked, end in times if end is not None]
    hours = math.ceil(median(waited) / 3600) if waited else 0
    alone = sum((answered or now) - asked >= PATIENCE for asked, answered in times)
    return [
        Measure("requests", len(times)),
        Measure("answer_hours", hours, basis=len(waited)),
        Measure("unanswered", alone, len(times)),
        Measure("settled", await request.settled(reader, rooms, since, now)),
    ]


async def _meetings(
    reader: Reader, rooms: Sequence[RoomId], since: datetime, now: datetime
) -> tuple[int, int]:
    """Return how many dates there were, and how many people said they would come to these."""
    items = await meeting.to_come(reader, rooms, since)
    numbers = [item.id for item in items]
    changes = await occurrence.of_meetings(reader, numbers)
    going = await attendee.going(reader, numbers)
    settings = await room_setting.load(reader)
    total = people = 0
    for item in items:
        rest = closing.of(settings.get(item.room_id, {}))
        for date in series.dates(item, changes.get(item.id, []), rest, since):
            if date.over_at > now:
                break
            total += 1
            people += going.get((item.id, series.known_as(item, date)), 0)
    return total, people


def to_csv(health: Health, now: datetime) -> bytes:
    """Return the measures as a table: ``measure,value,from,to``; the mark is for Excel.

    The value is ``<5`` where it is too small, and empty where it would tell another one.
    """
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["measure", "value", "from", "to"])
    start, end = (at.date().isoformat() for at in (now - PERIOD, now))
    for each in health.measures:
        told = "" if each.tells_few or each.is_nothing else str(each.value)
        # A middle value of few would tell of them; that there are few is told beside it.
        few = "" if each.basis is not None else f"<{FEWEST}"
        value = few if each.is_few else told
        table.writerow([each.noun, value, end if each.noun in TODAY else start, end])
    return ("\ufeff" + written.getvalue()).encode()
