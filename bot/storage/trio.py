"""Trio: the one encrypted room of a newcomer, their companion and the bot, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Index, Integer, Table, Text, delete, select, update

from bot.ids import Oid, RoomAlias, RoomId, UserId
from bot.storage import direct_room
from bot.storage.insert import upsert
from bot.storage.personal import FACT, NOBODY, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.quote import quote
from bot.storage.room import room
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

_LONGEST_DAYS = 60
"""By then the companionship that it belongs to is over as well."""


class State(StrEnum):
    """Where a trio stands.

    PLANNED is committed before the server is asked for a room, so that a second attempt finds the
    first one's. From OPEN on ``room_id`` is known. CLOSED: there is none, or none any more.
    """

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


trio = Table(
    "trio",
    metadata,
    Column("search", Integer, primary_key=True, autoincrement=False, info=NOBODY),
    Column("newcomer", Text, nullable=False, info=PERSON),
    Column("member", Text, nullable=False, info=PERSON),
    Column("generation", Integer, nullable=False, info=NOBODY),
    Column("alias", Text, nullable=True, info=FACT),
    Column("room_id", Text, nullable=True, info=FACT),
    Column("state", Text, nullable=False, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.MEET, Erasure.DELETED, Limit("changed_at", days=_LONGEST_DAYS)),
)
Index("ix_trio_changed_at", trio.c.changed_at)
Index("ix_trio_member", trio.c.member)
Index("ix_trio_newcomer", trio.c.newcomer)
Index("ix_trio_room_id", trio.c.room_id)


@dataclass(frozen=True, slots=True)
class Trio:
    """How the room stands of the ``newcomer`` of ``search`` and the ``member`` who guides them.

    ``generation`` counts the rooms that the bot tried to make, and ``alias`` names the present one.
    """

    search: int
    newcomer: UserId
    member: UserId
    changed_at: datetime
    state: State = State.PLANNED
    generation: int = 0
    alias: RoomAlias | None = None
    room_id: RoomId | None = None


_COLUMNS = [trio.c[name] for name in Trio.__slots__]


async def get(reader: Reader, search: int) -> Trio | None:
    """Return how the trio of a search stands; None if there is none to be, or it is over."""
    found = await _all(reader, trio.c.search == search)
    return found[0] if found else None


async def of_room(reader: Reader, room_id: RoomId) -> Trio | None:
    """Return the trio whose room this is."""
    found = await _all(reader, trio.c.room_id == room_id)
    return found[0] if found else None


async def abandoned(reader: Reader, before: datetime) -> list[RoomId]:
    """Return the rooms of three, open ``before``, of which nothing is known any more."""
    is_known = select(trio.c.search).where(trio.c.room_id == room.c.room_id).exists()
    statement = select(room.c.room_id).where(room.c.is_trio, room.c.joined_at < before, ~is_known)
    return [RoomId(str(row[0])) for row in await reader.execute(statement)]


async def _all(reader: Reader, condition: ColumnElement[bool]) -> list[Trio]:
    statement = select(*_COLUMNS).where(condition).order_by(trio.c.search)
    return [
        Trio(**{**row._mapping, "state": State(row.state)})  # noqa: SLF001  documented API
        for row in await reader.execute(statement)
    ]


async def save(transaction: Transaction, item: Trio) -> None:
    """Write how a trio stands now."""
    updated = [name for name in Trio.__slots__ if name != "search"]
    row = {name: getattr(item, name) for name in Trio.__slots__}
    await transaction.execute(upsert(transaction, trio, ("search",), *updated), row)


async def forget(transaction: Transaction, search: int) -> None:
    """Delete the trio of a search that is over."""
    await transaction.execute(delete(trio).where(trio.c.search == search))


async def mark_closed(transaction: Transaction, room_ids: Iterable[RoomId], at: datetime) -> None:
    """Note that the bot is no more in these rooms."""
    is_there = trio.c.room_id.in_(list(room_ids))
    await transaction.execute(
        update(trio).where(is_there).values(state=State.CLOSED, changed_at=at)
    )


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Follow the replacement of a room."""
    await transaction.execute(update(trio).where(trio.c.room_id == old).values(room_id=new))


async def bind(transaction: Transaction, oid: Oid, room_id: RoomId) -> None:
    """Note to which room a parcel goes, before it is sent, and where to take it back one day."""
    await direct_room.bind(transaction, oid, room_id)
    await transaction.execute(update(quote).where(quote.c.oid == oid).values(room_id=room_id))
