"""Welcome: the words with which the animators of a room want newcomers to be greeted."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Column, Table, Text, delete, select

from bot.ids import RoomId, UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

welcome = Table(
    "welcome",
    metadata,
    Column("room_id", Text, primary_key=True, info=FACT),
    Column("language", Text, primary_key=True, info=FACT),
    Column("text", Text, nullable=False, info=WORDS),
    Column("changed_by", Text, nullable=False, info=PERSON),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.ANIMATE, Erasure.ANONYMISED, until=Until.CHANGED),
)


@dataclass(frozen=True, slots=True)
class Welcome:
    """The words of one room in one language; who wrote them last, and when."""

    room_id: RoomId
    language: str
    text: str
    changed_by: UserId
    changed_at: datetime


_COLUMNS = [welcome.c[name] for name in Welcome.__slots__]


async def of_room(reader: Reader, room_id: RoomId) -> dict[str, Welcome]:
    """Return the words of a room by language."""
    statement = select(*_COLUMNS).where(welcome.c.room_id == room_id)
    found = [Welcome(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API
    return {item.language: item for item in found}


async def put(transaction: Transaction, item: Welcome) -> None:
    """Set the words of a room in a language, over those set before."""
    statement = upsert(
        transaction, welcome, ("room_id", "language"), "text", "changed_by", "changed_at"
    )
    row = {name: getattr(item, name) for name in Welcome.__slots__}
    await transaction.execute(statement, row)


async def unset(transaction: Transaction, room_id: RoomId, language: str) -> None:
    """Go back to the bot's own words."""
    await transaction.execute(
        delete(welcome).where(welcome.c.room_id == room_id, welcome.c.language == language)
    )


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Give the words of ``old`` to ``new``; what was set there already stays."""
    own = await of_room(transaction, new)
    for language, item in (await of_room(transaction, old)).items():
        if language not in own:
            await put(transaction, replace(item, room_id=new))
    await transaction.execute(delete(welcome).where(welcome.c.room_id == old))
