"""Tenure: holds the database's lease for as long as this process acts for the bot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import Clock
from bot.errors import OperatorError
from bot.storage import lease
from bot.storage.database import Database
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

LENGTH = timedelta(seconds=10)
"""How long a lease holds without renewal: how soon another may take over after a kill."""

RENEWAL = 3.0
"""Seconds between renewals; two may fail before the lease ends."""

LOOK = 1.0
"""Seconds between two looks of who waits for its turn."""

MARGIN = 1.0
"""Seconds before its end from which a lease is not relied upon: a request takes a moment."""


class Tenure:
    """The lease of ``holder``, who is known to be one process by its file lock."""

    def __init__(self, database: Database, clock: Clock, holder: str) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self._until = 0.0
        self.sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def is_current(self) -> bool:
        """Return whether the lease is surely ours now: not after the process was held for long."""
        return self._clock.monotonic() < self._until - MARGIN

    async def begin(self) -> None:
        """Take the lease, waiting once for its length if another held it a moment ago.

        Raises OperatorError if the other still holds it then.
        """
        holder = await self._take()
        if holder != self._holder:
            log.warning("event=lease_held holder=%s wait=%d", holder, LENGTH.total_seconds())
            await self.sleep(LENGTH.total_seconds() + 1)
            holder = await self._take()
        if holder != self._holder:
            raise OperatorError(
                f"Another Compagnon ({holder}) already works with this database. Stop it first."
            )

    async def turn(self) -> None:
        """Return with the lease as soon as nobody else holds it."""
        is_told = False
        while (holder := await self._take()) != self._holder:
            if not is_told:
                log.info("event=standing_by holder=%s", holder)
                is_told = True
            await self.sleep(LOOK)

    async def keep(self) -> None:
        """Renew the lease until cancelled; raises OperatorError if another took it."""
        while True:
            await self.sleep(RENEWAL)
            holder = await self._take()
            if holder != self._holder:
                raise OperatorError(f"Another Compagnon ({holder}) took over this database.")

    async def end(self) -> None:
        """Give the lease back."""

        async def work(transaction: Transaction) -> None:
            await lease.release(transaction, self._holder)

        await self._database.write(work)

    async def _take(self) -> str:
        async def work(transaction: Transaction) -> str:
            return await lease.take(transaction, self._holder, self._clock.now(), LENGTH)

        began = self._clock.monotonic()
        holder = await self._database.write_patiently(work)
        if holder == self._holder:
            self._until = began + LENGTH.total_seconds()
        return holder
