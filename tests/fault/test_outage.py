"""The homeserver is away for an hour, shows the bot out, or the database is an older copy."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import RoomId
from tests.matrix.exchange import Answer, Request
from tests.matrix.look import counts, parcels
from tests.matrix.model_server import BOT, JO, OTHER_ROOM, ROOM, ModelServer
from tests.matrix.speech import say
from tests.matrix.world import World

HOUR = timedelta(hours=1)


class Remote(ModelServer):
    """A server that answers nothing until a given time, in milliseconds."""

    away_until_ms = 0

    def handle(self, request: Request) -> Answer | None:
        if self.now_ms() < self.away_until_ms:
            self.requests.append(request)
            return None
        return super().handle(request)


@dataclass
class Outage:
    """A bot that was in its room before, and a server that can go away."""

    world: World
    model: Remote

    def begin(self, length: timedelta) -> None:
        self.model.requests.clear()
        self.world.slept.clear()
        self.model.away_until_ms = self.model.now_ms() + int(length.total_seconds() * 1000)


@pytest.fixture
async def outage(sqlite_url: str) -> Outage:
    model = Remote()
    world = World(sqlite_url, model)
    await world.live()
    return Outage(world, model)


async def test_hour_without_homeserver_loses_and_doubles_nothing(outage: Outage) -> None:
    world = outage.world
    bot = await world.born()
    outage.begin(HOUR)
    for _ in range(20):
        world.ask()
    await say(bot, "bonjour")
    await bot.settled()
    await bot.end()

    assert world.problems() == []
    assert outage.model.bodies().count("bonjour") == 1
    assert await parcels(world) == {"sent": 21}


async def test_hour_without_homeserver_is_not_spent_hammering(outage: Outage) -> None:
    bot = await outage.world.born()
    outage.begin(HOUR)
    outage.world.ask()
    await bot.settled()
    await bot.end()

    unanswered = [pause for pause in outage.world.slept if pause > 0]
    assert sum(unanswered) >= HOUR.total_seconds()
    assert len(unanswered) < 300  # at most one in 30 s by sync, once the pauses have grown
    assert max(unanswered) <= 300


async def test_hour_across_a_restart_loses_and_doubles_nothing(outage: Outage) -> None:
    world = outage.world
    bot = await world.born()
    await say(bot, "before the end")
    outage.begin(HOUR)
    await bot.end()
    world.ask()
    assert not await world.live()

    assert world.problems() == []
    assert outage.model.bodies().count("before the end") == 1


@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_room_that_shows_the_bot_out_is_forgotten_and_taken_again(
    outage: Outage, membership: str
) -> None:
    world, model = outage.world, outage.model
    room = model.rooms[ROOM]
    out = model.event(JO, "m.room.member", {"membership": membership}, state_key=BOT)
    room.members.remove(BOT)
    model.extra = {"leave": {ROOM: {"timeline": {"events": [out]}}}}
    await world.live()
    assert "room" not in await counts(world)

    room.members.append(BOT)
    model.join(ROOM)
    world.ask()
    await world.live()

    assert world.problems() == []


async def test_other_rooms_are_served_while_one_shows_the_bot_out(outage: Outage) -> None:
    world, model = outage.world, outage.model
    model.join(OTHER_ROOM)
    await world.live()
    bot = await world.born()
    model.rooms[ROOM].members.remove(BOT)
    await say(bot, "nobody lets me in", room=ROOM)
    world.ask(room=OTHER_ROOM)
    await bot.settled()
    await bot.end()

    assert world.problems() == []
    assert await parcels(world) == {"dead": 1, "sent": 1}


async def test_older_copy_of_the_database_doubles_nothing_on_its_device(
    outage: Outage, tmp_path: Path
) -> None:
    world = outage.world
    file = Path(world.url.removeprefix("sqlite:///"))
    for _ in range(3):
        world.ask()
    await world.live()
    copy = shutil.copy(file, tmp_path / "copy.db")
    for _ in range(3):
        world.ask()
    await world.live()

    shutil.copy(copy, file)
    world.ask()
    await world.live()

    assert world.problems() == []
    assert len(outage.model.said(RoomId(ROOM))) == 7
