"""Experience listing: many experiences, one line each, a page at a time.

Later pages are kept as numbers alone: what is on them, and who may see it, is looked up when they
are asked for.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.model import Message
from bot.ports import RoomReader
from bot.services import experience_card, experience_showing, page
from bot.services.experience_card import NO_FACTS, Facts, Manner
from bot.services.experience_sight import Sight
from bot.services.outgoing import Outgoing, conversation_with
from bot.services.page import LINES
from bot.storage import experience
from bot.storage import page as stored_page
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.page import Page
from bot.storage.transaction import Transaction
from bot.text import Text, bullets

_MOST_NAMES = 20
"""Authors whose name is asked for; of the others the beginning of their id is shown."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The experiences to list, the first first, what their authors are called, and the facts.

    ``rest`` are the numbers of those on later pages.
    """

    items: Sequence[Experience]
    rest: Sequence[int] = ()
    names: Mapping[UserId, str] = field(default_factory=dict)
    facts: Mapping[int, Facts] = field(default_factory=dict)


async def load(
    reader: RoomReader, database: Database, numbers: Sequence[int], sight: Sight
) -> Listed:
    """Return the first page of ``numbers``, without those that may not be shown (any more)."""
    async with database.read() as snapshot:
        found = sight.among(await experience.get_all(snapshot, numbers))
        first, rest = found[:LINES], found[LINES:]
        facts = await experience_card.facts(snapshot, [item.id for item in first])
    names = await author_names(reader, first)
    return Listed(first, [item.id for item in rest], names, facts)


async def author_names(reader: RoomReader, items: Sequence[Experience]) -> dict[UserId, str]:
    """Return what the authors of ``items`` are called in the rooms where they shared them."""
    authors = list({item.author: item.room_id for item in items}.items())[:_MOST_NAMES]
    found = await asyncio.gather(
        *(reader.display_name_of(room, author) for author, room in authors)
    )
    return {author: name for (author, _), name in zip(authors, found, strict=True) if name}


def name_of(author: UserId, names: Mapping[UserId, str]) -> str:
    """Return what ``author`` is called, or the beginning of their id."""
    return names.get(author) or author[1:].partition(":")[0]


def as_list(words: Catalogue, listed: Listed, manner: Manner, now: datetime) -> Text:
    """Return the items of a page as a list; the author in ``manner`` is put in for each."""
    return bullets(
        experience_card.line(
            words,
            item,
            listed.facts.get(item.id, NO_FACTS),
            Manner(manner.language, manner.zone, name_of(item.author, listed.names)),
            now,
        )
        for item in listed.items
    )


async def show(
    transaction: Transaction,
    outgoing: Outgoing,
    message: Message,
    listed: Listed,
    text: Text,
    now: datetime,
    near: Sequence[Experience] = (),
) -> None:
    """Answer ``message`` with ``text``, a page of ``listed``, and keep the rest for its sender.

    The text also shows what is ``near``.
    """
    conversation = conversation_with(message.room_id, message.sender)
    rest = [Page(numbers=listed.rest)] if listed.rest else []
    await stored_page.replace(transaction, conversation, rest, now)
    start = len(outgoing.enqueued)
    page.answer(outgoing, message, text, has_more=bool(rest))
    numbers = [item.id for item in (*listed.items, *near)]
    await experience_showing.note_words(transaction, outgoing.enqueued[start:], numbers, now)
