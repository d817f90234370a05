"""Direct: with whom the bot may speak alone, and where."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.ids import Oid, RoomAlias, RoomId, UserId, direct_room
from bot.services.outgoing import Outgoing
from bot.storage import direct_room as store
from bot.storage import outbox, room
from bot.storage.direct_room import DirectRoom, State
from bot.storage.outbox import Parcel
from bot.storage.room import Room
from bot.storage.transaction import Reader, Transaction

FirstContact = Callable[[Transaction, Outgoing, UserId], Awaitable[None]]
"""Says what everybody must be told the first time; with ``Outgoing.tell``, in the transaction that
opens the direct room."""


async def nothing_to_say(transaction: Transaction, outgoing: Outgoing, user: UserId) -> None:
    """Say nothing the first time."""
    del transaction, outgoing, user


class UnreachableError(Exception):
    """Somebody cannot be told alone: they left, or cannot be invited."""


async def bind(transaction: Transaction, parcel: Parcel, user: UserId) -> RoomId | None:
    """Return the room that ``parcel`` for ``user`` goes to, from now on; None if there is none yet.

    What relates to an earlier message follows that one. Raises UnreachableError where there will
    be none.
    """
    bound = await store.room_of(transaction, f"oid:{parcel.oid}")
    if bound is not None and bound != parcel.room_id:
        return bound
    if parcel.target is not None:
        found = await store.room_of(transaction, parcel.target)
        if found is not None and found != direct_room(user):
            await store.bind(transaction, parcel.oid, found)
            return found
        if parcel.target.startswith("oid:"):
            raise UnreachableError("what it relates to was never sent")
    item = await store.get(transaction, user)
    if item is None or item.state is State.PLANNED:
        return None
    if item.state is not State.OPEN or item.room_id is None:
        raise UnreachableError(item.state)
    await store.bind(transaction, parcel.oid, item.room_id)
    return item.room_id


async def plan(
    transaction: Transaction,
    user: UserId,
    alias_of: Callable[[UserId, int], RoomAlias],
    now: datetime,
    *,
    after: int = 0,
) -> DirectRoom | None:
    """Return the room that is to be made for ``user``; None if none is wanted any more.

    ``after`` is the generation that turned out to be of no use, 0 where none was tried.
    """
    item = await store.get(transaction, user)
    if item is not None and item.state is not State.PLANNED:
        return None
    if item is not None and item.generation > after and item.alias is not None:
        return item
    generation = max(after, item.generation if item else 0) + 1
    planned = DirectRoom(user, generation, State.PLANNED, now, alias_of(user, generation))
    await store.save(transaction, planned)
    return planned


async def settle(
    transaction: Transaction,
    planned: DirectRoom,
    state: State,
    room_id: RoomId | None,
    now: datetime,
) -> bool:
    """Note what became of a planned room; return False if another one took its place meanwhile."""
    item = await store.get(transaction, planned.user_id)
    if item != planned:
        return False
    await store.save(transaction, replace(item, state=state, room_id=room_id, changed_at=now))
    return True


async def keep_sealed(
    transaction: Transaction,
    room_id: RoomId,
    now: datetime,
    *,
    is_encrypted: bool,
    is_trio: bool = False,
) -> Room:
    """Note a room that the bot has just made, so that nothing goes there unsealed; return it."""
    made = Room(room_id, is_encrypted=is_encrypted, joined_count=1, joined_at=now, is_trio=is_trio)
    await room.save(transaction, [made])
    return made


async def adopt(transaction: Transaction, user: UserId, room_id: RoomId, now: datetime) -> None:
    """Speak with ``user`` in the room that they opened, from now on."""
    item = await store.get(transaction, user)
    if item is not None and (item.state, item.room_id) == (State.OPEN, room_id):
        return
    generation = item.generation if item else 0
    await store.save(transaction, DirectRoom(user, generation, State.OPEN, now, room_id=room_id))


async def heard(transaction: Transaction, user: UserId, room_id: RoomId, now: datetime) -> bool:
    """Note that ``user`` writes where they are alone with the bot: that is where to answer.

    An open direct room of theirs stays the one; return whether there was none.
    """
    item = await store.get(transaction, user)
    if item is not None and item.state is State.OPEN:
        return False
    await adopt(transaction, user, room_id, now)
    return True


async def part(transaction: Transaction, user: UserId, room_id: RoomId, now: datetime) -> bool:
    """Note that ``user`` left or declined; return whether it was their direct room."""
    item = await store.get(transaction, user)
    if item is None or (item.state, item.room_id) != (State.OPEN, room_id):
        return False
    await store.save(transaction, replace(item, state=State.LEFT, changed_at=now))
    return True


async def ask_again(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Let a new direct room be opened for somebody who left theirs, and asks for one now."""
    item = await store.get(transaction, user)
    if item is not None and item.state in (State.LEFT, State.REFUSED):
        again = replace(item, state=State.PLANNED, alias=None, room_id=None, changed_at=now)
        await store.save(transaction, again)


async def is_reachable(reader: Reader, user: UserId) -> bool:
    """Return whether ``user`` can be told alone, as far as is known."""
    item = await store.get(reader, user)
    return item is None or item.state in (State.PLANNED, State.OPEN)


async def miss(transaction: Transaction, parcel: Parcel, reason: str, now: datetime) -> bool:
    """Give up telling ``parcel`` alone, and say its fallback instead; False if that happened."""
    if not await store.mark_missed(transaction, parcel.oid, reason, now):
        return False
    instead = parcel.fallback
    content = instead.get("content") if instead else None
    if instead and isinstance(content, dict):
        place = RoomId(str(instead["room_id"]))
        oid = Oid(str(instead["oid"]))
        outbox.enqueue(transaction, Parcel(oid, place, place, "m.room.message", content, now))
    return True
