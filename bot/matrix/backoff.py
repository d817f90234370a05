"""Back-off: how long to wait before trying again."""

import asyncio
import random
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[object]]
"""How seconds are waited for: ``asyncio.sleep``, or a test's own."""

FIRST = 1.0
"""Seconds before the second attempt."""

LONGEST = 300.0
"""Seconds; no wait of ours is longer."""


def delay(attempt: int, retry_after: float | None = None, *, longest: float = LONGEST) -> float:
    """Return the seconds to wait after ``attempt`` failures (from 1): doubling, with jitter.

    The jitter takes away up to half, so that many who failed together do not come back together.
    What the server asks for (``retry_after``) is waited for in full.
    """
    seconds = min(FIRST * 2.0 ** min(attempt - 1, 30), longest)
    jittered = seconds * random.uniform(0.5, 1.0)  # noqa: S311  no secret
    return max(jittered, retry_after or 0.0)


async def sleep_until(nudge: asyncio.Event, seconds: float, sleep: Sleep) -> None:
    """Sleep for ``seconds``, or until ``nudge`` if that comes first."""
    first = [asyncio.ensure_future(sleep(seconds)), asyncio.ensure_future(nudge.wait())]
    try:
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiting in first:
            waiting.cancel()
