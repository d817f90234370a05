"""Stats: how a community is doing, in numbers that tell nothing of anybody."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ids import RoomId
from bot.services import closing
from bot.services.letter.composition import Weeks, weeks
from bot.services.meeting import series
from bot.storage import attendee, letter_material, meeting, newcomer, occurrence, room_setting
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader

PERIOD = timedelta(days=30)
"""What the numbers are about."""

FEWEST = 5
"""Of fewer people or things no number is told: one could guess who they are."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number by its ``noun``; those of the last thirty days but for ``members``.

    ``whole`` is the number that it is a part of, if it is told as well.
    """

    noun: str
    value: int
    whole: int | None = None

    @property
    def is_few(self) -> bool:
        """Whether the number is too small to be told."""
        return 0 < self.value < FEWEST

    @property
    def tells_few(self) -> bool:
        """Whether what it leaves of the whole is too small to be told."""
        return self.whole is not None and 0 < self.whole - self.value < FEWEST


@dataclass(frozen=True, slots=True)
class Health:
    """All measures in the order in which they are read, and experiences week by week."""

    measures: Sequence[Measure]
    weeks: Weeks


async def read(
    reader: Reader, rooms: Sequence[RoomId], members: int, now: datetime, zone: ZoneInfo
) -> Health:
    """Return the measures of ``rooms``; a few statements, however much there is."""
    since = now - PERIOD
    span = Span(tuple(rooms), since, now)
    came, stepped = await newcomer.counts(reader, rooms, since, now)
    told = (await letter_material.newest(reader, span, 1, is_reuse=False))[1]
    reused = (await letter_material.newest(reader, span, 1, is_reuse=True))[1]
    meetings, going = await _meetings(reader, rooms, since, now)
    measures = (
        Measure("members", members),
        Measure("newcomers", came),
        Measure("stepped", stepped, came),
        Measure("experiences", told),
        Measure("reuses", reused),
        Measure("meetings", meetings),
        Measure("going", going),
    )
    return Health(measures, await weeks(reader, span, zone))


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
        told = "" if each.tells_few else str(each.value)
        value = f"<{FEWEST}" if each.is_few else told
        table.writerow([each.noun, value, start if each.noun != "members" else end, end])
    return ("\ufeff" + written.getvalue()).encode()
