"""Section: the parts of a letter; each reads what it tells and writes it, or is left out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.ports import RoomReader
from bot.services import experience_listing
from bot.services.experience_card import title
from bot.services.meeting import agenda, card
from bot.services.meeting.agenda import Line, Query
from bot.services.meeting.card import Look
from bot.services.number import EXPERIENCE, MEETING, named
from bot.storage import letter_material as material
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader
from bot.text import Code, Said, Text, bullets, paragraphs, render

LINES = 5
"""Things told in one section; with all sections that is two minutes of reading."""

AHEAD = timedelta(days=14)
"""How far a letter looks forward: the next one comes in time for what is later."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pen:
    """In which language and zone a letter is written, for whom (``prefix``), and when.

    ``names`` are what authors are called in the rooms where they shared.
    """

    words: Catalogue
    language: str
    zone: ZoneInfo
    now: datetime
    prefix: str = "!"
    names: Mapping[UserId, str] = field(default_factory=dict)

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text of the catalogue."""
        template = self.words.text(message_id, self.language, n=n)
        given = {"prefix": self.prefix, **params}
        return render(template, given if n is None else {**given, "n": n})


@dataclass(frozen=True, slots=True)
class Entry:
    """One section as it is read; ``numbers`` are the experiences that it quotes.

    One that is no news is told beside others, and is no reason for a letter.
    """

    text: Text
    numbers: tuple[int, ...] = ()
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """``read`` finds what is to be told, or None; ``write`` is pure and puts it into words."""

    noun: str
    read: Callable[[Reader, Span], Awaitable[T | None]]
    write: Callable[[Pen, T], Entry]


@dataclass(frozen=True, slots=True)
class Told:
    """The newest ``items`` of ``total``."""

    items: Sequence[Experience]
    total: int


@dataclass(frozen=True, slots=True)
class Coming:
    """The next dates; no news where all are those of series that were known before."""

    lines: Sequence[Line]
    is_news: bool


async def _experiences(reader: Reader, span: Span) -> Told | None:
    items, total = await material.newest(reader, span, LINES, is_reuse=False)
    return Told(items, total) if items else None


async def _reuses(reader: Reader, span: Span) -> Told | None:
    items, total = await material.newest(reader, span, LINES, is_reuse=True)
    return Told(items, total) if items else None


async def _hope(reader: Reader, span: Span) -> tuple[Experience, int] | None:
    return await material.most_wanted(reader, span)


async def _meetings(reader: Reader, span: Span) -> Coming | None:
    """Find the next dates; those of other rooms are for their members alone."""
    rooms = [room for room in span.rooms if room not in span.hidden]
    nobody = UserId("")
    found = await agenda.find(reader, Query(), rooms, nobody, span.until)
    near = [line for line in found if line.date.start <= span.until + AHEAD][:LINES]
    is_news = any(line.item.rrule is None or line.item.created_at >= span.since for line in near)
    return Coming(near, is_news) if near else None


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


def _write_experiences(pen: Pen, told: Told) -> Entry:
    return _list(pen, "experience", told)


def _write_reuses(pen: Pen, told: Told) -> Entry:
    return _list(pen, "reuse", told)


def _write_hope(pen: Pen, found: tuple[Experience, int]) -> Entry:
    item, wanted = found
    text = pen.text(
        "letter.hope",
        n=wanted,
        id=Code(named(EXPERIENCE, item.id)),
        title=Said(title(item), item.author),
    )
    return Entry(text, (item.id,))


def _list(pen: Pen, noun: str, told: Told) -> Entry:
    shown = [
        pen.text(
            f"letter.{noun}.line",
            id=Code(named(EXPERIENCE, item.id)),
            title=Said(title(item), item.author),
            author=Said(experience_listing.name_of(item.author, pen.names), item.author),
            source=Code(named(EXPERIENCE, item.parent_id or 0)),
        )
        for item in told.items
    ]
    rest = told.total - len(told.items)
    if rest:
        shown.append(pen.text("letter.rest", n=rest))
    heading = pen.text(f"letter.{noun}.heading", n=told.total)
    numbers = tuple([item.id for item in told.items])
    return Entry(paragraphs([heading, bullets(shown)]), numbers)


def _listed(section: Section[T]) -> Section[object]:
    return cast("Section[object]", section)


SECTIONS: tuple[Section[object], ...] = (
    _listed(Section("experience", _experiences, _write_experiences)),
    _listed(Section("reuse", _reuses, _write_reuses)),
    _listed(Section("meeting", _meetings, _write_meetings)),
    _listed(Section("hope", _hope, _write_hope)),
)
"""Every section of a letter, in the order in which they are read; a new one is one line here."""


async def entries(reader: Reader, span: Span, pen: Pen) -> list[Entry]:
    """Return the sections that have something to tell, from one read of the period."""
    found = [(section, await section.read(reader, span)) for section in SECTIONS]
    return [section.write(pen, what) for section, what in found if what is not None]


async def names_of(reader: RoomReader, database: Database, span: Span) -> dict[UserId, str]:
    """Return what the authors are called whom a letter names; asks the server."""
    async with database.read() as snapshot:
        told = [await _experiences(snapshot, span), await _reuses(snapshot, span)]
    items = [item for each in told if each is not None for item in each.items]
    return await experience_listing.author_names(reader, items)
