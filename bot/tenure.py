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

LENGTH = timedelta(seconds=15)
"""How long a lease holds without renewal: how soon another may take over after a kill."""

RENEWAL = 5.0
"""Seconds between renewals; two may fail before the lease ends."""


class Tenure:
    """The lease of ``holder``, who is known to be one process by its file lock."""

    def __init__(self, database: Database, clock: Clock, holder: str) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self.sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

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

        return await self._database.write_patiently(work)
