"""Mark: notes in the outbox what the homeserver has taken, many at a time."""

import asyncio
from datetime import datetime

from bot import crash
from bot.ids import EventId, Oid
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.transaction import Transaction

INTERVAL = 0.5
"""Seconds a mark may wait for company. Dying before it is written costs a repeated request, which
the server recognises by its transaction id."""


Written = dict[Oid, tuple[EventId, datetime]]
"""Marks by the parcel: the event it became, and when that was known."""


class Marks:
    """Parcels that were sent and are not yet marked so.

    They are written with the journal's next commit, or by ``run`` within half a second: a commit
    for each of them would be a third of what a command costs.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: Written = {}
        self._has_some = asyncio.Event()

    def note(self, oid: Oid, event_id: EventId, at: datetime) -> None:
        """Have ``oid`` marked as sent."""
        self._open[oid] = (event_id, at)
        self._has_some.set()

    async def write(self, transaction: Transaction) -> Written:
        """Mark all of them in ``transaction``; give the result to ``settle`` once it is durable."""
        written = dict(self._open)
        await outbox.mark_all_sent(transaction, written)
        return written

    def settle(self, written: Written) -> None:
        """Forget what is durably marked."""
        for oid, mark in written.items():
            if self._open.get(oid) == mark:
                del self._open[oid]
        if not self._open:
            self._has_some.clear()
        if written:
            crash.point("send.after_mark")

    async def flush(self) -> None:
        """Mark all of them now."""
        if self._open:
            self.settle(await self._database.write_patiently(self.write))

    async def run(self) -> None:
        """Mark what is noted, a little later, until cancelled."""
        while True:
            await self._has_some.wait()
            await asyncio.sleep(INTERVAL)
            await self.flush()
