"""Experience version: what an experience said before somebody changed it, to go back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, delete, insert, select

from bot.ids import UserId
from bot.storage.experience_told import FIELDS, Experience
from bot.storage.personal import (
    FACT,
    NOBODY,
    PERSON,
    WORDS,
    Belongs,
    Erasure,
    Purpose,
    Until,
    personal,
)
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

KEPT = 20
"""Versions of one experience; nobody goes back further."""

KEPT_FIELDS = (*FIELDS, "given_tags")
"""What a version holds of an experience."""

experience_version = Table(
    "experience_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column(
        "experience_id", ForeignKey("experience.id", ondelete="CASCADE"), nullable=False, info=FACT
    ),
    Column("before", Json, nullable=False, info=WORDS),
    Column("changed_by", Text, nullable=False, info=PERSON),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(
        Purpose.MEMORY,
        Erasure.DELETED,
        until=Until.REMOVED,
        belongs=Belongs("experience_id", "experience"),
    ),
)
Index("ix_experience_version", experience_version.c.experience_id, experience_version.c.id)


@dataclass(frozen=True, slots=True)
class Version:
    """What the fields were ``before`` the change that ``changed_by`` made."""

    id: int
    before: Mapping[str, str | None]
    changed_by: UserId
    changed_at: datetime


async def keep(transaction: Transaction, item: Experience, by: UserId, at: datetime) -> None:
    """Keep what ``item`` says now, before ``by`` changes it; the oldest beyond `KEPT` go."""
    table = experience_version
    before = {name: getattr(item, name) for name in KEPT_FIELDS}
    row = {"experience_id": item.id, "before": before, "changed_by": by, "changed_at": at}
    await transaction.execute(insert(table), row)
    newest = (
        select(table.c.id)
        .where(table.c.experience_id == item.id)
        .order_by(table.c.id.desc())
        .limit(KEPT)
    )
    await transaction.execute(
        delete(table).where(table.c.experience_id == item.id, table.c.id.not_in(newest))
    )


async def latest(reader: Reader, number: int) -> Version | None:
    """Return what was there before the last change of ``E<number>``, if it is kept."""
    table = experience_version
    columns = (table.c.id, table.c.before, table.c.changed_by, table.c.changed_at)
    statement = (
        select(*columns).where(table.c.experience_id == number).order_by(table.c.id.desc()).limit(1)
    )
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    before = cast("dict[str, str | None]", row.before)
    return Version(int(row.id), before, UserId(row.changed_by), row.changed_at)


async def drop(transaction: Transaction, version: int) -> None:
    """Delete a version that was gone back to."""
    await transaction.execute(delete(experience_version).where(experience_version.c.id == version))
