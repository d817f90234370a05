"""A course opens: each of a crowd is greeted once, in few lines, though the bot dies."""

from bot.services.greeting import NAMED
from tests.matrix.course import course_opens
from tests.matrix.model_server import ROOM
from tests.matrix.world import World

PEOPLE = 400
MINUTES = 30
"""An hour's crowd; ``python -m bench newcomer`` has the whole course of 3,200 in two hours."""


async def test_each_of_a_crowd_is_greeted_once_though_the_bot_dies(world: World) -> None:
    greetings = await course_opens(world, PEOPLE, MINUTES)

    assert sum(greeting.count for greeting in greetings) == PEOPLE
    assert len(greetings) <= MINUTES // 10 + 1
    named = [user for greeting in greetings for user in greeting.named]
    assert len(named) == len(set(named)) == NAMED * len(greetings)
    assert world.model.direct.made == []
    assert all("!commencer" in body for body in world.model.bodies(ROOM))
