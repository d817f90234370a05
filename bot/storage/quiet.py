"""Quiet: how often the bot has spoken unasked in a room on a day."""

from datetime import date

from sqlalchemy import Column, Integer, Table, Text, select

from bot.ids import RoomId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PLACE, Erasure, Limit, Purpose, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

quiet = Table(
    "quiet",
    metadata,
    Column("room_id", Text, primary_key=True, info=PLACE),
    Column("day", Text, primary_key=True, info=FACT),
    Column("spoken", Integer, nullable=False, info=FACT),
    info=personal(Purpose.SPEAK, Erasure.DELETED, Limit("day", days=7)),
)


async def spoken(reader: Reader, room: RoomId, day: date) -> int:
    """Return how often the bot spoke unasked in ``room`` on ``day`` of the room's zone."""
    statement = select(quiet.c.spoken).where(
        quiet.c.room_id == room, quiet.c.day == day.isoformat()
    )
    return (await reader.execute(statement)).scalar() or 0


async def count(transaction: Transaction, room: RoomId, day: date) -> int:
    """Count that the bot speaks unasked in ``room``; return how often it has, this time included.

    Units of one group commit run one after the other, so two of them never read the same number.
    """
    number = await spoken(transaction, room, day) + 1
    statement = upsert(transaction, quiet, ("room_id", "day"), "spoken")
    row = {"room_id": room, "day": day.isoformat(), "spoken": number}
    await transaction.execute(statement, row)
    return number
