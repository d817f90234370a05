"""Letter: when a room gets its letter and how, and which letters it got."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Index, Table, Text, delete, select, update

from bot.ids import Oid, RoomId, UserId
from bot.storage.insert import insert_new, upsert
from bot.storage.personal import (
    FACT,
    NOBODY,
    PERSON,
    WORDS,
    Erasure,
    Limit,
    Purpose,
    Until,
    personal,
)
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """What became of a letter; the last three are final."""

    DRAFT = "draft"
    APPROVED = "approved"
    HELD = "held"
    SKIPPED = "skipped"
    EMPTY = "empty"
    SENT = "sent"


FINAL = (State.SKIPPED, State.EMPTY, State.SENT)

letter = Table(
    "letter",
    metadata,
    Column("room_id", Text, primary_key=True, info=FACT),
    Column("is_community", Boolean, nullable=False, info=FACT),
    Column("rrule", Text, nullable=False, info=FACT),
    Column("wall", Text, nullable=False, info=FACT),
    Column("zone", Text, nullable=False, info=FACT),
    Column("due_at", UtcDateTime, nullable=False, info=FACT),
    Column("approval", Text, nullable=False, info=FACT),
    Column("introduction", Text, nullable=True, info=WORDS),
    Column("changed_by", Text, nullable=False, info=PERSON),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.ANIMATE, Erasure.ANONYMISED, until=Until.REMOVED),
)

letter_issue = Table(
    "letter_issue",
    metadata,
    Column("room_id", Text, primary_key=True, info=NOBODY),
    Column("period", Text, primary_key=True, info=NOBODY),
    Column("state", Text, nullable=False, info=NOBODY),
    Column("at", UtcDateTime, nullable=False, info=NOBODY),
    Column("oid", Text, nullable=True, info=NOBODY),
    info=personal(Purpose.ANIMATE, Erasure.NONE, Limit("at", days=730)),
)
Index("ix_letter_issue_state", letter_issue.c.room_id, letter_issue.c.state, letter_issue.c.at)


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter of a room: every ``rrule`` from the local time ``wall`` in ``zone`` on.

    ``is_community`` tells of what all rooms may see beside what is the room's own. ``approval`` is
    ``none``, ``send`` (a draft a day before; unanswered, it is sent) or ``hold``. ``introduction``
    begins the next letter. ``due_at`` is when that is, aware UTC.
    """

    room_id: RoomId
    is_community: bool
    rrule: str
    wall: str
    zone: str
    due_at: datetime
    approval: str
    changed_by: UserId
    changed_at: datetime
    introduction: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One letter: of ``room_id`` and ``period`` there is never more than one."""

    room_id: RoomId
    period: str
    state: State
    at: datetime
    oid: Oid | None = None


_NAMES = [field.name for field in fields(Letter)]
_COLUMNS = [letter.c[name] for name in _NAMES]


async def put(transaction: Transaction, item: Letter) -> None:
    """Keep how a room gets its letter, over what was chosen before."""
    updated = [name for name in _NAMES if name != "room_id"]
    statement = upsert(transaction, letter, ("room_id",), *updated)
    await transaction.execute(statement, {name: getattr(item, name) for name in _NAMES})


async def get(reader: Reader, room: RoomId) -> Letter | None:
    """Return how ``room`` gets its letter, if it gets one."""
    row = (await reader.execute(select(*_COLUMNS).where(letter.c.room_id == room))).first()
    return Letter(**row._mapping) if row else None  # noqa: SLF001  documented API


async def all_letters(reader: Reader) -> list[Letter]:
    """Return how all rooms get theirs, the next one first."""
    rows = await reader.execute(select(*_COLUMNS).order_by(letter.c.due_at, letter.c.room_id))
    return [Letter(**row._mapping) for row in rows]  # noqa: SLF001  documented API


async def remove(transaction: Transaction, room: RoomId) -> bool:
    """Let ``room`` get no letter any more; return whether it got one."""
    return (await transaction.execute(delete(letter).where(letter.c.room_id == room))).rowcount > 0


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Give the letters of ``old`` to ``new``, which replaces it and got none so far."""
    for table in (letter, letter_issue):
        taken = select(table.c.room_id).where(table.c.room_id == new).exists()
        await transaction.execute(
            update(table).where(table.c.room_id == old, ~taken).values(room_id=new)
        )


async def issue(reader: Reader, room: RoomId, period: str) -> Issue | None:
    """Return the letter of ``room`` for ``period``, whatever became of it."""
    condition = (letter_issue.c.room_id == room, letter_issue.c.period == period)
    row = (await reader.execute(select(letter_issue).where(*condition))).first()
    if row is None:
        return None
    oid = Oid(row.oid) if row.oid else None
    return Issue(RoomId(row.room_id), row.period, State(row.state), row.at, oid)


async def last_sent(reader: Reader, room: RoomId) -> datetime | None:
    """Return when ``room`` got its last letter."""
    statement = (
        select(letter_issue.c.at)
        .where(letter_issue.c.room_id == room, letter_issue.c.state == State.SENT)
        .order_by(letter_issue.c.at.desc())
        .limit(1)
    )
    return (await reader.execute(statement)).scalar()


async def note(transaction: Transaction, item: Issue) -> bool:
    """Note what becomes of a letter; return False if its end was noted before."""
    row = {
        "room_id": item.room_id,
        "period": item.period,
        "state": item.state,
        "at": item.at,
        "oid": item.oid,
    }
    statement = insert_new(transaction, letter_issue, "room_id", "period")
    new = await transaction.execute(statement, row)
    if new.rowcount > 0:
        return True
    changed = (
        update(letter_issue)
        .where(letter_issue.c.room_id == item.room_id, letter_issue.c.period == item.period)
        .where(letter_issue.c.state.not_in(FINAL))
        .values(state=item.state, at=item.at, oid=item.oid)
    )
    return (await transaction.execute(changed)).rowcount > 0


async def drafts(reader: Reader) -> list[Issue]:
    """Return what waits for an animator's word, oldest first."""
    statement = (
        select(letter_issue)
        .where(letter_issue.c.state.in_((State.DRAFT, State.HELD)))
        .order_by(letter_issue.c.at)
    )
    return [
        Issue(RoomId(row.room_id), row.period, State(row.state), row.at)
        for row in await reader.execute(statement)
    ]
