"""Reminder subscriber: who else wants to be told when somebody's reminder is said."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, delete, select

from bot.ids import UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

reminder_subscriber = Table(
    "reminder_subscriber",
    metadata,
    Column(
        "reminder_id",
        Integer,
        ForeignKey("reminder.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("user_id", Text, primary_key=True, info=PERSON),
    info=personal(Purpose.REMIND, Erasure.DELETED, until=Until.REMOVED),
)


async def add(transaction: Transaction, number: int, user: UserId) -> None:
    """Let ``user`` be told as well when ``R<number>`` is said."""
    statement = insert_new(transaction, reminder_subscriber, "reminder_id", "user_id")
    await transaction.execute(statement, {"reminder_id": number, "user_id": user})


async def remove(transaction: Transaction, number: int, user: UserId) -> None:
    """Tell ``user`` no more."""
    table = reminder_subscriber
    await transaction.execute(
        delete(table).where(table.c.reminder_id == number, table.c.user_id == user)
    )


async def of_reminder(reader: Reader, number: int) -> list[UserId]:
    """Return who is told besides the owner, in the order of their ids."""
    table = reminder_subscriber
    statement = (
        select(table.c.user_id).where(table.c.reminder_id == number).order_by(table.c.user_id)
    )
    return [UserId(row.user_id) for row in await reader.execute(statement)]
