"""Consent: what a member agreed to and when, and which notice they were shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Integer, Table, Text, select

from bot.ids import UserId
from bot.storage.insert import insert_new, upsert
from bot.storage.personal import FACT, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

consent = Table(
    "consent",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("purpose", Text, primary_key=True, info=FACT),
    Column("version", Integer, nullable=False, info=FACT),
    Column("given_at", UtcDateTime, nullable=False, info=FACT),
    Column("withdrawn_at", UtcDateTime, nullable=True, info=FACT),
    info=personal(Purpose.PROTECT, Erasure.DELETED, until=Until.CHANGED),
)


@dataclass(frozen=True, slots=True)
class Consent:
    """``user_id`` agreed to ``purpose`` under ``version`` of the notice; None while that holds."""

    user_id: UserId
    purpose: str
    version: int
    given_at: datetime
    withdrawn_at: datetime | None = None


_COLUMNS = [consent.c[name] for name in Consent.__slots__]


async def of_user(reader: Reader, user: UserId) -> dict[str, Consent]:
    """Return what ``user`` agreed to or withdrew, by purpose."""
    statement = select(*_COLUMNS).where(consent.c.user_id == user)
    found = [Consent(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API
    return {item.purpose: item for item in found}


async def put(transaction: Transaction, item: Consent) -> None:
    """Write ``item`` over what was said of its purpose before."""
    names = ("version", "given_at", "withdrawn_at")
    statement = upsert(transaction, consent, ("user_id", "purpose"), *names)
    row = {name: getattr(item, name) for name in Consent.__slots__}
    await transaction.execute(statement, row)


async def put_new(transaction: Transaction, item: Consent) -> None:
    """Write ``item`` unless something was said of its purpose before, whatever it was."""
    row = {name: getattr(item, name) for name in Consent.__slots__}
    await transaction.execute(insert_new(transaction, consent, "user_id", "purpose"), row)


async def withdrawn(reader: Reader, purpose: str) -> frozenset[UserId]:
    """Return who withdrew from ``purpose``."""
    statement = select(consent.c.user_id).where(
        consent.c.purpose == purpose, consent.c.withdrawn_at.is_not(None)
    )
    return frozenset(UserId(str(row[0])) for row in await reader.execute(statement))


async def given(reader: Reader, purpose: str) -> frozenset[UserId]:
    """Return who agrees to ``purpose``."""
    statement = select(consent.c.user_id).where(
        consent.c.purpose == purpose, consent.c.withdrawn_at.is_(None)
    )
    return frozenset(UserId(str(row[0])) for row in await reader.execute(statement))
