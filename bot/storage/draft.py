"""Draft: what somebody began to tell in a guided form and has not published yet."""

from datetime import datetime

from sqlalchemy import Column, Table, Text, delete, select

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

draft = Table(
    "draft",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("noun", Text, primary_key=True, info=FACT),
    Column("content", Text, nullable=False, info=WORDS),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.MEMORY, Erasure.DELETED, Limit("changed_at", days=180)),
)


async def get(reader: Reader, user: UserId, noun: str) -> str | None:
    """Return the draft of ``user`` for the form of ``noun``, as it was saved."""
    statement = select(draft.c.content).where(draft.c.user_id == user, draft.c.noun == noun)
    found = (await reader.execute(statement)).scalar()
    return str(found) if found is not None else None


async def save(
    transaction: Transaction, user: UserId, noun: str, content: str, now: datetime
) -> None:
    """Keep a draft, over what was kept before."""
    statement = upsert(transaction, draft, ("user_id", "noun"), "content", "changed_at")
    row = {"user_id": user, "noun": noun, "content": content, "changed_at": now}
    await transaction.execute(statement, row)


async def discard(transaction: Transaction, user: UserId, noun: str) -> bool:
    """Delete a draft; return whether there was one."""
    statement = delete(draft).where(draft.c.user_id == user, draft.c.noun == noun)
    return (await transaction.execute(statement)).rowcount > 0
