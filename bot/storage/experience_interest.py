"""Experience interest: who said that an experience could work at their place."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Table, Text, delete, func, select

from bot.ids import UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

experience_interest = Table(
    "experience_interest",
    metadata,
    Column(
        "experience_id",
        ForeignKey("experience.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.MEMORY, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_experience_interest_user_id", experience_interest.c.user_id)
Index("ix_experience_interest_at", experience_interest.c.at)


async def add(transaction: Transaction, number: int, user: UserId, at: datetime) -> bool:
    """Note that ``user`` is interested in ``E<number>``; return whether that is news."""
    statement = insert_new(transaction, experience_interest, "experience_id", "user_id")
    row = {"experience_id": number, "user_id": user, "at": at}
    return (await transaction.execute(statement, row)).rowcount > 0


async def remove(transaction: Transaction, number: int, user: UserId) -> bool:
    """Take the interest of ``user`` back; return whether there was any."""
    table = experience_interest
    statement = delete(table).where(table.c.experience_id == number, table.c.user_id == user)
    return (await transaction.execute(statement)).rowcount > 0


async def counts(reader: Reader, numbers: Sequence[int]) -> dict[int, int]:
    """Return how many are interested in each of ``numbers``; those without any are left out."""
    table = experience_interest
    statement = (
        select(table.c.experience_id, func.count().label("n"))
        .where(table.c.experience_id.in_(numbers))
        .group_by(table.c.experience_id)
    )
    return {int(row.experience_id): int(row.n) for row in await reader.execute(statement)}


async def forget(transaction: Transaction, user: UserId) -> None:
    """Delete everything that ``user`` was interested in."""
    await transaction.execute(
        delete(experience_interest).where(experience_interest.c.user_id == user)
    )
