"""Section: the parts of a letter in their order; each says what it has to say, or is left out."""

import asyncio

from bot.ids import RoomId, UserId
from bot.ports import RoomReader
from bot.services.letter.entry import Entry, Pen, Section, listed
from bot.services.letter.experience_part import EXPERIENCES, HOPE, REUSES, experiences, reuses
from bot.services.letter.glossary_part import GLOSSARY
from bot.services.letter.meeting_part import DEADLINES, MEETINGS
from bot.services.letter.people_part import NEWCOMERS, THANKS, newcomers, thanked
from bot.services.letter.request_part import REQUESTS
from bot.storage.database import Database
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader

SECTIONS: tuple[Section[object], ...] = (
    listed(NEWCOMERS),
    listed(EXPERIENCES),
    listed(REUSES),
    listed(REQUESTS),
    listed(MEETINGS),
    listed(DEADLINES),
    listed(GLOSSARY),
    listed(THANKS),
    listed(HOPE),
)
"""Every section of a letter, in the order in which they are read; a new one is one line here."""


async def entries(reader: Reader, span: Span, pen: Pen) -> list[Entry]:
    """Return the sections that have something to tell, from one read of the period."""
    found = [(section, await section.read(reader, span)) for section in SECTIONS]
    written = [section.write(pen, what) for section, what in found if what is not None]
    return [entry for entry in written if entry is not None]


async def names_of(reader: RoomReader, database: Database, span: Span) -> dict[UserId, str]:
    """Return what those are called whom a letter names, each in a room of theirs; asks the server.

    Who came and went again has no name here.
    """
    async with database.read() as snapshot:
        told = [await experiences(snapshot, span), await reuses(snapshot, span)]
        thanks = await thanked(snapshot, span) or []
        came = await newcomers(snapshot, span) or []
    authors = {
        item.author: item.room_id for each in told if each is not None for item in each.items
    }
    authors |= {one.user_id: one.room_id for one in thanks}
    there = [await reader.is_member(one.room_id, one.user_id) for one in came]
    authors |= {one.user_id: one.room_id for one, stays in zip(came, there, strict=True) if stays}
    names = await asyncio.gather(*(_name(reader, room, user) for user, room in authors.items()))
    return dict(zip(authors, names, strict=True))


async def _name(reader: RoomReader, room: RoomId, user: UserId) -> str:
    return await reader.display_name_of(room, user) or user[1:].partition(":")[0]
