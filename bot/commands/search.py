"""``!search`` and ``!exps``: experiences are found by their words and by filters, or the newest."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import experience, experience_query, number, page, setting
from bot.services.experience_query import Query
from bot.storage import experience as stored
from bot.storage.experience import Experience
from bot.text import Text, bullets, paragraphs
from bot.when import long_date

_MOST_NAMES = 20
"""Authors whose name is asked for; of the others the beginning of their id is shown."""

_LONGEST_SHOWN = 80

_CAPPED = {
    "search.results": "search.results_capped",
    "experience.list": "experience.list_capped",
}
"""How a list is headed that was cut at the limit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, and how it was said."""

    query: Query
    shown: str


@dataclass(frozen=True, slots=True)
class Found:
    """The experiences that may be shown, the best first, and what their authors are called."""

    items: Sequence[Experience]
    names: dict[UserId, str]
    is_capped: bool


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is looked for; all may be left out."""
    query = experience_query.parse(rest, now=gathering.now, zone=gathering.person.zone)
    shown = " ".join(rest.split())
    return Asked(query, shown[:_LONGEST_SHOWN])


def parse_search(rest: str, gathering: Gathering) -> Asked:
    """Return what is looked for; something must be."""
    asked = parse(rest, gathering)
    if asked.query.is_empty:
        raise UserError("search.nothing_given")
    return asked


async def gather(gathering: Gathering, asked: Asked) -> Found:
    """Find what may be shown here, beside the writer."""
    rooms = await _rooms(gathering, asked.query)
    async with gathering.database.read() as snapshot:
        hits = await experience_query.find(snapshot, asked.query, rooms)
        items = await stored.get_all(snapshot, hits.numbers)
    return Found(items, await _names(gathering, items), hits.is_capped)


async def _rooms(gathering: Gathering, query: Query) -> frozenset[RoomId]:
    """Return the rooms that may be looked through; asks the server only in a room of two."""
    room, is_pair = gathering.place.room_id, gathering.place.is_pair
    async with gathering.database.read() as snapshot:
        if not is_pair and not await setting.captures(snapshot, room):
            raise UserError("experience.not_kept_here")
        holding = await stored.rooms(snapshot) if is_pair else frozenset()
    user = gathering.person.user_id
    joined = await gathering.reader.joined_rooms_of(user, holding - {room}) if is_pair else ()
    rooms = experience.visible_rooms(room, is_pair=is_pair, joined=joined)
    if query.room is None:
        return rooms
    is_alias = query.room.startswith("#")
    wanted = await gathering.reader.room_of(query.room) if is_alias else RoomId(query.room)
    return rooms & {wanted} if wanted is not None else frozenset()


async def _names(gathering: Gathering, items: Sequence[Experience]) -> dict[UserId, str]:
    authors = list({item.author: item.room_id for item in items}.items())[:_MOST_NAMES]
    found = await asyncio.gather(
        *(gathering.reader.display_name_of(room, author) for author, room in authors)
    )
    return {author: name for (author, _), name in zip(authors, found, strict=True) if name}


async def run_search(context: Context, asked: Asked) -> None:
    """Show what was found for the words."""
    await _show(context, asked, "search.results", "search.nothing")


async def run_list(context: Context, asked: Asked) -> None:
    """Show the newest."""
    is_filtered = not asked.query.is_empty
    nothing = "search.nothing" if is_filtered else "experience.list_empty"
    await _show(context, asked, "experience.list", nothing)


async def _show(context: Context, asked: Asked, heading: str, nothing: str) -> None:
    found = context.facts
    if not isinstance(found, Found) or not found.items:
        context.answer(context.text(nothing, query=asked.shown))
        return
    count = len(found.items)
    title = _CAPPED[heading] if found.is_capped else heading

    def page_of(items: Sequence[Text], left: int, is_first: bool) -> Text:
        shown = bullets(items)
        if is_first:
            shown = context.text(title, n=count, items=shown, query=asked.shown)
        return paragraphs([shown, context.text("page.rest", n=left)]) if left else shown

    pages = page.paged([_line(context, item, found) for item in found.items], page_of)
    await page.show(context.transaction, context.outgoing, context.message, pages, context.now)


def _line(context: Context, item: Experience, found: Found) -> Text:
    zone, language = context.person.zone, context.person.language
    day = item.created_at.astimezone(zone).date()
    return context.text(
        "experience.line",
        id=number.named(number.EXPERIENCE, item.id),
        title=experience.title(item),
        author=found.names.get(item.author) or item.author[1:].partition(":")[0],
        date=long_date(day, zone=zone, language=language, with_zone=False, now=context.now),
    )


SEARCH: Command[Asked] = Command(
    noun="search",
    english=("search", "find"),
    french=("cherche", "chercher", "recherche"),
    intent=Intent.FIND,
    run=run_search,
    parse=parse_search,
    gather=gather,
    needs_zone=True,
)

LIST: Command[Asked] = Command(
    noun="experience_list",
    english=("exps", "experiences"),
    french=("exps", "expériences"),
    intent=Intent.FIND,
    run=run_list,
    parse=parse,
    gather=gather,
    needs_zone=True,
)
