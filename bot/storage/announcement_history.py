"""Announcement history: who did what to an announcement, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, Text, insert, select

from bot.ids import UserId
from bot.storage.personal import FACT, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

announcement_history = Table(
    "announcement_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("announcement_id", Integer, nullable=False, info=FACT),
    Column("user_id", Text, nullable=False, info=PERSON),
    Column("act", Text, nullable=False, info=FACT),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.ANIMATE, Erasure.DELETED, Limit("at", days=365)),
)
Index("ix_announcement_history_announcement_id", announcement_history.c.announcement_id)


@dataclass(frozen=True, slots=True)
class Deed:
    """``user_id`` did ``act`` (a word of the service) at ``at``."""

    user_id: UserId
    act: str
    at: datetime


async def add(transaction: Transaction, number: int, deed: Deed) -> None:
    """Note what somebody did to ``A<number>``."""
    row = {"announcement_id": number, "user_id": deed.user_id, "act": deed.act, "at": deed.at}
    await transaction.execute(insert(announcement_history).values(row))


async def latest(reader: Reader, number: int, limit: int) -> list[Deed]:
    """Return what was done to ``A<number>`` last, newest first."""
    table = announcement_history
    statement = (
        select(table.c.user_id, table.c.act, table.c.at)
        .where(table.c.announcement_id == number)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [Deed(UserId(row.user_id), row.act, row.at) for row in await reader.execute(statement)]
