"""Composition: the whole letter of a period, its sections between a heading and a way to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.services import chart, setting
from bot.services.attachment import Attachment
from bot.services.letter.entry import Pen
from bot.services.letter.section import entries
from bot.storage import letter, letter_material, room
from bot.storage.letter import Letter
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader
from bot.text import Text, paragraphs, written
from bot.when import long_date

FIRST = timedelta(days=7)
"""How far back the first letter of a room looks."""

FURTHEST = timedelta(days=62)
"""How far back any letter looks, however long ago the last one was."""

WEEKS = 8
"""Weeks on the picture."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as it is sent; ``numbers`` are the experiences that it quotes."""

    text: Text
    numbers: tuple[int, ...]


async def span_of(reader: Reader, item: Letter, now: datetime) -> Span:
    """Return what the next letter of a room tells of: since the last one, to ``now``.

    What is shown in a room is the room's own, or opened by its authors; of rooms of trust nothing.
    """
    last = await letter.last_sent(reader, item.room_id)
    since = max(last or now - FIRST, now - FURTHEST)
    hidden = await setting.trusted(reader)
    return Span((item.room_id,), since, now, item.is_community, frozenset(hidden))


async def compose(
    reader: Reader, span: Span, pen: Pen, introduction: str | None = None
) -> Composed | None:
    """Return the letter of ``span``, or None where nothing is new: a letter is never empty."""
    found = await entries(reader, span, pen)
    if not any(entry.is_news for entry in found):
        return None
    start, end = (_day(at, pen) for at in (span.since, span.until))
    heading = pen.text("letter.heading", start=start, end=end)
    opening = [written(introduction)] if introduction else []
    foot = pen.text("letter.foot")
    text = paragraphs([heading, *opening, *(entry.text for entry in found), foot])
    return Composed(text, tuple([number for entry in found for number in entry.numbers]))


def _day(at: datetime, pen: Pen) -> str:
    day = at.astimezone(pen.zone).date()
    return long_date(day, zone=pen.zone, language=pen.language, with_zone=False, now=pen.now)


@dataclass(frozen=True, slots=True)
class Weeks:
    """How many experiences were told in each of the last weeks; ``starts`` are their first days."""

    starts: tuple[datetime, ...]
    values: tuple[int, ...]

    @property
    def is_worth_a_look(self) -> bool:
        """Whether there is something to see: more than one week in which something was told."""
        return sum(value > 0 for value in self.values) > 1


async def weeks(reader: Reader, span: Span, zone: ZoneInfo) -> Weeks:
    """Return the last weeks up to the end of ``span``, in wall time of ``zone``."""
    end = span.until.astimezone(zone)
    edges = [end - timedelta(weeks=n) for n in range(WEEKS, -1, -1)]
    values = await letter_material.counts(reader, span, edges)
    return Weeks(tuple(edges[:-1]), tuple(values))


def drawing(found: Weeks, pen: Pen) -> str:
    """Return the picture of ``found`` as SVG."""
    labels = [f"{start.day}/{start.month:02}" for start in found.starts]
    return chart.svg(pen.text("letter.chart.title").body, labels, found.values)


def picture(found: Weeks, pen: Pen, data: bytes) -> Attachment:
    """Return the picture as it is sent; its caption says the same to who cannot see it."""
    numbers = ", ".join(str(value) for value in found.values)
    return Attachment(
        name=pen.text("letter.chart.name").body,
        mimetype="image/png",
        data=data,
        caption=pen.text("letter.chart.caption", numbers=numbers, n=len(found.values)),
        width=chart.WIDTH,
        height=chart.HEIGHT,
    )


async def rooms_of(reader: Reader) -> Sequence[str]:
    """Return the rooms in which the bot speaks."""
    return [
        item.room_id
        for item in (await room.load(reader)).values()
        if not (item.replaced_by or item.is_trio)
    ]
