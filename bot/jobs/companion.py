"""Companion: the next step in finding a newcomer a companion, and the goodbye in the end."""

import asyncio

from bot.ids import UserId
from bot.job import DueJob, Firing, Preparing
from bot.services import companion, companion_step
from bot.storage import companion as stored
from bot.storage import due, room
from bot.storage.companion import State


async def gather(preparing: Preparing) -> frozenset[UserId]:
    """Ask the server who shares a room with the newcomer, where somebody is to be asked."""
    async with preparing.database.read() as snapshot:
        search = await stored.get(snapshot, int(preparing.item.reference))
        known = (await room.load(snapshot)).values()
    if search is None or search.state not in (State.SEEKING, State.ASKED):
        return frozenset()
    many = frozenset(item.room_id for item in known if item.is_common and item.replaced_by is None)
    rooms = await preparing.reader.joined_rooms_of(search.newcomer, many)
    members = await asyncio.gather(*(preparing.reader.members_of(item) for item in sorted(rooms)))
    return frozenset(user for joined in members for user in joined) - {search.newcomer}


async def run(firing: Firing) -> None:
    """Take the next step of a search, if it is not over."""
    voice = companion.Voice(
        firing.transaction,
        firing.outgoing,
        firing.words,
        firing.usual.language,
        firing.prefix,
        firing.now,
    )
    around = firing.facts if isinstance(firing.facts, frozenset) else frozenset()
    if not await companion_step.take(voice, firing.item, firing.usual, around):
        await due.drop(firing.transaction, firing.item, firing.now)


COMPANION = DueJob(kind=companion.KIND, run=run, gather=gather)
