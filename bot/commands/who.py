"""``!who``: people are found by what they say of themselves and by what they shared."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import directory, experience_query, experience_sight, number, page
from bot.services.directory import Hit
from bot.services.experience_query import Query
from bot.services.profile import Field, Filled
from bot.storage import experience, room
from bot.text import Mention, Said, Text, bullets, lines, paragraphs

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, and what those in the rooms that count call themselves."""

    hits: Sequence[Hit]
    names: Mapping[UserId, str | None]


def parse(rest: str, _gathering: Gathering) -> str:
    """Return the words that are looked for."""
    words = " ".join(rest.split())
    if not words:
        raise UserError("who.nothing_given")
    return words


async def gather(gathering: Gathering, words: str) -> Found:
    """Ask the server who shares a room with the person, and find who of them is meant.

    In a room it is its own members, since all of them read the answer; alone with the bot, those of
    every room that the person is in now.
    """
    place, reader, user = gathering.place, gathering.reader, gathering.person.user_id
    rooms = await _rooms(gathering)
    members = await asyncio.gather(*(reader.members_of(item) for item in sorted(rooms)))
    names: dict[UserId, str | None] = {}
    for joined in members:
        names.update(joined)
    names.pop(user, None)
    sight = await experience_sight.look(
        reader, gathering.database, place.room_id, user, is_pair=place.is_pair
    )
    async with gathering.database.read() as snapshot:
        numbers = (await experience_query.find(snapshot, Query(words=words), sight)).numbers
        shared = await experience.get_all(snapshot, numbers)
        return Found(await directory.find(snapshot, words, names, shared), names)


async def _rooms(gathering: Gathering) -> frozenset[RoomId]:
    """Return the rooms whose members may be found."""
    if not gathering.place.is_pair:
        return frozenset({gathering.place.room_id})
    async with gathering.database.read() as snapshot:
        known = (await room.load(snapshot)).values()
    many = frozenset(item.room_id for item in known if item.is_common and item.replaced_by is None)
    return await gathering.reader.joined_rooms_of(gathering.person.user_id, many)


async def run(context: Context, words: str) -> None:
    """List who was found, a page at a time, each with the reason."""
    found = context.facts
    shown = words[:_LONGEST_SHOWN]
    if not isinstance(found, Found) or not found.hits:
        context.answer(context.text("who.nothing", query=shown))
        return

    def page_of(items: Sequence[Text], left: int, is_first: bool) -> Text:
        title = [context.text("who.found", query=shown, n=len(found.hits))] if is_first else []
        more = [context.text("page.rest", n=left)] if left else []
        return paragraphs([*title, bullets(items), *more])

    entries = [_entry(context, hit, found.names) for hit in found.hits]
    pages = page.paged(entries, page_of)
    await page.show(context.transaction, context.outgoing, context.message, pages, context.now)


def _entry(context: Context, hit: Hit, names: Mapping[UserId, str | None]) -> Text:
    name = names.get(hit.user) or hit.user
    reasons = [_line(context, hit.user, item) for item in hit.lines]
    if hit.experiences:
        shared = ", ".join(number.named(number.EXPERIENCE, item) for item in hit.experiences)
        reasons.append(context.text("who.shared", ids=shared))
    shown = Mention(hit.user, name, is_told=False)
    head = context.text("who.person", name=shown, user=Said(hit.user, hit.user))
    return lines([head, *reasons])


def _line(context: Context, user: UserId, item: Filled) -> Text:
    label = context.text(f"profile.field.{item.field}")
    if item.field is Field.WORLD:
        value: Text | Said = context.text(f"profile.world.{item.value}")
    else:
        value = Said(item.value, user)
    return context.text("profile.line", field=label, value=value)


WHO: Command[str] = Command(
    noun="who",
    english=("who",),
    french=("qui",),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
)
