"""Scheduler: wakes up when something falls due, and fires it in one transaction (T3)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bot import crash
from bot.clock import Clock
from bot.i18n import Catalogue
from bot.ids import RoomId
from bot.job import CronJob, DueJob, Firing, Preparing
from bot.matrix.http import is_away
from bot.ports import RoomReader
from bot.pseudonym import Pseudonyms
from bot.services.manner import USUAL, Manner
from bot.services.outgoing import Outgoing
from bot.storage import due
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(seconds=60)
"""The database is asked at least this often, whatever the machine's clock did meanwhile."""

CLAIM = 20
"""Occurrences fired side by side, in one group commit: a bound on how long commands wait."""

AHEAD = 20
"""Messages that may wait to be sent when more are due: an answer waits behind no more than these
and one claim, and a homeserver has enough to do meanwhile."""

LONGEST_EASE = 1.0
"""Seconds that what is due waits for those: a room that takes nothing must not hold the others."""

FAILURES = 5
"""Exceptions after which an occurrence is dropped: a mistake of ours must not block the rest."""

LONGEST_GATHERING = 20.0
"""Seconds for which the server is asked before an occurrence; the others wait meanwhile."""

LATE = timedelta(minutes=5)
"""From here on a delivery says that it is late, even where the bot was there all the time."""

_WAKE_UP = "wake-up"
_MISFIRE = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


@dataclass(frozen=True, slots=True)
class Around:
    """What every occurrence is told: how to speak, where the animators are, and the server."""

    usual: Manner = USUAL
    animators_room: RoomId | None = None
    prefix: str = "!"
    reader: RoomReader | None = None
    community: str = ""
    pseudonyms: Pseudonyms | None = None


AROUND = Around()


