"""Erasure: who asked to be forgotten, as pseudonyms, so that a restored backup forgets them too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Table, Text, select

from bot.storage.insert import insert_new
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

erasure = Table(
    "erasure",
    metadata,
    Column("pseudonym", Text, primary_key=True, info=NOBODY),
    Column("erased_at", UtcDateTime, primary_key=True, info=NOBODY),
    Column("keeps_words", Boolean, nullable=False, info=NOBODY),
    info=personal(Purpose.PROTECT, Erasure.NONE, until=Until.ALWAYS),
)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Somebody was forgotten at ``erased_at``; nobody without the bot's key can tell who.

    With ``keeps_words`` what they contributed stayed, without their name.
    """

    pseudonym: str
    erased_at: datetime
    keeps_words: bool


async def note(transaction: Transaction, item: Tombstone) -> None:
    """Remember an erasure; noted twice, it is kept once."""
    row = {name: getattr(item, name) for name in Tombstone.__slots__}
    await transaction.execute(insert_new(transaction, erasure, "pseudonym", "erased_at"), row)


async def all_of(reader: Reader) -> frozenset[Tombstone]:
    """Return every erasure that this database knows of."""
    result = await reader.execute(select(*(erasure.c[name] for name in Tombstone.__slots__)))
    return frozenset(Tombstone(**row._mapping) for row in result)  # noqa: SLF001  documented API
