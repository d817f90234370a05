"""Departure: what was there to be done in rooms that the bot has left is forgotten."""

from datetime import datetime

from bot.ids import RoomId
from bot.storage import (
    direct_room,
    feed,
    newcomer,
    onboarding_line,
    question,
    reaction,
    room,
    trio,
)
from bot.storage.transaction import Transaction


async def leave(transaction: Transaction, rooms: list[RoomId], now: datetime) -> None:
    """Forget what was there to be done in ``rooms``, which the bot has left."""
    await room.forget(transaction, rooms)
    await direct_room.mark_left(transaction, rooms, now)
    await trio.mark_closed(transaction, rooms, now)
    await newcomer.forget_rooms(transaction, rooms)
    await question.forget_rooms(transaction, rooms)
    await reaction.forget_rooms(transaction, rooms)
    await onboarding_line.forget(transaction, rooms)
    await feed.forget_rooms(transaction, rooms)