class Scheduler:
    """Fires what is due. APScheduler only wakes it up; the table ``due`` says what and when.

    What came due while the bot was down is fired at its start, and told how late it is. So is what
    came due while ``is_held()``, the homeserver being away: ``wake`` is called when it is back.
    Between portions of what is due, ``ease`` waits until few messages wait to be sent.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        words: Catalogue,
        due_jobs: Sequence[DueJob],
        cron_jobs: Sequence[CronJob],
        around: Around = AROUND,
    ) -> None:
        self._database = database
        self._clock = clock
        self._words = words
        self._due_jobs: Mapping[str, DueJob] = {job.kind: job for job in due_jobs}
        self._cron_jobs = cron_jobs
        self._around = around
        self._began_at: datetime | None = None
        self.is_held: Callable[[], bool] = lambda: False
        self.ease: Callable[[int], Coroutine[object, object, None]] | None = None
        self.longest_ease = LONGEST_EASE
        self._alarm = AsyncIOScheduler(timezone="UTC")
        self._awake = asyncio.Event()
        self._armed_for: datetime | None = None
        self._is_crowded = False
        self._failures: dict[tuple[str, str, str], int] = {}

    async def run(self) -> None:
        """Fire what is due, now and whenever it falls due, until cancelled."""
        for job in self._cron_jobs:
            trigger = CronTrigger(hour=job.hour, minute=job.minute, timezone="UTC")
            self._alarm.add_job(self._run_cron, trigger, args=[job], id=job.noun, **_MISFIRE)
        self._began_at = self._clock.now()
        self._alarm.start()
        try:
            while True:
                self._awake.clear()
                self._armed_for = None
                if not self.is_held():
                    await self._database.patiently(self.fire_due)
                    await self._database.patiently(self._arm)
                await self._awake.wait()
        finally:
            self._alarm.shutdown(wait=False)

    def wake(self) -> None:
        """Look again at what is due, since it is held no more."""
        self._awake.set()

    def planned(self, items: Sequence[Due]) -> None:
        """Wake up in time for newly planned occurrences."""
        earliest = min(item.due_at for item in items)
        if self._armed_for is None or earliest < self._armed_for:
            self._awake.set()

    async def fire_due(self) -> int:
        """Fire everything that is due now; return how many occurrences were fired."""
        count = 0
        while True:
            now = self._clock.now()
            async with self._database.read() as snapshot:
                ripe = await due.ripe(snapshot, now, CLAIM)
            self._is_crowded = len(ripe) == CLAIM
            fired = await asyncio.gather(*(self._fire(item, now) for item in ripe))
            count += sum(fired)
            if not self._is_crowded:
                return count
            if self.ease is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.ease(AHEAD), self.longest_ease)

    async def _fire(self, item: Due, now: datetime) -> bool:
        """Mark one occurrence as fired and do what it asks for; both become true together."""

        async def work(transaction: Transaction) -> bool:
            if not await due.claim(transaction, item, now):
                return False
            crash.point("due.claimed")
            await self._run_due(transaction, item, now, facts)
            return True

        try:
            facts = await self._gather(item, now)
            is_fired = await self._database.write_patiently(work)
        except Exception as error:
            if isinstance(error, TimeoutError) or is_away(error):
                log.warning("event=due_waits kind=%s reference=%s", item.kind, item.reference)
                await self._put_off(item, now)
                return False
            log.exception("event=due_failed kind=%s reference=%s", item.kind, item.reference)
            await self._count_failure(item, now)
            return False
        self._failures.pop(_key(item), None)
        crash.point("due.committed")
        return is_fired

    async def _gather(self, item: Due, now: datetime) -> object:
        """Ask the server what the job of ``item`` wants to know of it."""
        job, reader = self._due_jobs.get(item.kind), self._around.reader
        if job is None or job.gather is None or reader is None:
            return None
        usual = self._around.usual
        preparing = Preparing(item, now, reader, self._database, self._words, usual)
        async with asyncio.timeout(LONGEST_GATHERING):
            return await job.gather(preparing)

    async def _put_off(self, item: Due, now: datetime) -> None:
        later = now + LONGEST_SLEEP
        await self._database.write_patiently(lambda t: due.put_off(t, item, later))

    async def _count_failure(self, item: Due, now: datetime) -> None:
        """Put a failed occurrence off by a minute, and after some failures drop it for good."""
        count = self._failures.get(_key(item), 0) + 1
        self._failures[_key(item)] = count
        if count < FAILURES:
            await self._put_off(item, now)
        else:
            await self._database.write_patiently(lambda t: due.drop(t, item, now))
            log.error("event=due_dropped kind=%s reference=%s", item.kind, item.reference)

    async def _run_due(
        self, transaction: Transaction, item: Due, now: datetime, facts: object
    ) -> None:
        if (job := self._due_jobs.get(item.kind)) is None:
            raise LookupError(f"no job for what is due of kind {item.kind!r}")
        cause, around = f"due:{item.kind}:{item.reference}:{item.occurrence}", self._around
        firing = Firing(
            item=item,
            now=now,
            late_by=max(now - item.due_at, timedelta()),
            transaction=transaction,
            outgoing=Outgoing(transaction, cause, now),
            words=self._words,
            usual=around.usual,
            animators_room=around.animators_room,
            prefix=around.prefix,
            community=around.community,
            facts=facts,
            is_late=self._is_late(item, now),
            is_one_of_many=self._is_crowded,
            pseudonyms=around.pseudonyms,
        )
        await job.run(firing)

    def _is_late(self, item: Due, now: datetime) -> bool:
        """Return whether an occurrence fell due before this process looked, or long ago."""
        was_missed = self._began_at is not None and item.due_at < self._began_at
        return was_missed or now - item.due_at >= LATE

    async def _arm(self) -> None:
        async with self._database.read() as snapshot:
            earliest = await due.next_at(snapshot)
        now = self._clock.now()
        at = min(earliest or now + LONGEST_SLEEP, now + LONGEST_SLEEP)
        self._armed_for = at
        self._alarm.add_job(
            self._awake.set,
            DateTrigger(at),
            id=_WAKE_UP,
            replace_existing=True,
            **_MISFIRE,
        )

    async def _run_cron(self, job: CronJob) -> None:
        try:
            await job.run(self._database, self._clock.now())
        except Exception:
            # The next time is another chance; what failed stays in the log.
            log.exception("event=job_failed job=%s", job.noun)


def _key(item: Due) -> tuple[str, str, str]:
    return item.kind, item.reference, item.occurrence
