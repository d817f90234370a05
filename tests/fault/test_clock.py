"""The machine's clock jumps: what is due is said once, and what is not is not lost."""

from datetime import timedelta

import pytest

from tests.matrix.model_server import ModelServer
from tests.matrix.world import World
from tests.scene import NOW
from tests.test_scheduler import Plan, item, plan

__all__ = ["plan"]

JUMPS = [timedelta(days=400), timedelta(hours=2), timedelta(hours=-2), timedelta(days=-400)]


async def test_jump_forward_fires_what_fell_due_once_and_late(plan: Plan) -> None:
    await plan.add(*(item(f"{day}", NOW + timedelta(days=day)) for day in range(1, 4)))
    plan.clock.pass_by(timedelta(days=400))

    assert [await plan.scheduler.fire_due(), await plan.new().fire_due()] == [3, 0]
    assert plan.jobs.names == ["1", "2", "3"]
    assert min(firing.late_by for firing in plan.jobs.fired) == timedelta(days=397)


async def test_jump_back_fires_nothing_again_and_nothing_early(plan: Plan) -> None:
    await plan.add(item("done"), item("later", NOW + timedelta(minutes=30)))
    assert await plan.scheduler.fire_due() == 1
    plan.clock.pass_by(timedelta(days=-1))
    assert [await plan.scheduler.fire_due(), await plan.new().fire_due()] == [0, 0]

    plan.clock.pass_by(timedelta(days=1, minutes=30))
    assert await plan.scheduler.fire_due() == 1
    assert plan.jobs.names == ["done", "later"]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_commands_around_a_jump_are_answered_once_in_order(
    sqlite_url: str, jump: timedelta
) -> None:
    world = World(sqlite_url, ModelServer())
    await world.live()
    bot = await world.born()
    for _ in range(3):
        world.ask()
    await bot.settled()
    world.clock.pass_by(jump)
    for _ in range(3):
        world.ask()
    await bot.settled()
    await bot.end()
    world.ask()
    await world.live()

    assert world.problems() == []
