"""Request part: what members asked and nobody settled yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services import request
from bot.services.announcement_delivery import room_link
from bot.services.letter.entry import LINES, Entry, Pen, Section
from bot.services.number import REQUEST, named
from bot.storage import request as stored
from bot.storage.letter_material import Span
from bot.storage.request import Request
from bot.storage.transaction import Reader
from bot.text import Code, Said, bullets, paragraphs


@dataclass(frozen=True, slots=True)
class Open:
    """The oldest ``items`` of ``total``; no news where all were asked before the span."""

    items: Sequence[Request]
    total: int
    is_news: bool
    has_rooms: bool


async def _requests(reader: Reader, span: Span) -> Open | None:
    since = span.until - request.FRESH
    items, total = await stored.still_open(reader, span.told_rooms, since, LINES)
    if not items:
        return None
    newest = (await stored.still_open(reader, span.told_rooms, span.since, 1))[1]
    return Open(items, total, bool(newest), len(span.rooms) > 1)


def _write(pen: Pen, found: Open) -> Entry:
    noun = "line_room" if found.has_rooms else "line"
    shown = [
        pen.text(
            f"letter.request.{noun}",
            id=Code(named(REQUEST, item.id)),
            words=Said(request.title(item), item.asker),
            room=room_link(item.room_id),
        )
        for item in found.items
    ]
    if found.total > len(found.items):
        shown.append(pen.text("letter.request.rest", n=found.total - len(found.items)))
    heading = pen.text("letter.request.heading", n=found.total)
    return Entry(paragraphs([heading, bullets(shown)]), is_news=found.is_news)


REQUESTS = Section("request", _requests, _write)
