"""Room setting: what the animators of a room decided, by whom and when."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Column, Table, Text, delete, select

from bot.ids import RoomId, UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

room_setting = Table(
    "room_setting",
    metadata,
    Column("room_id", Text, primary_key=True, info=FACT),
    Column("key", Text, primary_key=True, info=FACT),
    Column("value", Text, nullable=False, info=WORDS),
    Column("changed_by", Text, nullable=False, info=PERSON),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.ANIMATE, Erasure.ANONYMISED, until=Until.LEFT),
)


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """One setting of one room that differs from the default, in the words of the service."""

    room_id: RoomId
    key: str
    value: str
    changed_by: UserId
    changed_at: datetime


_COLUMNS = [room_setting.c[name] for name in RoomSetting.__slots__]


async def load(reader: Reader) -> dict[RoomId, dict[str, RoomSetting]]:
    """Return the settings of all rooms, by room and key."""
    rooms: dict[RoomId, dict[str, RoomSetting]] = {}
    for row in await reader.execute(select(*_COLUMNS)):
        item = RoomSetting(**row._mapping)  # noqa: SLF001  documented API
        rooms.setdefault(item.room_id, {})[item.key] = item
    return rooms


async def of_room(reader: Reader, room_id: RoomId) -> dict[str, RoomSetting]:
    """Return what was set in one room, by key."""
    statement = select(*_COLUMNS).where(room_setting.c.room_id == room_id)
    found = [RoomSetting(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API
    return {item.key: item for item in found}


async def rooms_with(reader: Reader, key: str, value: str) -> frozenset[RoomId]:
    """Return the rooms in which ``key`` was set to ``value``."""
    statement = select(room_setting.c.room_id).where(
        room_setting.c.key == key, room_setting.c.value == value
    )
    return frozenset(RoomId(str(row.room_id)) for row in await reader.execute(statement))


async def put(transaction: Transaction, item: RoomSetting) -> None:
    """Set a value, over what was set before."""
    statement = upsert(
        transaction, room_setting, ("room_id", "key"), "value", "changed_by", "changed_at"
    )
    row = {name: getattr(item, name) for name in RoomSetting.__slots__}
    await transaction.execute(statement, row)


async def unset(transaction: Transaction, room_id: RoomId, key: str) -> bool:
    """Go back to the default; return whether something had been set."""
    statement = delete(room_setting).where(
        room_setting.c.room_id == room_id, room_setting.c.key == key
    )
    return (await transaction.execute(statement)).rowcount > 0


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Give the settings of ``old`` to ``new``; what was set there already stays."""
    own = set(await of_room(transaction, new))
    for key, item in (await of_room(transaction, old)).items():
        if key not in own:
            await put(transaction, replace(item, room_id=new))
    await forget(transaction, [old])


async def forget(transaction: Transaction, room_ids: list[RoomId]) -> None:
    """Delete the settings of rooms that the bot has left."""
    await transaction.execute(delete(room_setting).where(room_setting.c.room_id.in_(room_ids)))
