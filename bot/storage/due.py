"""Due: what the clock will ask for, and when; the database is the source of truth for time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from bot.storage.insert import insert_new, upsert
from bot.storage.personal import FACT, NOBODY, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Still to come, fired, or dropped because it was past its usefulness."""

    PENDING = "pending"
    FIRED = "fired"
    DROPPED = "dropped"


due = Table(
    "due",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("kind", Text, nullable=False, info=NOBODY),
    Column("reference", Text, nullable=False, info=FACT),
    Column("occurrence", Text, nullable=False, info=FACT),
    Column("due_at", UtcDateTime, nullable=False, info=FACT),
    Column("state", Text, nullable=False, info=NOBODY),
    Column("fired_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.REMIND, Erasure.DELETED, Limit("fired_at", setting="outbox_days")),
)
Index("uq_due_cause", due.c.kind, due.c.reference, due.c.occurrence, unique=True)
Index(
    "ix_due_pending",
    due.c.due_at,
    sqlite_where=due.c.state == "pending",
    postgresql_where=due.c.state == "pending",
)


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence that falls due at ``due_at`` (aware UTC).

    ``kind`` names the job's handler, ``reference`` the thing it is about; ``occurrence`` tells
    several of one thing apart. The three are unique together: asked twice, it fires once.
    """

    kind: str
    reference: str
    occurrence: str
    due_at: datetime


_COLUMNS = [due.c[name] for name in Due.__slots__]


async def plan(transaction: Transaction, item: Due) -> None:
    """Plan ``item``, or move it to its new time if it is planned already and has not fired."""
    unique = ("kind", "reference", "occurrence")
    is_pending = due.c.state == State.PENDING
    statement = upsert(transaction, due, unique, "due_at", where=is_pending)
    row = {name: getattr(item, name) for name in Due.__slots__}
    await transaction.execute(statement, {**row, "state": State.PENDING})
    transaction.announce(item)


async def plan_once(transaction: Transaction, item: Due) -> None:
    """Plan ``item`` unless it is planned already, at whatever time, or has fired."""
    statement = insert_new(transaction, due, "kind", "reference", "occurrence")
    row = {name: getattr(item, name) for name in Due.__slots__}
    await transaction.execute(statement, {**row, "state": State.PENDING})
    transaction.announce(item)


async def fired_since(reader: Reader, kind: str, reference: str, since: datetime) -> int:
    """Return how many occurrences of a thing fired after ``since``."""
    statement = select(func.count()).where(
        due.c.kind == kind,
        due.c.reference == reference,
        due.c.state == State.FIRED,
        due.c.fired_at > since,
    )
    return int((await reader.execute(statement)).scalar_one())


async def is_pending(reader: Reader, kind: str, reference: str) -> bool:
    """Return whether an occurrence of a thing is still to come."""
    statement = (
        select(due.c.id)
        .where(due.c.kind == kind, due.c.reference == reference, due.c.state == State.PENDING)
        .limit(1)
    )
    return (await reader.execute(statement)).first() is not None


async def is_any_pending(
    reader: Reader, kind: str, reference: str, occurrences: Sequence[str]
) -> bool:
    """Return whether one of ``occurrences`` of a thing is still to come."""
    if not occurrences:
        return False
    statement = (
        select(due.c.id)
        .where(
            due.c.kind == kind,
            due.c.reference == reference,
            due.c.occurrence.in_(list(occurrences)),
            due.c.state == State.PENDING,
        )
        .limit(1)
    )
    return (await reader.execute(statement)).first() is not None


async def cancel(transaction: Transaction, kind: str, reference: str) -> int:
    """Forget all pending occurrences of a thing; return how many there were."""
    statement = delete(due).where(
        due.c.kind == kind, due.c.reference == reference, due.c.state == State.PENDING
    )
    return (await transaction.execute(statement)).rowcount


async def pending(reader: Reader, kind: str, reference: str) -> int:
    """Return how many occurrences of a thing are still to come."""
    statement = select(func.count()).where(
        due.c.kind == kind, due.c.reference == reference, due.c.state == State.PENDING
    )
    return int((await reader.execute(statement)).scalar_one())


async def pending_of(reader: Reader, kind: str, reference: str) -> list[Due]:
    """Return what is planned of a thing and has not fired, in order."""
    statement = (
        select(*_COLUMNS)
        .where(due.c.kind == kind, due.c.reference == reference, due.c.state == State.PENDING)
        .order_by(due.c.due_at, due.c.id)
    )
    return [Due(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def pending_of_kind(reader: Reader, kind: str) -> list[Due]:
    """Return what is planned of a kind and has not fired, whatever it is about."""
    is_meant = (due.c.kind == kind) & (due.c.state == State.PENDING)
    result = await reader.execute(select(*_COLUMNS).where(is_meant).order_by(due.c.due_at))
    return [Due(**row._mapping) for row in result]  # noqa: SLF001  documented API


async def cancel_one(transaction: Transaction, item: Due) -> None:
    """Forget one pending occurrence."""
    await transaction.execute(delete(due).where(*_is(item), due.c.state == State.PENDING))


async def ripe(reader: Reader, now: datetime, limit: int) -> list[Due]:
    """Return up to ``limit`` occurrences that are due at ``now`` and have not fired, in order."""
    statement = (
        select(*_COLUMNS)
        .where(due.c.state == State.PENDING, due.c.due_at <= now)
        .order_by(due.c.due_at, due.c.id)
        .limit(limit)
    )
    return [Due(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def claim(transaction: Transaction, item: Due, now: datetime) -> bool:
    """Mark ``item`` as fired; return False if it is no longer to fire at that time."""
    statement = (
        update(due)
        .where(*_is(item), due.c.state == State.PENDING, due.c.due_at == item.due_at)
        .values(state=State.FIRED, fired_at=now)
    )
    return (await transaction.execute(statement)).rowcount == 1


async def drop(transaction: Transaction, item: Due, now: datetime) -> None:
    """Count an occurrence as dropped: it came too late to be of use, or it cannot be fired."""
    await transaction.execute(
        update(due).where(*_is(item)).values(state=State.DROPPED, fired_at=now)
    )


async def put_off(transaction: Transaction, item: Due, until: datetime) -> None:
    """Let a pending occurrence fall due later."""
    await transaction.execute(
        update(due).where(*_is(item), due.c.state == State.PENDING).values(due_at=until)
    )


async def postpone(transaction: Transaction, item: Due, until: datetime) -> None:
    """Let an occurrence that is firing in this very transaction fall due later instead.

    Nothing may have been said of it yet: what is said then has the same cause.
    """
    await transaction.execute(
        update(due).where(*_is(item)).values(state=State.PENDING, due_at=until, fired_at=None)
    )
    transaction.announce(replace(item, due_at=until))


def _is(item: Due) -> tuple[ColumnElement[bool], ...]:
    return (
        due.c.kind == item.kind,
        due.c.reference == item.reference,
        due.c.occurrence == item.occurrence,
    )


async def next_at(reader: Reader) -> datetime | None:
    """Return when the next occurrence falls due, if any is planned."""
    statement = select(func.min(due.c.due_at)).where(due.c.state == State.PENDING)
    return (await reader.execute(statement)).scalar()


async def remove(transaction: Transaction, item: Due) -> None:
    """Delete an occurrence, whatever its state."""
    await transaction.execute(delete(due).where(*_is(item)))
