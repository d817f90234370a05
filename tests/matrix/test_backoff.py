"""Waiting doubles, with jitter, within bounds; what the server asks for is waited for."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.matrix import backoff


@given(st.integers(1, 10_000))
def test_delay_doubles_up_to_the_longest(attempt: int) -> None:
    whole = min(2.0 ** min(attempt - 1, 30), backoff.LONGEST)
    assert whole / 2 <= backoff.delay(attempt) <= whole


@given(st.integers(1, 100), st.floats(0, 3600))
def test_delay_is_never_shorter_than_the_server_asks(attempt: int, retry_after: float) -> None:
    assert backoff.delay(attempt, retry_after) >= retry_after


@given(st.integers(1, 100))
def test_delay_has_its_own_longest(attempt: int) -> None:
    assert backoff.delay(attempt, longest=30.0) <= 30.0


async def test_sleep_until_ends_with_the_nudge() -> None:
    nudge = asyncio.Event()
    sleeping = asyncio.create_task(backoff.sleep_until(nudge, 3600, asyncio.sleep))
    nudge.set()
    await asyncio.wait_for(sleeping, 5)


async def test_sleep_until_ends_with_the_time() -> None:
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    await backoff.sleep_until(asyncio.Event(), 42.0, sleep)
    assert asked == [42.0]
