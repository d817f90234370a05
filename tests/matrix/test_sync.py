"""The loop journals before it moves on, survives every trouble, and hammers nobody."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import OperatorError
from bot.matrix.http import MatrixError, NetworkError
from bot.matrix.sync import LATE_AFTER, REFUSALS
from bot.storage import inbox
from bot.storage.database import Database
from tests.matrix.exchange import Fault, Request, answer, refused
from tests.matrix.look import entries, is_sync, position
from tests.matrix.world import Bot, World


@pytest.mark.parametrize("until", ["journal.received", "journal.committed"])
async def test_kill_around_the_journal_loses_nothing(world: World, until: str) -> None:
    world.ask()
    assert await world.live(until=until)
    assert await world.live() is False
    assert world.problems() == []


async def test_token_is_in_the_journals_transaction(world: World) -> None:
    before = await position(world)
    world.ask()
    assert await world.live(until="journal.received")
    assert (await position(world), await entries(world)) == (before, [])
    assert await world.live(until="journal.committed")
    assert await position(world) != before
    assert len(await entries(world)) == 1


async def test_same_answer_again_journals_nothing_new(world: World) -> None:
    bot = Bot(world, Database(world.url))
    await bot.build()
    world.ask()
    token = bot.sync._token
    await bot.sync.step(timeout_ms=0)
    bot.sync._token = token  # As from a cache of the server, or after a restored backup.
    await bot.sync.step(timeout_ms=0)
    assert len(await entries(world)) == 1
    await bot.end()


async def test_full_disk_delays_the_journal_and_loses_nothing(world: World) -> None:
    bot = Bot(world, Database(world.url))
    await bot.build()
    world.ask("!ping " + "x" * 15_000)
    await bot.database.write(lambda t: t.execute(text("PRAGMA max_page_count = 1")))
    stepping = asyncio.create_task(bot.sync.step(timeout_ms=0))
    await asyncio.wait([stepping], timeout=0.2)
    assert not stepping.done()
    await bot.database.write(lambda t: t.execute(text("PRAGMA max_page_count = 100000")))
    await stepping
    assert len(await entries(world)) == 1
    await bot.end()


@pytest.mark.parametrize(
    "fault",
    [None, refused(500, "M_UNKNOWN"), refused(502, ""), (200, {}, b"<html>"), (200, {}, b"[]"),
     answer(200, {}), answer(200, {"next_batch": ""}), answer(200, {"next_batch": 7}),
     refused(400, "M_INVALID_PARAM", "Invalid stream token"), refused(403, "M_FORBIDDEN"),
     refused(429, "M_LIMIT_EXCEEDED", retry_after_ms=7000)],
    ids=repr,
)  # fmt: skip
async def test_trouble_is_waited_out_without_hammering(world: World, fault: object) -> None:
    world.model.faults += [Fault(fault, applies=is_sync)] * 8  # type: ignore[arg-type]
    world.ask()
    await world.live()
    assert world.problems() == []
    assert len(world.slept) == 8
    assert sum(world.slept) > 30
    assert all(pause <= 30 for pause in world.slept)


async def test_timeout_varies_after_errors(world: World) -> None:
    world.model.faults += [Fault(None, applies=is_sync)] * 4
    world.ask()
    await world.live()
    asked = [r.query for r in world.model.requests if is_sync(r)][:5]
    assert len({query["timeout"] for query in asked}) == 5
    assert len({query["since"] for query in asked}) == 1


async def test_recovery_is_told_once(world: World) -> None:
    world.model.faults += [Fault(None, applies=is_sync)] * 3
    bot = await world.born()
    world.ask()
    await bot.settled()
    await bot.end()
    assert bot.recovered == 1


async def test_answer_after_a_long_silence_is_late(world: World) -> None:
    bot = Bot(world, Database(world.url))
    await bot.build()
    for pause in (0.0, LATE_AFTER + 1, 1.0):
        await world.sleep(pause)
        world.ask()
        await bot.sync.step(timeout_ms=0)
    async with bot.database.read() as snapshot:
        late = [entry.is_late for entry in await inbox.waiting(snapshot)]
    assert late == [True, True, False]
    await bot.end()


async def test_refused_token_is_renewed_and_nothing_is_lost(world: World) -> None:
    world.model.token = "token-2"
    world.model.refusal = refused(401, "M_UNKNOWN_TOKEN", soft_logout=True)
    world.ask()
    bot = await world.born()
    await bot.settled()
    await bot.end()
    assert [error.body["soft_logout"] for error in bot.renewed] == [True]
    assert world.problems() == []


class _Stubborn(Bot):
    """Cannot log in again at first, or never."""

    failures: list[Exception]

    async def renew(self, error: MatrixError) -> object:  # type: ignore[override]
        self.renewed.append(error)
        if self.failures:
            raise self.failures.pop(0)
        return await super().renew(error)


async def test_login_that_fails_is_tried_again_after_a_while(world: World) -> None:
    world.model.token = "token-2"
    bot = _Stubborn(world, Database(world.url))
    bot.failures = [NetworkError("x"), MatrixError(429, "M_LIMIT_EXCEEDED", "", retry_after=5.0)]
    await bot.begin()
    world.ask()
    await bot.settled()
    await bot.end()
    assert len(bot.renewed) == 4  # Twice in vain; what is renewed is counted by both classes.
    assert world.slept[1] >= 5.0
    assert world.problems() == []


async def test_no_way_back_ends_the_loop(world: World) -> None:
    world.model.token = "token-2"
    bot = _Stubborn(world, Database(world.url))
    bot.failures = [OperatorError("no password")]
    await bot.begin()
    with pytest.raises(OperatorError, match="no password"):
        await bot.tasks[2]
    await bot.end()


async def test_commands_are_handled_although_the_upkeep_fails(world: World) -> None:
    class Failing(world.parts.cipher):  # type: ignore[name-defined, misc]  # NoCipher
        failures = 3

        async def upkeep(self) -> frozenset[str]:
            if self.failures:
                self.failures -= 1
                raise NetworkError("x")
            return frozenset()

    world.parts = replace(world.parts, cipher=Failing)
    world.ask()
    await world.live()
    assert world.problems() == []


async def test_requests_are_few(world: World) -> None:
    world.ask()
    await world.live()
    kinds: list[Request] = [r for r in world.model.requests if not r.is_send]
    assert {r.parts[0] for r in kinds} == {"sync"}
    assert len(kinds) <= 3


async def test_position_of_another_device_that_is_refused_is_let_go(world: World) -> None:
    refusal = refused(400, "M_INVALID_PARAM", "Invalid stream token")
    world.model.faults.append(Fault(refusal, applies=is_sync))
    bot = Bot(world, Database(world.url))
    await bot.build()
    bot.sync.is_inherited = True
    ready = asyncio.Event()
    running = asyncio.create_task(bot.sync.run(on_ready=ready.set))

    await ready.wait()

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert world.slept == []
    first, second = [request for request in world.model.requests if is_sync(request)]
    assert "since" in first.query
    assert "since" not in second.query
    await bot.end()


@pytest.mark.parametrize(("refusals", "is_lost"), [(REFUSALS - 1, False), (REFUSALS, True)])
async def test_own_position_is_let_go_when_the_server_keeps_refusing_it(
    world: World, refusals: int, *, is_lost: bool
) -> None:
    refusal = refused(400, "M_INVALID_PARAM", "Invalid stream token")
    for _ in range(refusals):
        world.model.faults.append(Fault(refusal, applies=is_sync))
    bot = Bot(world, Database(world.url))
    await bot.build()
    ready = asyncio.Event()
    running = asyncio.create_task(bot.sync.run(on_ready=ready.set))

    await ready.wait()

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert bot.positions_lost == is_lost
    answered = [request for request in world.model.requests if is_sync(request)][refusals]
    assert ("since" in answered.query) != is_lost
    await bot.end()


async def test_what_was_said_since_a_position_that_is_gone_is_read_and_answered_once(
    world: World,
) -> None:
    world.model.timeline_limit = 4
    for _ in range(3):
        world.ask()
    await world.live()
    world.clock.pass_by(timedelta(minutes=2))
    # More than one answer holds, so that history has to be asked for.
    for _ in range(7):
        world.ask()
    for _ in range(REFUSALS):
        refusal = refused(400, "M_UNKNOWN", "Invalid stream token")
        world.model.faults.append(Fault(refusal, applies=is_sync))

    await world.live()

    assert world.problems() == []
    assert len(world.model.said()) == 10


async def test_history_is_read_back_only_to_the_position_that_is_gone(world: World) -> None:
    for _ in range(300):
        world.model.say("Bonjour à tous")
    world.clock.pass_by(timedelta(hours=1))
    await world.live()
    before = world.model.count("messages")
    world.ask()
    for _ in range(REFUSALS):
        refusal = refused(400, "M_UNKNOWN", "Invalid stream token")
        world.model.faults.append(Fault(refusal, applies=is_sync))

    await world.live()

    assert world.problems() == []
    assert len(world.model.said()) == 1
    assert world.model.count("messages") - before == 1
