"""Occurrence: the dates of a series that differ from its rule (RFC 5545, RECURRENCE-ID, EXDATE)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, Table, delete, select

from bot.storage.insert import upsert
from bot.storage.personal import FACT, Belongs, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

occurrence = Table(
    "occurrence",
    metadata,
    Column(
        "meeting_id",
        Integer,
        ForeignKey("meeting.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("recurrence_id", UtcDateTime, primary_key=True, info=FACT),
    Column("starts_at", UtcDateTime, nullable=True, info=FACT),
    Column("duration_minutes", Integer, nullable=True, info=FACT),
    info=personal(
        Purpose.GATHER,
        Erasure.CHOSEN,
        until=Until.REMOVED,
        belongs=Belongs("meeting_id", "meeting"),
    ),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One date of a series that was moved, or cancelled where ``starts_at`` is None.

    ``recurrence_id`` is the start that the rule gives it. ``duration_minutes`` is None where it is
    that of the series. All times are aware UTC.
    """

    meeting_id: int
    recurrence_id: datetime
    starts_at: datetime | None = None
    duration_minutes: int | None = None


_COLUMNS = [occurrence.c[name] for name in Change.__slots__]


async def put(transaction: Transaction, item: Change) -> None:
    """Note that a date is another one, or none."""
    unique = ("meeting_id", "recurrence_id")
    statement = upsert(transaction, occurrence, unique, "starts_at", "duration_minutes")
    row = {name: getattr(item, name) for name in Change.__slots__}
    await transaction.execute(statement, row)


async def of_meeting(reader: Reader, number: int) -> list[Change]:
    """Return the dates of ``C<number>`` that differ from its rule, in order."""
    return (await of_meetings(reader, [number])).get(number, [])


async def of_meetings(reader: Reader, numbers: Iterable[int]) -> dict[int, list[Change]]:
    """Return the dates that differ from their rules, by meeting, in order."""
    statement = (
        select(*_COLUMNS)
        .where(occurrence.c.meeting_id.in_(list(numbers)))
        .order_by(occurrence.c.meeting_id, occurrence.c.recurrence_id)
    )
    found: dict[int, list[Change]] = {}
    for row in await reader.execute(statement):
        change = Change(**row._mapping)  # noqa: SLF001  documented API
        found.setdefault(change.meeting_id, []).append(change)
    return found


async def is_cancelled(reader: Reader, number: int, recurrence_id: datetime) -> bool:
    """Return whether that date of ``C<number>`` was called off."""
    statement = select(occurrence.c.meeting_id).where(
        occurrence.c.meeting_id == number,
        occurrence.c.recurrence_id == recurrence_id,
        occurrence.c.starts_at.is_(None),
    )
    return (await reader.execute(statement)).first() is not None


async def clear(transaction: Transaction, number: int, kept: Sequence[datetime] = ()) -> None:
    """Forget how dates of ``C<number>`` differ, but for those ``kept`` (their recurrence ids)."""
    conditions = [occurrence.c.meeting_id == number]
    if kept:
        conditions.append(occurrence.c.recurrence_id.not_in(list(kept)))
    await transaction.execute(delete(occurrence).where(*conditions))
