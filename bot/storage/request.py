"""Request: what somebody asked a room, when the first answer came, and when it was settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.ids import EventId, Oid, RoomId, UserId
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, NOBODY, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("asker", Text, nullable=False, info=PERSON),
    Column("words", Text, nullable=False, info=WORDS),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    Column("card_oid", Text, nullable=True, info=NOBODY),
    Column("asked_at", UtcDateTime, nullable=False, info=FACT),
    Column("answered_at", UtcDateTime, nullable=True, info=FACT),
    Column("settled_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.MEMORY, Erasure.DELETED, Limit("asked_at", days=400)),
)
Index("ix_request_room_id", request.c.room_id, request.c.asked_at)
Index("ix_request_card_oid", request.c.card_oid)


@dataclass(frozen=True, slots=True)
class Request:
    """``Q<id>``: ``asker`` asked the room ``words`` with the command ``source_event_id``.

    ``card_oid`` is the message that shows it. ``answered_at`` is when somebody else first replied;
    who that was and what they said is not kept. ``settled_at`` ends it. Times are aware UTC.
    """

    room_id: RoomId
    asker: UserId
    words: str
    source_event_id: EventId
    asked_at: datetime
    card_oid: Oid | None = None
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    id: int = 0


_NAMES = [field.name for field in fields(Request)]
_COLUMNS = [request.c[name] for name in _NAMES]


async def create(transaction: Transaction, item: Request) -> Request:
    """Keep a new request; return it with its id."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(request).values(row).returning(request.c.id)
    return replace(item, id=int((await transaction.execute(statement)).scalar_one()))


async def save(transaction: Transaction, item: Request) -> None:
    """Write what may change of a request that is there."""
    values = {name: getattr(item, name) for name in ("words", "settled_at")}
    await transaction.execute(update(request).where(request.c.id == item.id).values(values))


async def note_card(transaction: Transaction, number: int, oid: Oid) -> None:
    """Note which message shows a request."""
    await transaction.execute(update(request).where(request.c.id == number).values(card_oid=oid))


async def get(reader: Reader, number: int) -> Request | None:
    """Return ``Q<number>``, if there is one."""
    found = await _all(reader, request.c.id == number)
    return found[0] if found else None


async def of_source(reader: Reader, event_id: EventId) -> Request | None:
    """Return what was asked with the command ``event_id``."""
    found = await _all(reader, request.c.source_event_id == event_id)
    return found[0] if found else None


async def still_open(
    reader: Reader, rooms: Iterable[RoomId], since: datetime, limit: int
) -> tuple[list[Request], int]:
    """Return what was asked in ``rooms`` after ``since`` and is not settled, and how many it is.

    The oldest first: they have waited longest.
    """
    is_it = (
        request.c.room_id.in_(list(rooms)),
        request.c.asked_at >= since,
        request.c.settled_at.is_(None),
    )
    count = int((await reader.execute(select(func.count()).where(*is_it))).scalar_one())
    return (await _all(reader, *is_it, limit=limit) if count else []), count


async def unanswered(
    reader: Reader, rooms: Iterable[RoomId], since: datetime, limit: int
) -> list[Request]:
    """Return what was asked after ``since`` and nobody replied to nor settled, oldest first."""
    return await _all(
        reader,
        request.c.room_id.in_(list(rooms)),
        request.c.asked_at >= since,
        request.c.answered_at.is_(None),
        request.c.settled_at.is_(None),
        limit=limit,
    )


async def times(
    reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime
) -> list[tuple[datetime, datetime | None]]:
    """Return when each request of a time was asked and first answered; nothing else of it."""
    statement = (
        select(request.c.asked_at, request.c.answered_at)
        .where(request.c.room_id.in_(list(rooms)))
        .where(request.c.asked_at >= since, request.c.asked_at < until)
    )
    return [(row.asked_at, row.answered_at) for row in await reader.execute(statement)]


async def settled(reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime) -> int:
    """Return how many requests of ``rooms`` were settled in a time."""
    statement = select(func.count()).where(
        request.c.room_id.in_(list(rooms)),
        request.c.settled_at >= since,
        request.c.settled_at < until,
    )
    return int((await reader.execute(statement)).scalar_one())


async def note_answers(
    transaction: Transaction, replies: Sequence[tuple[EventId, UserId]], at: datetime
) -> None:
    """Note that requests were answered by ``replies``: to what event, and by whom.

    The reply of who asks is none, and only the first one counts.
    """
    targets = sorted({event for event, _ in replies})
    waits = request.c.answered_at.is_(None)
    by_command = select(request.c.id, request.c.asker, request.c.source_event_id.label("event"))
    by_card = (
        select(request.c.id, request.c.asker, outbox.c.event_id.label("event"))
        .select_from(outbox)
        .join(request, request.c.card_oid == outbox.c.oid)
    )
    statement = by_command.where(request.c.source_event_id.in_(targets), waits).union(
        by_card.where(outbox.c.event_id.in_(targets), waits)
    )
    given = set(replies)
    for row in (await transaction.execute(statement)).all():
        if any(event == row.event and user != row.asker for event, user in given):
            await transaction.execute(
                update(request).where(request.c.id == row.id).values(answered_at=at)
            )


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Let what was asked in ``old`` be a question to ``new``."""
    await transaction.execute(update(request).where(request.c.room_id == old).values(room_id=new))


async def erase(transaction: Transaction, number: int) -> None:
    """Delete a request."""
    await transaction.execute(delete(request).where(request.c.id == number))


async def _all(
    reader: Reader, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Request]:
    statement = select(*_COLUMNS).where(*conditions).order_by(request.c.asked_at, request.c.id)
    rows = await reader.execute(statement.limit(limit) if limit is not None else statement)
    return [Request(**row._mapping) for row in rows]  # noqa: SLF001  documented API
