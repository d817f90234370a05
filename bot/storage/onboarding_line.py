"""Onboarding line: what the animators of a room have newcomers told and asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, Text, delete, insert, select, update

from bot.ids import RoomId, UserId
from bot.storage.personal import FACT, PERSON, PLACE, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

onboarding_line = Table(
    "onboarding_line",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("room_id", Text, nullable=False, info=PLACE),
    Column("field", Text, nullable=False, info=FACT),
    Column("fr", Text, nullable=True, info=FACT),
    Column("en", Text, nullable=True, info=FACT),
    Column("changed_by", Text, nullable=False, info=PERSON),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.ANIMATE, Erasure.ANONYMISED, until=Until.LEFT),
)
Index("ix_onboarding_line_room_id", onboarding_line.c.room_id, onboarding_line.c.id)


@dataclass(frozen=True, slots=True)
class OnboardingLine:
    """A question of a room, whose answer goes into ``field`` of the profile, or its introduction.

    ``fr`` and ``en`` are its words; without any it is the usual question about the field.
    """

    room_id: RoomId
    field: str
    changed_by: UserId
    changed_at: datetime
    fr: str | None = None
    en: str | None = None
    id: int = 0


_COLUMNS = [onboarding_line.c[name] for name in OnboardingLine.__slots__]


async def of_room(reader: Reader, room: RoomId) -> list[OnboardingLine]:
    """Return the lines of a room in their order; none where they are the usual ones."""
    statement = (
        select(*_COLUMNS).where(onboarding_line.c.room_id == room).order_by(onboarding_line.c.id)
    )
    return [OnboardingLine(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def add(transaction: Transaction, item: OnboardingLine) -> None:
    """Keep a line after the others of its room."""
    row = {name: getattr(item, name) for name in OnboardingLine.__slots__ if name != "id"}
    await transaction.execute(insert(onboarding_line).values(row))


async def save(transaction: Transaction, item: OnboardingLine) -> None:
    """Write the words of a line, and who changed them."""
    names = ("fr", "en", "changed_by", "changed_at")
    await transaction.execute(
        update(onboarding_line)
        .where(onboarding_line.c.id == item.id)
        .values({name: getattr(item, name) for name in names})
    )


async def remove(transaction: Transaction, number: int) -> None:
    """Delete a line."""
    await transaction.execute(delete(onboarding_line).where(onboarding_line.c.id == number))


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Have newcomers of ``new`` told and asked what those of ``old`` were."""
    await transaction.execute(
        update(onboarding_line).where(onboarding_line.c.room_id == old).values(room_id=new)
    )


async def forget(transaction: Transaction, rooms: list[RoomId]) -> None:
    """Delete the lines of rooms that the bot has left."""
    await transaction.execute(delete(onboarding_line).where(onboarding_line.c.room_id.in_(rooms)))
