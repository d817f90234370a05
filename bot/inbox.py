"""Inbox: hands journalled events to the router, in order within a room, rooms side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from bot.ids import RoomId
from bot.matrix.backoff import Sleep
from bot.matrix.http import is_away
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.inbox import Entry
from bot.storage.transaction import Transaction
from bot.storage.trouble import trouble

log = logging.getLogger(__name__)

FAILURES = 5
"""Exceptions of its handler after which an event is a dead letter."""

STARTS = 20
"""Starts of the process after which an event that never got done is a dead letter: it kills us."""

PAUSES = (0.1, 0.5, 1.0, 2.0)
"""Seconds before the next attempt after the first, second, … exception."""


class Handler(Protocol):
    """Who handles one journalled event: the router."""

    async def handle(self, entry: Entry) -> None:
        """Handle ``entry`` in one transaction that also marks it as done."""
        ...

    async def give_up(self, entry: Entry) -> None:
        """Make ``entry`` a dead letter, and say so to the member and the animators."""
        ...


class Inbox:
    """Keeps the order of events within each room, and counts what goes wrong with them.

    The attempt is counted before it runs: ``starts`` with the journal's own commit or, for what an
    earlier process left, at the start of this one; ``failures`` after each exception. Trouble with
    the database or the homeserver is nobody's failure: the event waits.
    """

    def __init__(self, database: Database, handler: Handler) -> None:
        self.sleep: Sleep = asyncio.sleep
        self._database = database
        self._handler = handler
        self._rooms: dict[RoomId, deque[Entry]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, *, on_ready: asyncio.Event) -> None:
        """Handle what the last process left, and then what ``add`` brings, until cancelled."""
        left = await self._database.write_patiently(inbox.start_again)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self.add(left)
            on_ready.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                # What is journalled from now on waits for the next process.
                self._tasks = None

    def add(self, entries: Iterable[Entry]) -> None:
        """Handle journalled entries after those of the same room that wait already.

        Nothing happens while ``run`` does not run: it begins with what the journal has.
        """
        if self._tasks is None:
            return
        for entry in entries:
            if entry.state is not inbox.State.WAITING:
                continue
            queue = self._rooms.get(entry.room_id)
            if queue is not None:
                queue.append(entry)
                continue
            self._rooms[entry.room_id] = deque([entry])
            self._idle.clear()
            self._tasks.create_task(self._work(entry.room_id))

    async def idle(self) -> None:
        """Wait until nothing waits and nothing is being handled."""
        await self._idle.wait()

    @property
    def backlog(self) -> int:
        """Return how many events wait or are being handled."""
        return sum(len(queue) for queue in self._rooms.values())

    async def _work(self, room: RoomId) -> None:
        queue = self._rooms[room]
        while queue:
            await self._handle(queue[0])
            queue.popleft()
        del self._rooms[room]
        if not self._rooms:
            self._idle.set()

    async def _handle(self, entry: Entry) -> None:
        failures = entry.failures
        if entry.starts > STARTS:
            log.error("event=handler_kills event_id=%s starts=%d", entry.event_id, entry.starts)
            failures = FAILURES
        waits = 0
        while failures < FAILURES:
            try:
                await self._handler.handle(entry)
            except Exception as error:
                if is_trouble_elsewhere(error):
                    found = trouble(error)
                    if found is not None and found.is_lasting:
                        raise found from error
                    waits += 1
                    log.warning("event=handler_waits event_id=%s reason=%r", entry.event_id,
                                str(found or error)[:200])  # fmt: skip
                    await self.sleep(min(0.2 * 2 ** min(waits, 10), 30.0))
                    continue
                log.exception("event=handler_failed event_id=%s", entry.event_id)
                failures = await self._count_failure(entry)
                await self.sleep(PAUSES[min(failures, len(PAUSES)) - 1])
            else:
                log.debug("event=handled event_id=%s kind=%s", entry.event_id, entry.kind)
                return
        await self._give_up(entry)

    async def _count_failure(self, entry: Entry) -> int:
        async def work(transaction: Transaction) -> int:
            return await inbox.mark_failed(transaction, entry.event_id)

        return await self._database.write_patiently(work)

    async def _give_up(self, entry: Entry) -> None:
        try:
            await self._handler.give_up(entry)
        except Exception:
            # The event stays in the journal as waiting; the next start counts it again.
            log.exception("event=giving_up_failed event_id=%s", entry.event_id)


def is_trouble_elsewhere(error: Exception) -> bool:
    """Return whether an exception means that the database or the homeserver is in trouble."""
    return is_away(error) or trouble(error) is not None
