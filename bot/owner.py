"""Owner: holds on to small tasks that nobody waits for, so that none is lost or fails unheard."""

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger(__name__)


class Owner:
    """Runs coroutines beside everything else; what they raise is logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def own(self, work: Coroutine[object, object, None]) -> None:
        """Run ``work`` to its end, or until ``close``."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Cancel what still runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("event=task_failed", exc_info=task.exception())
