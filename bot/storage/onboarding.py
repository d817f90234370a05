"""Onboarding: how far the bot has got in walking somebody in."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, insert, select, update

from bot.ids import Oid, RoomId, UserId
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Greeted, answering, put off, left in peace after a silence, stopped for good, or finished."""

    GREETED = "greeted"
    OPEN = "open"
    LATER = "later"
    RESTING = "resting"
    STOPPED = "stopped"
    DONE = "done"


onboarding = Table(
    "onboarding",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("user_id", Text, nullable=False, unique=True, info=PERSON),
    Column("room_id", Text, nullable=True, info=FACT),
    Column("draft", Text, nullable=False, info=WORDS),
    Column("state", Text, nullable=False, info=FACT),
    Column("was_reminded", Boolean, nullable=False, info=FACT),
    Column("was_put_off", Boolean, nullable=False, info=FACT),
    Column("recap", Text, nullable=True, info=FACT),
    Column("begun_at", UtcDateTime, nullable=False, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.MEET, Erasure.DELETED, Limit("changed_at", days=400), due_kinds=("onboarding",)
    ),
)


Index("ix_onboarding_begun_at", onboarding.c.begun_at)


@dataclass(frozen=True, slots=True)
class Onboarding:
    """How far it is with ``user_id``, who came in by the room ``room_id`` if that is known.

    ``draft`` is the form as `bot.services.form` writes it. ``was_reminded`` and ``was_put_off``
    tell that they were asked again after a silence, or after saying later: once each. ``recap`` is
    the message that shows what they said.
    """

    user_id: UserId
    room_id: RoomId | None
    draft: str
    state: State
    begun_at: datetime
    changed_at: datetime
    was_reminded: bool = False
    was_put_off: bool = False
    recap: Oid | None = None
    id: int = 0


_COLUMNS = [onboarding.c[name] for name in Onboarding.__slots__]
_CHANGED = ("draft", "state", "was_reminded", "was_put_off", "recap", "changed_at")


async def create(transaction: Transaction, item: Onboarding) -> Onboarding:
    """Keep a new one; return it with its id."""
    row = {name: getattr(item, name) for name in Onboarding.__slots__ if name != "id"}
    statement = insert(onboarding).values(row).returning(onboarding.c.id)
    return replace(item, id=int((await transaction.execute(statement)).scalar_one()))


async def save(transaction: Transaction, item: Onboarding) -> None:
    """Write how far it is now."""
    await transaction.execute(
        update(onboarding)
        .where(onboarding.c.id == item.id)
        .values({name: getattr(item, name) for name in _CHANGED})
    )


async def of_user(reader: Reader, user: UserId) -> Onboarding | None:
    """Return how far it is with ``user``; None if nobody ever began."""
    return await _one(reader, user_id=user)


async def get(reader: Reader, number: int) -> Onboarding | None:
    """Return the one with this id."""
    return await _one(reader, id=number)


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Let who came in by ``old`` have come in by ``new``, which replaces it."""
    await transaction.execute(
        update(onboarding).where(onboarding.c.room_id == old).values(room_id=new)
    )


async def _one(reader: Reader, **wanted: object) -> Onboarding | None:
    conditions = [onboarding.c[name] == value for name, value in wanted.items()]
    row = (await reader.execute(select(*_COLUMNS).where(*conditions))).first()
    if row is None:
        return None
    values = {**row._mapping, "state": State(row.state)}  # noqa: SLF001  documented API
    values["was_reminded"], values["was_put_off"] = bool(row.was_reminded), bool(row.was_put_off)
    return Onboarding(**values)
