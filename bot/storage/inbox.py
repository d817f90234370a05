"""Inbox: every event addressed to the bot, journalled before it is handled, once per event id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Integer, Table, Text, bindparam, func, select, update

from bot.ids import EventId, RoomId, UserId
from bot.storage.insert import insert_new
from bot.storage.personal import FACT, NOBODY, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Where an event stands: to be handled, handled, given up, or waiting for its room key."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"
    UNREADABLE = "unreadable"


class Outcome(StrEnum):
    """What became of a handled event; an edit of a command that failed is a new command."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    IGNORED = "ignored"
    BROKEN = "broken"


inbox = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("event_id", Text, nullable=False, unique=True, info=FACT),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("sender", Text, nullable=False, info=PERSON),
    Column("kind", Text, nullable=False, info=FACT),
    Column("payload", Json, nullable=True, info=WORDS),
    Column("session_id", Text, nullable=True, info=NOBODY),
    Column("received_at", UtcDateTime, nullable=False, info=FACT),
    Column("is_late", Integer, nullable=False, default=0, info=NOBODY),
    Column("state", Text, nullable=False, info=NOBODY),
    Column("outcome", Text, nullable=True, info=FACT),
    Column("command", Text, nullable=True, info=FACT),
    Column("answered_by", Text, nullable=True, info=FACT),
    Column("starts", Integer, nullable=False, info=NOBODY),
    Column("failures", Integer, nullable=False, info=NOBODY),
    Column("handled_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.ANSWER,
        Erasure.ANONYMISED,
        Limit("handled_at", setting="inbox_days"),
        Limit("received_at", setting="undecryptable_days", only=("state", State.UNREADABLE)),
    ),
)
Index(
    "ix_inbox_open",
    inbox.c.seq,
    sqlite_where=inbox.c.state.in_(("waiting", "unreadable")),
    postgresql_where=inbox.c.state.in_(("waiting", "unreadable")),
)
Index("ix_inbox_handled", inbox.c.handled_at)


