"""What the tests of the protocol start from."""

import pytest

from bot.alert import Alert
from bot.ids import RoomId
from tests.matrix.model_server import OTHER_ROOM, ModelServer, Room
from tests.matrix.speech import ANIMATORS
from tests.matrix.world import World
from tests.scene import CATALOGUE


@pytest.fixture
async def speaker(sqlite_url: str) -> World:
    """A bot in three rooms, which tells the animators of its troubles; it is not running."""
    model = ModelServer()
    model.rooms |= {OTHER_ROOM: Room(), ANIMATORS: Room()}
    world = World(sqlite_url, model)
    world.alarm = Alert(world.clock, CATALOGUE, "fr", RoomId(ANIMATORS))
    await world.live()
    model.requests.clear()
    return world


@pytest.fixture
async def world(sqlite_url: str) -> World:
    """A bot that has been in the room before, and is not running."""
    world = World(sqlite_url, ModelServer())
    await world.live()
    world.model.requests.clear()
    return world
