"""The health page says what is wrong in a few words, and never who talks with the bot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.web.health import LOOP_LIMIT, OUTBOX_LIMIT, SYNC_LIMIT, Health, Signs
from bot.web.listener import Listener


async def _zero() -> float:
    return 0.0


async def _nothing() -> None:
    return


@pytest.fixture
def signs(tmp_path: Path) -> Signs:
    return Signs(
        loop_age=lambda: 0.5,
        sync_age=lambda: 2.0,
        outbox_age=_zero,
        writes=_nothing,
        counts=lambda: {"rooms": 3, "inbox_waiting": 0},
        data_dir=tmp_path,
    )


@pytest.fixture
async def page() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(session: aiohttp.ClientSession, signs: Signs, path: str) -> tuple[int, str]:
    listener = Listener([Health(signs)])
    await listener.start("127.0.0.1", 0)
    try:
        async with session.get(f"http://127.0.0.1:{listener.port}{path}") as answer:
            return answer.status, await answer.text()
    finally:
        await listener.stop()


async def test_well_bot_is_live_and_ready(page: aiohttp.ClientSession, signs: Signs) -> None:
    status, body = await ask(page, signs, "/live")
    assert (status, '"live":true' in body) == (200, True)
    assert await ask(page, signs, "/ready") == (200, '{"ready":true,"problems":[]}')


async def test_stuck_loop_is_not_live(page: aiohttp.ClientSession, signs: Signs) -> None:
    stuck = replace(signs, loop_age=lambda: LOOP_LIMIT)
    assert (await ask(page, stuck, "/live"))[0] == 503


@pytest.mark.parametrize("age", [None, SYNC_LIMIT + 1])
async def test_bot_without_homeserver_is_not_ready(
    page: aiohttp.ClientSession, signs: Signs, age: float | None
) -> None:
    status, body = await ask(page, replace(signs, sync_age=lambda: age), "/ready")
    assert status == 503
    assert "homeserver does not answer" in body


async def test_old_messages_make_it_unready(signs: Signs) -> None:
    async def age() -> float:
        return OUTBOX_LIMIT + 1

    problems = await Health(replace(signs, outbox_age=age)).problems()
    assert problems == ["messages wait for more than five minutes"]


async def test_database_that_takes_no_write_makes_it_unready(signs: Signs) -> None:
    async def writes() -> None:
        raise TimeoutError

    problems = await Health(replace(signs, writes=writes)).problems()
    assert problems == ["the database takes no write: TimeoutError"]


async def test_metrics_are_numbers_without_people(
    page: aiohttp.ClientSession, signs: Signs
) -> None:
    status, body = await ask(page, signs, "/metrics")
    assert status == 200
    assert "compagnon_sync_age_seconds 2.0" in body
    assert "compagnon_rooms 3.0" in body
    assert "@" not in body
