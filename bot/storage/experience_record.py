"""Experience record: many experiences at once, to write them into a file or to compare with one."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import select

from bot.ids import EventId, RoomId
from bot.storage.experience import Experience, experience, experience_tag
from bot.storage.transaction import Reader

_COLUMNS = [experience.c[field.name] for field in fields(Experience)]
_PORTION = 500


async def after(
    reader: Reader, rooms: Collection[RoomId], number: int, limit: int = _PORTION
) -> list[Experience]:
    """Return up to ``limit`` experiences of ``rooms`` that follow ``E<number>``."""
    statement = (
        select(*_COLUMNS)
        .where(experience.c.room_id.in_(list(rooms)), experience.c.id > number)
        .order_by(experience.c.id)
        .limit(limit)
    )
    return [Experience(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def tagged(
    reader: Reader, room: RoomId, tag: str, since: datetime, limit: int
) -> list[Experience]:
    """Return up to ``limit`` experiences of ``room`` with a tag, told since then."""
    with_tag = select(experience_tag.c.experience_id).where(experience_tag.c.tag == tag)
    statement = (
        select(*_COLUMNS)
        .where(
            experience.c.id.in_(with_tag),
            experience.c.room_id == room,
            experience.c.created_at >= since,
        )
        .order_by(experience.c.id)
        .limit(limit)
    )
    return [Experience(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def of_sources(reader: Reader, events: Sequence[EventId]) -> dict[EventId, Experience]:
    """Return the experiences that ``events`` hold, by event."""
    found: dict[EventId, Experience] = {}
    for start in range(0, len(events), _PORTION):
        few = events[start : start + _PORTION]
        statement = select(*_COLUMNS).where(experience.c.source_event_id.in_(few))
        for row in await reader.execute(statement):
            item = Experience(**row._mapping)  # noqa: SLF001  documented API
            found[item.source_event_id] = item
    return found
