"""Meeting part: what comes next, and until when one can say that one comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.ids import UserId
from bot.services.letter.entry import LINES, Entry, Pen, Section
from bot.services.meeting import agenda, card
from bot.services.meeting.agenda import Line, Query
from bot.services.meeting.card import Look
from bot.services.number import MEETING, named
from bot.storage import letter_material, meeting
from bot.storage.letter_material import Span
from bot.storage.meeting import Meeting
from bot.storage.transaction import Reader
from bot.text import Code, Said, bullets, paragraphs
from bot.when import long_date

AHEAD = timedelta(days=14)
"""How far a letter looks forward: the next one comes in time for what is later."""


@dataclass(frozen=True, slots=True)
class Coming:
    """The next dates; no news where all are those of series that were known before."""

    lines: Sequence[Line]
    is_news: bool


async def _meetings(reader: Reader, span: Span) -> Coming | None:
    """Find the next dates; those of other rooms are for their members alone."""
    nobody = UserId("")
    found = await agenda.find(reader, Query(), span.told_rooms, nobody, span.until)
    near = [line for line in found if line.date.start <= span.until + AHEAD][:LINES]
    is_news = any(line.item.rrule is None or line.item.created_at >= span.since for line in near)
    return Coming(near, is_news) if near else None


async def _deadlines(reader: Reader, span: Span) -> list[Meeting] | None:
    """Find until when one can say that one comes, the nearest first."""
    numbers = await letter_material.closing(reader, span, span.until + AHEAD, LINES)
    items = [await meeting.get(reader, number) for number in numbers]
    found = [item for item in items if item is not None]
    return found or None


def _write_meetings(pen: Pen, found: Coming) -> Entry:
    look = Look(pen.words, pen.language, pen.zone, pen.now)
    shown = [
        pen.text(
            "letter.meeting.line",
            id=Code(named(MEETING, line.item.id)),
            title=Said(line.item.title, line.item.organiser),
            date=card.when(line.date, look, with_zone=False),
        )
        for line in found.lines
    ]
    text = paragraphs([pen.text("letter.meeting.heading"), bullets(shown)])
    return Entry(text, is_news=found.is_news)


def _write_deadlines(pen: Pen, found: list[Meeting]) -> Entry:
    shown = [
        pen.text(
            "letter.deadline.line",
            id=Code(named(MEETING, item.id)),
            title=Said(item.title, item.organiser),
            date=long_date(
                item.deadline, zone=pen.zone, language=pen.language, with_zone=False, now=pen.now
            ),
        )
        for item in found
        if item.deadline is not None
    ]
    text = paragraphs([pen.text("letter.deadline.heading"), bullets(shown)])
    return Entry(text, is_news=False)


MEETINGS = Section("meeting", _meetings, _write_meetings)
DEADLINES = Section("deadline", _deadlines, _write_deadlines)
