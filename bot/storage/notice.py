"""Notice: who was told how the bot deals with their data, in which version and when."""

from datetime import datetime

from sqlalchemy import Column, Integer, Table, Text, select

from bot.ids import UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

notice = Table(
    "notice",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("version", Integer, primary_key=True, info=FACT),
    Column("told_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.INFORM, Erasure.DELETED, until=Until.REMOVED),
)


async def record(transaction: Transaction, user: UserId, version: int, at: datetime) -> None:
    """Note that ``user`` was told this version; the first time stays."""
    row = {"user_id": user, "version": version, "told_at": at}
    await transaction.execute(insert_new(transaction, notice, "user_id", "version"), row)


async def told_at(reader: Reader, user: UserId, version: int) -> datetime | None:
    """Return when ``user`` was told this version, or None."""
    statement = select(notice.c.told_at).where(
        notice.c.user_id == user, notice.c.version == version
    )
    return (await reader.execute(statement)).scalar()
