"""Sender: delivers the outbox, each parcel once, in order within its conversation."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from bot import crash
from bot.clock import Clock
from bot.ids import EventId, Oid, direct_user, trio_search
from bot.matrix.delivery import Delivery, GivenUpError, WithdrawnError
from bot.matrix.direct import DirectRooms
from bot.matrix.mark import Marks
from bot.matrix.trio import TrioRooms
from bot.services.direct import UnreachableError
from bot.services.trio import OverError
from bot.storage import echo, outbox
from bot.storage.database import Database
from bot.storage.outbox import Parcel, State
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)


class Alarm(Protocol):
    """Who is told that a parcel was given up."""

    def parcel_stopped(
        self, transaction: Transaction, parcel: Parcel, state: State, reason: str
    ) -> None:
        """Enqueue what tells a person, in the transaction that stops the parcel; must not raise."""
        ...


class Sender:
    """Sends what is in the outbox.

    A conversation is delivered in order, one parcel at a time; conversations overlap. Nothing is
    sent that has no committed row, and what was sent is marked.
    """

    def __init__(
        self,
        delivery: Delivery,
        database: Database,
        clock: Clock,
        directs: DirectRooms,
        trios: TrioRooms,
        marks: Marks | None = None,
    ) -> None:
        self._delivery = delivery
        self._directs = directs
        self._trios = trios
        self._database = database
        self._clock = clock
        self._marks = marks or Marks(database)
        self.alarm: Alarm | None = None
        self._waiting: dict[str, deque[Parcel]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._moved = asyncio.Event()

    async def run(self, *, on_ready: asyncio.Event) -> None:
        """Deliver what the last process left, and then what ``add`` brings, until cancelled."""
        left = await self._database.patiently(self._load)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._marks.run())
            earlier, self._waiting = self._waiting, {}
            self.add(left)
            known = {parcel.oid for parcel in left}
            for parcels in earlier.values():
                self.add(parcel for parcel in parcels if parcel.oid not in known)
            on_ready.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                # What is committed from now on waits for the next process.
                self._tasks = None

    async def _load(self) -> list[Parcel]:
        async with self._database.read() as snapshot:
            left = await outbox.pending(snapshot)
            self._delivery.echoes.update(await echo.unclaimed(snapshot))
        return left

    def add(self, parcels: Iterable[Parcel]) -> None:
        """Deliver parcels whose rows are committed."""
        for parcel in parcels:
            queue = self._waiting.get(parcel.conversation)
            if queue is not None:
                queue.append(parcel)
                continue
            self._waiting[parcel.conversation] = deque([parcel])
            self._idle.clear()
            if self._tasks is not None:
                self._tasks.create_task(self._converse(parcel.conversation))

    def withdraw(self, oids: frozenset[Oid]) -> None:
        """Send none of ``oids`` any more, unless one is on the wire at this moment."""
        self._delivery.withdrawn |= oids
        for conversation, queue in self._waiting.items():
            kept = [queue[0], *(item for item in list(queue)[1:] if item.oid not in oids)]
            self._waiting[conversation].clear()
            self._waiting[conversation].extend(kept)

    async def idle(self) -> None:
        """Wait until nothing waits, nothing is under way, and all is marked."""
        await self._idle.wait()
        await self._marks.flush()

    async def ease(self, most: int) -> None:
        """Wait until at most ``most`` parcels wait or are under way."""
        while self.backlog > most:
            self._moved.clear()
            await self._moved.wait()

    @property
    def backlog(self) -> int:
        """Return how many parcels wait or are under way."""
        return sum(len(queue) for queue in self._waiting.values())

    async def _converse(self, conversation: str) -> None:
        queue = self._waiting[conversation]
        while queue:
            parcel = queue[0]
            try:
                self._delivery.refuse_withdrawn(parcel.oid)
                parcel = await self._trios.address(await self._directs.address(parcel))
                event_id = await self._delivery.deliver(parcel)
            except WithdrawnError:
                pass
            except OverError:
                await self._directs.miss(replace(parcel, fallback=None), "over")
            except UnreachableError as error:
                await self._directs.miss(parcel, str(error))
            except GivenUpError as stop:
                await self._give_up(parcel, stop)
            except Exception as error:
                # A mistake of ours must not silence every room; nobody knows whether it was sent.
                log.exception("event=delivery_failed oid=%s", parcel.oid)
                await self._give_up(parcel, GivenUpError(State.HELD, type(error).__name__))
            else:
                self._mark_sent(parcel, event_id)
            queue.popleft()
            self._moved.set()
        del self._waiting[conversation]
        if not self._waiting:
            self._idle.set()

    def _mark_sent(self, parcel: Parcel, event_id: EventId) -> None:
        log.debug("event=sent oid=%s event_id=%s", parcel.oid, event_id)
        crash.point("send.before_mark")
        self._delivery.remember(parcel.oid, event_id)
        self._marks.note(parcel.oid, event_id, self._clock.now())

    async def _give_up(self, parcel: Parcel, stop: GivenUpError) -> None:
        is_gone = parcel.target is None and stop.reason.startswith("403")
        is_small = (direct_user(parcel.conversation), trio_search(parcel.conversation)) != (
            None,
            None,
        )
        if is_small and stop.state is State.DEAD and (is_gone or parcel.target is not None):
            # The bot was thrown out of the room, or what it changes is not there: nobody's alarm.
            await self._directs.miss(parcel, stop.reason, is_gone=is_gone)
            return
        log.error("event=parcel_stopped oid=%s room=%s state=%s reason=%r", parcel.oid,
                  parcel.room_id, stop.state, stop.reason)  # fmt: skip

        async def work(transaction: Transaction) -> None:
            await outbox.mark_stopped(transaction, parcel.oid, stop.state, stop.reason)
            if self.alarm is not None:
                self.alarm.parcel_stopped(transaction, parcel, stop.state, stop.reason)

        await self._database.write_patiently(work)
