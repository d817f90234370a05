"""Quote: which messages of the bot name somebody or repeat their words, to take them back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column, Index, Table, Text, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ids import EventId, Oid, RoomId, UserId
from bot.storage.insert import insert_new_on
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, PERSON, PLACE, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

quote = Table(
    "quote",
    metadata,
    Column("oid", Text, primary_key=True, info=FACT),
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("room_id", Text, nullable=False, info=PLACE),
    Column("event_id", Text, nullable=True, info=FACT),
    info=personal(Purpose.PROTECT, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_quote_user_id", quote.c.user_id)


@dataclass(frozen=True, slots=True)
class Quote:
    """The message ``oid`` in ``room_id`` names or quotes ``user_id``.

    ``event_id`` is known once the outbox has forgotten the message.
    """

    oid: Oid
    user_id: UserId
    room_id: RoomId
    event_id: EventId | None = None


_COLUMNS = [quote.c[name] for name in Quote.__slots__]


def note(transaction: Transaction, oid: Oid, room: RoomId, people: Iterable[UserId]) -> None:
    """Remember, with this transaction, that the message ``oid`` names or quotes ``people``."""
    statement = insert_new_on(transaction.engine, quote, "oid", "user_id")
    for user_id in sorted(people):
        row = {"oid": oid, "user_id": user_id, "room_id": room, "event_id": None}
        transaction.defer(statement, row)


def note_edit(transaction: Transaction, oid: Oid, room: RoomId, target: Oid) -> None:
    """Remember that ``oid`` edits ``target``: redacting that alone would leave the edit readable.

    So whom the one names or quotes is found by the other too.
    """
    row = {"edit": oid, "place": room, "target": target}
    transaction.defer(_edit_of(transaction.engine), row)


@cache
def _edit_of(engine: str) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if engine == "sqlite" else postgresql.insert
    of_target = select(
        bindparam("edit", type_=Text), quote.c.user_id, bindparam("place", type_=Text)
    ).where(quote.c.oid == bindparam("target"))
    return (
        insert(quote)
        .from_select(["oid", "user_id", "room_id"], of_target)
        .on_conflict_do_nothing(index_elements=["oid", "user_id"])
    )


async def of(reader: Reader, user_id: UserId) -> list[Quote]:
    """Return the messages that name or quote ``user_id``."""
    statement = select(*_COLUMNS).where(quote.c.user_id == user_id).order_by(quote.c.oid)
    return [Quote(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def settle(transaction: Transaction) -> None:
    """Note which events the messages became, before the outbox forgets it."""
    event = select(outbox.c.event_id).where(outbox.c.oid == quote.c.oid).scalar_subquery()
    await transaction.execute(
        update(quote)
        .where(quote.c.event_id.is_(None))
        .values(event_id=func.coalesce(event, quote.c.event_id))
    )


async def forget(transaction: Transaction, oids: Collection[Oid]) -> None:
    """Forget the messages ``oids``: they were taken back."""
    await transaction.execute(delete(quote).where(quote.c.oid.in_(oids)))
