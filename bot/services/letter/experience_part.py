"""Experience part: what was shared, what was taken up, and what gives hope."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services import experience_listing
from bot.services.experience_card import title
from bot.services.letter.entry import LINES, Entry, Pen, Section
from bot.services.number import EXPERIENCE, named
from bot.storage import letter_material as material
from bot.storage.experience import Experience
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader
from bot.text import Code, Said, bullets, paragraphs


@dataclass(frozen=True, slots=True)
class Told:
    """The newest ``items`` of ``total``."""

    items: Sequence[Experience]
    total: int


async def experiences(reader: Reader, span: Span) -> Told | None:
    """Return what was shared in the span, the newest first."""
    items, total = await material.newest(reader, span, LINES, is_reuse=False)
    return Told(items, total) if items else None


async def reuses(reader: Reader, span: Span) -> Told | None:
    """Return what was taken up in the span, the newest first."""
    items, total = await material.newest(reader, span, LINES, is_reuse=True)
    return Told(items, total) if items else None


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


EXPERIENCES = Section("experience", experiences, _write_experiences)
REUSES = Section("reuse", reuses, _write_reuses)
HOPE = Section("hope", material.most_wanted, _write_hope)
