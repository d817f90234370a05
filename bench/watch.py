"""Watches an event loop from inside: how long it was held, and when."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Self

TICK = 0.001
"""Seconds between two looks at whether the event loop turns."""

WORTH_NOTING = 0.005
"""Seconds; shorter holds are every task's."""


Hold = tuple[float, float, float]


@dataclass(slots=True)
class Watch:
    """``longest`` that the event loop was held, in seconds, while the block ran.

    ``holds`` has those worth noting: when each ended (``time.time``), how long it was, and how much
    of it the loop's thread worked; in the rest the machine did something else.
    """

    longest: float = 0.0
    holds: list[Hold] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        last, worked = time.perf_counter(), time.thread_time()
        while True:
            # Not 0: turning without rest would take the processor from the homeserver.
            await asyncio.sleep(TICK)
            now, work = time.perf_counter(), time.thread_time()
            held = now - last - TICK
            self.longest = max(self.longest, held)
            if held >= WORTH_NOTING:
                self.holds.append((time.time(), held, work - worked))
            last, worked = now, work
