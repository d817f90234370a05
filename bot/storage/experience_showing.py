"""Experience showing: which messages of the bot show an experience, to change or withdraw them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Integer, Table, Text, delete, func, select, update

from bot.ids import EventId, Oid, RoomId
from bot.storage.insert import insert_new
from bot.storage.outbox import outbox
from bot.storage.personal import (
    CONVERSATION,
    FACT,
    NOBODY,
    PLACE,
    WORDS,
    Belongs,
    Erasure,
    Purpose,
    Until,
    personal,
)
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Kind(StrEnum):
    """A card that follows its experience, or words that quote it (a list, a question)."""

    CARD = "card"
    WORDS = "words"


experience_showing = Table(
    "experience_showing",
    metadata,
    Column("oid", Text, primary_key=True, info=FACT),
    Column("experience_id", Integer, primary_key=True, autoincrement=False, info=FACT),
    Column("room_id", Text, nullable=False, info=PLACE),
    Column("conversation", Text, nullable=False, info=CONVERSATION),
    Column("kind", Text, nullable=False, info=NOBODY),
    Column("language", Text, nullable=False, info=NOBODY),
    Column("zone", Text, nullable=False, info=NOBODY),
    Column("author_name", Text, nullable=False, info=WORDS),
    Column("event_id", Text, nullable=True, info=FACT),
    Column("shown_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(
        Purpose.MEMORY,
        Erasure.DELETED,
        until=Until.REMOVED,
        belongs=Belongs("experience_id", "experience"),
    ),
)
Index(
    "ix_experience_showing_experience_id",
    experience_showing.c.experience_id,
    experience_showing.c.shown_at,
)
Index("ix_experience_showing_room_id", experience_showing.c.room_id)


@dataclass(frozen=True, slots=True)
class Showing:
    """The message ``oid`` in ``room_id`` shows the experience ``experience_id``.

    ``language``, ``zone`` and ``author_name`` are those in which it was written. ``event_id`` is
    known once the outbox has forgotten the message.
    """

    oid: Oid
    experience_id: int
    room_id: RoomId
    conversation: str
    kind: Kind
    shown_at: datetime
    language: str = ""
    zone: str = ""
    author_name: str = ""
    event_id: EventId | None = None


_NAMES = [field.name for field in fields(Showing)]
_COLUMNS = [experience_showing.c[name] for name in _NAMES]


async def note(transaction: Transaction, showings: Iterable[Showing]) -> None:
    """Remember ``showings``; noted twice, they are kept once."""
    rows = [{name: getattr(item, name) for name in _NAMES} for item in showings]
    if rows:
        statement = insert_new(transaction, experience_showing, "oid", "experience_id")
        await transaction.execute(statement, rows)


async def of(reader: Reader, number: int) -> list[Showing]:
    """Return the messages that show ``E<number>``, the newest first."""
    table = experience_showing
    statement = (
        select(*_COLUMNS)
        .where(table.c.experience_id == number)
        .order_by(table.c.shown_at.desc(), table.c.oid)
    )
    return [_showing(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def freeze(transaction: Transaction, oids: Iterable[Oid]) -> None:
    """Let cards follow their experience no more: they show something else now."""
    table = experience_showing
    await transaction.execute(
        update(table).where(table.c.oid.in_(list(oids))).values(kind=Kind.WORDS)
    )


async def of_oids(reader: Reader, oids: Collection[Oid]) -> list[Showing]:
    """Return what is remembered of the messages ``oids``."""
    table = experience_showing
    statement = select(*_COLUMNS).where(table.c.oid.in_(oids)).order_by(table.c.oid)
    return [_showing(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def forget(transaction: Transaction, oids: Iterable[Oid]) -> None:
    """Forget messages that were taken back."""
    table = experience_showing
    await transaction.execute(delete(table).where(table.c.oid.in_(list(oids))))


async def settle(transaction: Transaction) -> None:
    """Note which events the shown messages became, before the outbox forgets it."""
    table = experience_showing
    event = select(outbox.c.event_id).where(outbox.c.oid == table.c.oid).scalar_subquery()
    await transaction.execute(
        update(table)
        .where(table.c.event_id.is_(None))
        .values(event_id=func.coalesce(event, table.c.event_id))
    )


def _showing(row: dict[str, object]) -> Showing:
    return Showing(**{**row, "kind": Kind(str(row["kind"]))})  # type: ignore[arg-type]  # same names
