"""Visit: when somebody was last with the bot, and when before that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, Text, select

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

visit = Table(
    "visit",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    Column("before", UtcDateTime, nullable=True, info=FACT),
    info=personal(Purpose.INFORM, Erasure.DELETED, Limit("at", days=400)),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """``at`` is when the newest visit began, ``before`` when the one before it did, if any."""

    at: datetime
    before: datetime | None


async def get(reader: Reader, user: UserId) -> Visit | None:
    """Return when ``user`` was last there, if they ever were."""
    statement = select(visit.c.at, visit.c.before).where(visit.c.user_id == user)
    row = (await reader.execute(statement)).first()
    return None if row is None else Visit(row.at, row.before)


async def note(
    transaction: Transaction, user: UserId, now: datetime, sitting: timedelta
) -> datetime | None:
    """Note that ``user`` is there; return when they were before, if a new visit begins.

    What they do within a ``sitting`` is one visit.
    """
    known = await get(transaction, user)
    if known is not None and now - known.at < sitting:
        return None
    before = known.at if known is not None else None
    statement = upsert(transaction, visit, ("user_id",), "at", "before")
    await transaction.execute(statement, {"user_id": user, "at": now, "before": before})
    return before