@dataclass(frozen=True, slots=True)
class Entry:
    """One journalled event. ``payload`` is the raw event; None once it has been handled.

    ``starts`` counts how often a process began to handle it, ``failures`` how often that raised.
    ``is_late`` tells that it came while the bot was away. ``session_id`` is the room key that an
    unreadable event waits for.
    """

    event_id: EventId
    room_id: RoomId
    sender: UserId
    kind: str
    payload: object
    received_at: datetime
    state: State = State.WAITING
    session_id: str | None = None
    is_late: bool = False
    starts: int = 1
    failures: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of an event; ``answered_by`` is the edit that made it work, if one did."""

    sender: UserId
    room_id: RoomId
    kind: str
    state: State
    outcome: Outcome | None
    command: str | None
    answered_by: EventId | None


_done = (
    update(inbox)
    .where(inbox.c.event_id == bindparam("key"))
    .values(
        state=State.DONE,
        payload=None,
        session_id=None,
        outcome=bindparam("result"),
        command=bindparam("noun"),
        handled_at=bindparam("at"),
    )
)

_COLUMNS = [inbox.c[name] for name in Entry.__slots__]


async def record(transaction: Transaction, entries: Sequence[Entry]) -> list[Entry]:
    """Journal ``entries`` in their order; return those that were not known yet, with their seq."""
    if not entries:
        return []
    rows = [{name: getattr(e, name) for name in Entry.__slots__ if name != "seq"} for e in entries]
    unique = list({row["event_id"]: row for row in rows}.values())
    statement = insert_new(transaction, inbox, "event_id").returning(inbox.c.event_id, inbox.c.seq)
    result = await transaction.execute(statement, unique)
    seqs = {found.event_id: found.seq for found in result}
    return sorted(
        (
            _entry({**row, "seq": seqs[row["event_id"]]})
            for row in unique
            if row["event_id"] in seqs
        ),
        key=lambda entry: entry.seq,
    )


def mark_done(
    transaction: Transaction, event_id: EventId, outcome: Outcome, command: str | None, at: datetime
) -> None:
    """Mark an event as handled and blank its payload, with the commit of this transaction."""
    transaction.defer(_done, {"key": event_id, "result": outcome, "noun": command, "at": at})


async def mark_corrected(
    transaction: Transaction, event_id: EventId, edit: EventId, command: str
) -> None:
    """Note that ``edit`` made the command of ``event_id`` work, which had failed."""
    await transaction.execute(
        update(inbox)
        .where(inbox.c.event_id == event_id)
        .values(outcome=Outcome.ANSWERED, command=command, answered_by=edit)
    )


async def mark_failed(transaction: Transaction, event_id: EventId) -> int:
    """Count one exception of the handler; return how many there are now."""
    statement = (
        update(inbox)
        .where(inbox.c.event_id == event_id)
        .values(failures=inbox.c.failures + 1)
        .returning(inbox.c.failures)
    )
    return int((await transaction.execute(statement)).scalar_one())


async def mark_dead(
    transaction: Transaction, event_id: EventId, command: str | None, at: datetime
) -> None:
    """Give an event up as a dead letter; its payload stays for a person, until retention."""
    await transaction.execute(
        update(inbox)
        .where(inbox.c.event_id == event_id)
        .values(state=State.DEAD, outcome=Outcome.BROKEN, command=command, handled_at=at)
    )


async def mark_readable(
    transaction: Transaction, event_id: EventId, kind: str, payload: object
) -> None:
    """Put a decrypted event in its place among the waiting ones."""
    await transaction.execute(
        update(inbox)
        .where(inbox.c.event_id == event_id, inbox.c.state == State.UNREADABLE)
        .values(state=State.WAITING, kind=kind, payload=payload, session_id=None)
    )


async def start_again(transaction: Transaction) -> list[Entry]:
    """Count a new start for all that waits, and return it in order: what the last process left."""
    await transaction.execute(
        update(inbox).where(inbox.c.state == State.WAITING).values(starts=inbox.c.starts + 1)
    )
    return await waiting(transaction)


async def waiting(reader: Reader) -> list[Entry]:
    """Return what waits to be handled, in the order of its arrival."""
    return await _entries(reader, State.WAITING)


async def unreadable(reader: Reader) -> list[Entry]:
    """Return what waits for a room key, in the order of its arrival."""
    return await _entries(reader, State.UNREADABLE)


async def _entries(reader: Reader, state: State) -> list[Entry]:
    statement = select(*_COLUMNS).where(inbox.c.state == state).order_by(inbox.c.seq)
    return [_entry(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def trace(reader: Reader, event_id: EventId) -> Trace | None:
    """Return what is remembered of an event, or None if it never was addressed to the bot."""
    columns = [inbox.c[name] for name in Trace.__slots__]
    row = (await reader.execute(select(*columns).where(inbox.c.event_id == event_id))).first()
    if row is None:
        return None
    outcome = Outcome(row.outcome) if row.outcome else None
    return Trace(**{**row._mapping, "state": State(row.state), "outcome": outcome})  # noqa: SLF001  documented API


async def count_dead(reader: Reader) -> int:
    """Return how many events were given up, as far as they are kept."""
    statement = select(func.count()).where(inbox.c.state == State.DEAD)
    return int((await reader.execute(statement)).scalar_one())


async def is_waiting(reader: Reader, event_id: EventId) -> bool:
    """Return whether an event still is to be handled."""
    statement = select(inbox.c.state).where(inbox.c.event_id == event_id)
    return (await reader.execute(statement)).scalar() == State.WAITING


async def known(reader: Reader, event_ids: Sequence[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` were journalled."""
    if not event_ids:
        return frozenset()
    statement = select(inbox.c.event_id).where(inbox.c.event_id.in_(event_ids))
    return frozenset(EventId(str(row[0])) for row in await reader.execute(statement))


def _entry(row: dict[str, object]) -> Entry:
    values = {**row, "state": State(str(row["state"])), "is_late": bool(row["is_late"])}
    return Entry(**values)  # type: ignore[arg-type]  # columns and fields are the same names
