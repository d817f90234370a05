"""Two processes on one PostgreSQL: the second waits, and goes on where the first was killed."""

import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.demo import bot_process
from bot.demo.bot_process import community_settings
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.ids import EventId, RoomId
from tests.e2e.command_line import compagnon
from tests.e2e.sealed import SealedMember
from tests.e2e.test_encryption import encrypted

PASSWORD = "correct horse battery staple"

TAKES_OVER_WITHIN = timedelta(seconds=15)

WATCHING = re.compile(r"event=watching")
PATIENCE = timedelta(seconds=60)

Pair = tuple[RunningBot, RunningBot]


@pytest_asyncio.fixture
async def jo(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[SealedMember]:
    """A member with an encrypting client."""
    account = await synapse.register(unique("jo"), PASSWORD)
    async with await SealedMember.enter(synapse.home.base_url, account, tmp_path / "jo") as member:
        yield member


@pytest_asyncio.fixture
async def room(jo: SealedMember) -> RoomId:
    """An encrypted room of Jo's."""
    return await encrypted(jo, await jo.create_room("Accueil"))


@pytest_asyncio.fixture
async def pair(
    synapse: Synapse,
    unique: Callable[[str], str],
    tmp_path: Path,
    room: RoomId,
    empty_postgres_url: str,
) -> AsyncIterator[Pair]:
    """One bot that works in the room, and another that stands by with the same identity."""
    account = await synapse.register(unique("compagnon"), PASSWORD)
    settings = community_settings(synapse.home, account, name="Les praticiens", rooms=[room])
    settings["storage"] |= {"url": empty_postgres_url, "standby": True}
    one, other = (
        RunningBot(account, bot_process.prepare(tmp_path / name, settings, PASSWORD))
        for name in ("one", "other")
    )
    try:
        await one.arrive(synapse.home.base_url, [room])
        key = one.process.config_path.with_name("data") / "recovery_key.txt"
        carried = shutil.copy2(key, tmp_path / "key")
        config = ("--config", other.process.config_path)
        restored = await compagnon(*config, "identity", "restore", "--recovery-key-file", carried)
        assert restored.code == 0, restored.printed
        await other.process.start(until=WATCHING)
        yield one, other
    finally:
        for bot in (one, other):
            await bot.process.stop()
            sys.stdout.write(bot.process.log)  # shown only if the test failed


async def answered_once(
    jo: SealedMember, bot: RunningBot, room: RoomId, asked: list[EventId]
) -> None:
    history = await jo.history(room)
    assert [len(bot.answers(history, question)) for question in asked] == [1] * len(asked)


async def test_standby_goes_on_for_a_killed_bot_without_losing_or_doubling(
    jo: SealedMember, room: RoomId, pair: Pair
) -> None:
    working, waiting = pair
    asked: list[EventId] = []
    for _ in range(3):
        asked += [await jo.send(room, "!ping") for _ in range(3)]
        await working.process.kill()
        killed_at = time.monotonic()
        asked += [await jo.send(room, "!ping") for _ in range(2)]
        await waiting.answer_to(jo, asked[-1], within=PATIENCE)
        assert time.monotonic() - killed_at < TAKES_OVER_WITHIN.total_seconds()
        await working.process.start(until=WATCHING)
        working, waiting = waiting, working

    asked.append(await jo.send(room, "!ping"))
    await working.answer_to(jo, asked[-1], within=PATIENCE)
    await answered_once(jo, working, room, asked)


async def test_bot_that_wakes_up_after_the_standby_took_over_says_nothing_and_ends(
    jo: SealedMember, room: RoomId, pair: Pair
) -> None:
    working, waiting = pair
    asked = [await jo.send(room, "!ping") for _ in range(5)]
    working.process.freeze()
    asked += [await jo.send(room, "!ping") for _ in range(2)]
    await waiting.answer_to(jo, asked[-1], within=PATIENCE)

    working.process.thaw()
    await working.process.wait_for_end()

    asked.append(await jo.send(room, "!ping"))
    await waiting.answer_to(jo, asked[-1], within=PATIENCE)
    await answered_once(jo, waiting, room, asked)
    assert "took over this database" in working.process.log
