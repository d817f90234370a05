"""Trio: the room of three in which a newcomer and their companion meet; the bot is quiet there.

Nothing of it is said twice: the room is made when the first words for it are delivered, and where
there can be none, these words reach each of the two alone, by their fallback.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.ids import RoomAlias, RoomId, trio_room
from bot.services.direct import UnreachableError
from bot.services.outgoing import Fallback, Outgoing
from bot.storage import direct_room, room
from bot.storage import trio as store
from bot.storage.outbox import Parcel
from bot.storage.transaction import Transaction
from bot.storage.trio import State, Trio
from bot.text import Text

__all__ = ["OverError", "bind", "close", "greet", "plan", "settle"]

_ALL = 3


class OverError(Exception):
    """The companionship is over before anything was said in its room."""


def greet(outgoing: Outgoing, search: int, words: Text, *, fallback: Fallback) -> None:
    """Say something in the room of a search, which is made if there is none; it notifies both."""
    outgoing.gather(trio_room(search), words, fallback)


async def bind(transaction: Transaction, parcel: Parcel, search: int) -> RoomId | None:
    """Return the room that ``parcel`` goes to, from now on; None if there is none yet.

    Raises UnreachableError where there will be none, OverError if none is wanted any more.
    """
    bound = await direct_room.room_of(transaction, f"oid:{parcel.oid}")
    if bound is not None and bound != trio_room(search):
        return bound
    item = await store.get(transaction, search)
    if item is None:
        raise OverError
    if item.state is State.PLANNED:
        return None
    if item.state is not State.OPEN or item.room_id is None:
        raise UnreachableError(item.state)
    await store.bind(transaction, parcel.oid, item.room_id)
    return item.room_id


async def plan(
    transaction: Transaction,
    search: int,
    alias_of: Callable[[Trio], RoomAlias],
    now: datetime,
    *,
    after: int = 0,
) -> Trio | None:
    """Return the room that is to be made for a search; None if none is wanted any more.

    ``after`` is the generation that turned out to be of no use, 0 where none was tried.
    """
    item = await store.get(transaction, search)
    if item is None or item.state is not State.PLANNED:
        return None
    if item.generation > after:
        return item
    item = replace(item, generation=max(after, item.generation) + 1, changed_at=now)
    item = replace(item, alias=alias_of(item))
    await store.save(transaction, item)
    return item


async def settle(
    transaction: Transaction, planned: Trio, room_id: RoomId | None, now: datetime
) -> bool:
    """Note the room that was made for ``planned``, or that there can be none.

    Return False if the companionship is over meanwhile.
    """
    if await store.get(transaction, planned.search) != planned:
        return False
    state = State.CLOSED if room_id is None else State.OPEN
    changed = replace(planned, state=state, room_id=room_id, changed_at=now)
    await store.save(transaction, changed)
    return True


async def close(
    transaction: Transaction, outgoing: Outgoing, search: int, words: Text | None = None
) -> bool:
    """Say ``words`` in the room of a search and leave it; return whether both could read them."""
    item = await store.get(transaction, search)
    await store.forget(transaction, search)
    if item is None or item.state is not State.OPEN or item.room_id is None:
        return False
    place, key = item.room_id, trio_room(search)
    known = (await room.load(transaction)).get(place)
    if words is not None:
        outgoing.say(place, words, conversation=key)
    outgoing.leave(place, conversation=key)
    return known is not None and known.joined_count >= _ALL
