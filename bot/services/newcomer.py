"""Newcomer: who counts as new in a room, and when they are greeted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.ids import RoomId, UserId
from bot.services import setting
from bot.storage import due
from bot.storage import newcomer as store
from bot.storage.due import Due
from bot.storage.newcomer import REMEMBERED_DAYS, Newcomer, State
from bot.storage.transaction import Transaction

KIND = "newcomer_greeting"
"""Kind of what falls due when a room is to hear of its newcomers; the reference is the room."""

PSEUDONYM = "newcomer"
"""What a newcomer's pseudonym is made for; it is made of the room and of their id."""

TOO_LATE = timedelta(days=1)
"""Who came longer ago than this while the bot was down is not greeted any more."""

REMEMBERED = timedelta(days=REMEMBERED_DAYS)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came into a room, or went; ``person`` is the pseudonym they are remembered by."""

    room_id: RoomId
    user_id: UserId
    person: str
    at: datetime


async def come(
    transaction: Transaction, arrival: Arrival, now: datetime, batch: timedelta, *, is_new: bool
) -> None:
    """Have somebody greeted with the others who come within ``batch``, if they are new.

    They are not with ``is_new`` False, within 90 days of having been seen there, when they came
    more than a day ago, or where no greeting is wanted: then only the pseudonym is kept.
    """
    room = arrival.room_id
    known = await store.get(transaction, room, arrival.person)
    if known is not None and now - known.seen_at < REMEMBERED and known.state is not State.GONE:
        if known.state is not State.WAITING:
            seen = replace(known, state=State.GREETED, seen_at=now, user_id=None)
            await store.save(transaction, seen)
        return
    is_late = now - arrival.at > TOO_LATE
    if not is_new or is_late or not await setting.greets(transaction, room):
        seen = Newcomer(room, arrival.person, State.GREETED, now)
        await store.save(transaction, seen)
        return
    item = Newcomer(room, arrival.person, State.WAITING, now, now, arrival.user_id)
    await store.save(transaction, item)
    if not await due.is_pending(transaction, KIND, room):
        await due.plan_once(transaction, Due(KIND, room, now.isoformat(), now + batch))


async def go(transaction: Transaction, arrival: Arrival, now: datetime) -> None:
    """Note that somebody went: they need not be greeted any more, nor when they come back soon."""
    known = await store.get(transaction, arrival.room_id, arrival.person)
    is_waiting = known is not None and known.state in (State.WAITING, State.GONE)
    state = State.GONE if is_waiting else State.LEFT
    await store.save(transaction, Newcomer(arrival.room_id, arrival.person, state, now))
