"""A course opens: a crowd comes into a room, by the clock of a test."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.config.settings import WelcomeSettings
from bot.jobs import due_jobs
from bot.scheduler import Around, Scheduler
from tests.matrix.model_server import ROOM
from tests.matrix.world import Bot, World
from tests.scene import CATALOGUE

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Greeting:
    """How many a line in the room greets, and whom it names."""

    count: int
    named: Sequence[str]


async def course_opens(world: World, people: int, minutes: int) -> list[Greeting]:
    """Let so many people come in so many minutes, the bot die halfway; return its greetings."""
    bot = await world.born()
    come = 0
    for minute in range(minutes):
        while come < people * (minute + 1) // minutes:
            user = f"@new{come}:example.org"
            content = {"membership": "join"}
            event = world.model.event(user, "m.room.member", content, state_key=user)
            world.model.add(ROOM, event)
            come += 1
        if minute == minutes // 2:
            await bot.end()  # in the middle of what this minute brought
            bot = await world.born()
        await _minute_passes(world, bot)
    for _ in range(11):
        await _minute_passes(world, bot)
    await bot.settled()
    await bot.end()
    return [_greeting(event["content"]) for event in world.model.said(ROOM)]


async def _minute_passes(world: World, bot: Bot) -> None:
    """Let a minute pass, and be done what falls due in it."""
    await bot.settled()
    world.clock.pass_by(MINUTE)
    jobs = due_jobs("fr", WelcomeSettings())
    scheduler = Scheduler(bot.database, world.clock, CATALOGUE, jobs, (), Around())
    while await scheduler.fire_due():
        pass


def _greeting(content: Mapping[str, Any]) -> Greeting:
    users = content["m.mentions"]["user_ids"]
    others = re.search(r"et (\d+) autres", content["body"])
    return Greeting(len(users) + (int(others[1]) if others else 0), users)
