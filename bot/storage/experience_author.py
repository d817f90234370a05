"""Experience author: who has shared something in a room."""

from sqlalchemy import select

from bot.ids import ANONYMOUS, RoomId, UserId
from bot.storage.experience import experience
from bot.storage.transaction import Reader


async def of_room(reader: Reader, room: RoomId) -> frozenset[UserId]:
    """Return who has shared in ``room`` and is known by name."""
    statement = select(experience.c.author).where(experience.c.room_id == room).distinct()
    return frozenset(UserId(str(row[0])) for row in await reader.execute(statement)) - {ANONYMOUS}
