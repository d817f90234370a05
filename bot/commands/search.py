"""``!search`` and ``!exps``: experiences are found by their words and by filters, or the newest."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId
from bot.services import (
    experience_listing,
    experience_meaning,
    experience_query,
    experience_sight,
    setting,
)
from bot.services.experience_card import Manner
from bot.services.experience_listing import Listed
from bot.services.experience_meaning import Wanted
from bot.services.experience_query import Query
from bot.services.page import LINES
from bot.text import Text, paragraphs

_LONGEST_SHOWN = 80

_CAPPED = {
    "search.results": "search.results_capped",
    "experience.list": "experience.list_capped",
}
"""How a list is headed that was cut at the limit."""

_NOWHERE = RoomId("")
"""The room that an alias stands for which nobody knows: nothing is in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, and how it was said."""

    query: Query
    shown: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first page of what may be shown, how much there is, and whether it is yet more.

    ``near`` is what has none of the words and means something close.
    """

    listed: Listed
    count: int
    is_capped: bool
    near: Listed


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
    place, reader, database = gathering.place, gathering.reader, gathering.database
    if not place.is_pair:
        async with database.read() as snapshot:
            if not await setting.captures(snapshot, place.room_id):
                raise UserError("experience.not_kept_here")
    sight = await experience_sight.look(
        reader, database, place.room_id, gathering.person.user_id, is_pair=place.is_pair
    )
    room = await _room(gathering, asked.query)
    async with database.read() as snapshot:
        scope = await experience_query.scope(snapshot, asked.query, sight, room)
        hits = await experience_query.find_in(snapshot, asked.query, scope)
    listed = await experience_listing.load(reader, database, hits.numbers, sight)
    near: Sequence[int] = ()
    if scope is not None and len(hits.numbers) < LINES:
        wanted = Wanted(scope, experience_meaning.FOUND, frozenset(hits.numbers))
        words = asked.query.words
        near = await experience_meaning.close_to(gathering.encoder, database, [words], wanted)
    return Found(
        listed,
        len(listed.items) + len(listed.rest),
        hits.is_capped,
        await experience_listing.load(reader, database, near, sight),
    )


async def _room(gathering: Gathering, query: Query) -> RoomId | None:
    """Return the room that is asked for; an alias is looked up on the server."""
    if query.room is None or not query.room.startswith("#"):
        return RoomId(query.room) if query.room is not None else None
    return await gathering.reader.room_of(query.room) or _NOWHERE


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
    if not isinstance(found, Found) or not (found.listed.items or found.near.items):
        context.answer(context.text(nothing, query=asked.shown))
        return
    title = _CAPPED[heading] if found.is_capped else heading
    if not found.listed.items:
        title = "search.nothing_but_near"
    items = _as_list(context, found.listed if found.listed.items else found.near)
    parts: list[Text] = [context.text(title, n=found.count, items=items, query=asked.shown)]
    if found.listed.rest:
        parts.append(context.text("page.rest", n=len(found.listed.rest)))
    if found.listed.items and found.near.items:
        parts.append(context.text("search.near", items=_as_list(context, found.near)))
    await experience_listing.show(
        context.transaction,
        context.outgoing,
        context.message,
        found.listed,
        paragraphs(parts),
        context.now,
        found.near.items,
    )


def _as_list(context: Context, listed: Listed) -> Text:
    manner = Manner(context.person.language, context.person.zone, "")
    return experience_listing.as_list(context.words, listed, manner, context.now)


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
