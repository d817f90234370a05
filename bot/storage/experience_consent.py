"""Experience consent: whose message somebody would like to keep, until the author says yes.

No word of the message is here: it is read from the room when the author agrees.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, Text, delete, insert, select

from bot.ids import EventId, RoomId, UserId
from bot.storage.personal import FACT, NOBODY, PERSON, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

experience_consent = Table(
    "experience_consent",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    Column("author", Text, nullable=False, info=PERSON),
    Column("asked_by", Text, nullable=False, info=PERSON),
    Column("asked_at", UtcDateTime, nullable=False, info=FACT),
    Column("experience_id", Integer, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.MEMORY, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_experience_consent_author", experience_consent.c.author)


@dataclass(frozen=True, slots=True)
class Consent:
    """``author`` was asked whether the message ``source_event_id`` may be kept.

    With an ``experience_id`` only its file is meant, which is to join that experience.
    """

    room_id: RoomId
    source_event_id: EventId
    author: UserId
    asked_by: UserId
    asked_at: datetime
    experience_id: int | None = None
    id: int = 0


_NAMES = [field.name for field in fields(Consent)]
_COLUMNS = [experience_consent.c[name] for name in _NAMES]


async def create(transaction: Transaction, item: Consent) -> int:
    """Keep that ``item`` was asked for; return its id."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(experience_consent).values(row).returning(experience_consent.c.id)
    return int((await transaction.execute(statement)).scalar_one())


async def get(reader: Reader, number: int) -> Consent | None:
    """Return what was asked for under ``number``, as long as it is open."""
    statement = select(*_COLUMNS).where(experience_consent.c.id == number)
    row = (await reader.execute(statement)).first()
    return Consent(**row._mapping) if row else None  # noqa: SLF001  documented API


async def of_source(reader: Reader, source: EventId) -> Consent | None:
    """Return what was asked about the message ``source``, as long as it is open."""
    statement = select(*_COLUMNS).where(experience_consent.c.source_event_id == source)
    row = (await reader.execute(statement)).first()
    return Consent(**row._mapping) if row else None  # noqa: SLF001  documented API


async def drop(transaction: Transaction, number: int) -> bool:
    """Forget what was asked for; return whether it was open."""
    statement = delete(experience_consent).where(experience_consent.c.id == number)
    return (await transaction.execute(statement)).rowcount > 0


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Forget what was asked in ``old``: its messages are not in ``new``, which replaces it."""
    del new
    await transaction.execute(delete(experience_consent).where(experience_consent.c.room_id == old))
