"""Experience version: what an experience said before somebody changed it, to go back to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

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

_PORTION = 500

KEPT_FIELDS = (*FIELDS, "given_tags")
"""What a version may hold of an experience."""

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
    """What the fields that ``changed_by`` changed were ``before``."""

    id: int
    before: Mapping[str, str | None]
    changed_by: UserId
    changed_at: datetime


async def keep(
    transaction: Transaction, item: Experience, changed: Experience, by: UserId, at: datetime
) -> None:
    """Keep what ``item`` says where ``by`` makes it ``changed``; the oldest beyond `KEPT` go."""
    table = experience_version
    before = {
        name: getattr(item, name)
        for name in KEPT_FIELDS
        if getattr(item, name) != getattr(changed, name)
    }
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


async def forget(transaction: Transaction, number: int, names: Collection[str]) -> None:
    """Let no version of ``E<number>`` hold the fields ``names`` any more: they were told anew."""
    table = experience_version
    statement = select(table.c.id, table.c.before).where(table.c.experience_id == number)
    for row in (await transaction.execute(statement)).all():
        before = cast("dict[str, str | None]", row.before)
        left = {name: value for name, value in before.items() if name not in names}
        if not left:
            await drop(transaction, int(row.id))
        elif left != before:
            change = update(table).where(table.c.id == row.id).values(before=left)
            await transaction.execute(change)


async def changed(reader: Reader, numbers: Sequence[int]) -> frozenset[int]:
    """Return those of ``numbers`` that somebody changed here, and could go back from."""
    table = experience_version
    found: set[int] = set()
    for start in range(0, len(numbers), _PORTION):
        few = numbers[start : start + _PORTION]
        statement = select(table.c.experience_id).where(table.c.experience_id.in_(few)).distinct()
        found |= {int(row[0]) for row in await reader.execute(statement)}
    return frozenset(found)
