"""What a test sees of a bot that is not running: its rows, by opening its database."""

from sqlalchemy import text

from bot.ids import SyncToken
from bot.storage import sync_position
from bot.storage.database import Database
from tests.matrix.exchange import Request
from tests.matrix.world import World, outbox_states, row_counts


def is_sync(request: Request) -> bool:
    """Return whether it asks for news."""
    return request.parts == ["sync"]


def is_gap(request: Request) -> bool:
    """Return whether it asks for a room's history."""
    return request.parts[-1:] == ["messages"]


async def entries(world: World) -> list[str]:
    """Return the ids of all journalled events, in order."""
    database = Database(world.url)
    try:
        async with database.read() as snapshot:
            rows = await snapshot.execute(text("SELECT event_id FROM inbox ORDER BY seq"))
            return [str(row[0]) for row in rows]
    finally:
        await database.close()


async def counts(world: World) -> dict[str, int]:
    """Return how many rows each table has, without the empty ones."""
    database = Database(world.url)
    try:
        return {name: count for name, count in (await row_counts(database)).items() if count}
    finally:
        await database.close()


async def position(world: World) -> SyncToken | None:
    """Return how far the stream is journalled."""
    database = Database(world.url)
    try:
        async with database.read() as snapshot:
            return await sync_position.load(snapshot, world.session.device_id)
    finally:
        await database.close()


async def parcels(world: World) -> dict[str, int]:
    """Return how many parcels are in each state."""
    database = Database(world.url)
    try:
        return await outbox_states(database)
    finally:
        await database.close()
