"""Meeting co-organiser: who may change a meeting besides its organiser."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, delete, select

from bot.ids import UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

meeting_coorganiser = Table(
    "meeting_coorganiser",
    metadata,
    Column(
        "meeting_id",
        Integer,
        ForeignKey("meeting.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("user_id", Text, primary_key=True, info=PERSON),
    info=personal(Purpose.GATHER, Erasure.DELETED, until=Until.REMOVED),
)


async def of_meeting(reader: Reader, number: int) -> list[UserId]:
    """Return who else may change the meeting, in the order of their ids."""
    statement = (
        select(meeting_coorganiser.c.user_id)
        .where(meeting_coorganiser.c.meeting_id == number)
        .order_by(meeting_coorganiser.c.user_id)
    )
    return [UserId(row.user_id) for row in await reader.execute(statement)]


async def replace(transaction: Transaction, number: int, users: Sequence[UserId]) -> None:
    """Let ``users``, and nobody else but the organiser, change the meeting."""
    await transaction.execute(
        delete(meeting_coorganiser).where(meeting_coorganiser.c.meeting_id == number)
    )
    statement = insert_new(transaction, meeting_coorganiser, "meeting_id", "user_id")
    rows = [{"meeting_id": number, "user_id": user} for user in users]
    if rows:
        await transaction.execute(statement, rows)
