"""What falls due is fired once, on time or late, and one that breaks does not hold up the rest."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot import crash
from bot.clock import SystemClock
from bot.ids import RoomId
from bot.job import CronJob, DueJob, Firing, Preparing
from bot.matrix.http import NetworkError
from bot.scheduler import AHEAD, CLAIM, FAILURES, LONGEST_SLEEP, Around, Scheduler
from bot.storage import due
from bot.storage.database import Database
from bot.storage.due import Due
from bot.text import Text
from tests.matrix.life import Death
from tests.scene import CATALOGUE, NOW, HandClock, PlayedServer

SECOND = timedelta(seconds=1)


class Jobs:
    """Says what falls due, and notes it; breaks where the test wants it."""

    def __init__(self) -> None:
        self.fired: list[Firing] = []
        self.broken: set[str] = set()

    async def run(self, firing: Firing) -> None:
        if firing.item.reference in self.broken:
            raise ZeroDivisionError
        firing.outgoing.say(RoomId("!a:b"), Text(firing.item.reference, firing.item.reference))
        self.fired.append(firing)

    @property
    def names(self) -> list[str]:
        return [firing.item.reference for firing in self.fired]


def item(name: str, at: datetime = NOW) -> Due:
    return Due("test", name, "1", at)


class Plan:
    """A scheduler on a database, with a clock moved by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = HandClock()
        self.jobs = Jobs()
        self.scheduler = self.new()

    def new(self) -> Scheduler:
        """Return the scheduler of a new process."""
        due_jobs = [DueJob("test", self.jobs.run)]
        return Scheduler(self.database, self.clock, CATALOGUE, due_jobs, [])

    async def add(self, *items: Due) -> None:
        for one in items:
            await self.database.write(lambda t, one=one: due.plan(t, one))

    async def states(self) -> dict[str, str]:
        async with self.database.read() as snapshot:
            rows = await snapshot.execute(select(due.due.c.reference, due.due.c.state))
            return {row.reference: row.state for row in rows}


@pytest.fixture
def plan(database: Database) -> Plan:
    return Plan(database)


async def said(database: Database) -> int:
    from bot.storage import outbox

    async with database.read() as snapshot:
        return sum((await outbox.count(snapshot)).values())


async def test_only_what_is_due_is_fired_and_once(plan: Plan) -> None:
    await plan.add(item("past", NOW - SECOND), item("now"), item("later", NOW + SECOND))
    assert [await plan.scheduler.fire_due() for _ in range(2)] == [2, 0]
    assert await plan.new().fire_due() == 0
    assert plan.jobs.names == ["past", "now"]
    plan.clock.pass_by(SECOND)
    assert await plan.scheduler.fire_due() == 1
    assert await said(plan.database) == 3


async def test_job_is_told_how_late_it_is(plan: Plan) -> None:
    await plan.add(item("late", NOW - timedelta(hours=3)), item("sharp"))
    await plan.scheduler.fire_due()
    assert [firing.late_by for firing in plan.jobs.fired] == [timedelta(hours=3), timedelta()]


@pytest.mark.parametrize("error", [NetworkError("down"), TimeoutError()])
async def test_occurrence_waits_for_the_server_that_its_job_asks(
    plan: Plan, error: Exception
) -> None:
    answers: list[object] = [error] * (FAILURES + 1) + ["joined"]

    async def gather(preparing: Preparing) -> object:
        assert preparing.item.reference == "asks"
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    job = DueJob("test", plan.jobs.run, gather)
    around = Around(reader=PlayedServer())
    scheduler = Scheduler(plan.database, plan.clock, CATALOGUE, [job], [], around)
    await plan.add(item("asks"))
    for _ in range(FAILURES + 1):
        assert await scheduler.fire_due() == 0
        plan.clock.pass_by(LONGEST_SLEEP)

    assert await scheduler.fire_due() == 1
    assert [firing.facts for firing in plan.jobs.fired] == ["joined"]


async def test_more_than_a_claim_is_fired_in_one_go(plan: Plan) -> None:
    async def many(transaction: object) -> None:
        for number in range(2 * CLAIM + 5):
            await due.plan(transaction, item(f"{number}"))  # type: ignore[arg-type]  # of the test

    await plan.database.write(many)
    assert await plan.scheduler.fire_due() == 2 * CLAIM + 5
    assert len(set(plan.jobs.names)) == 2 * CLAIM + 5
    assert sum(not firing.is_one_of_many for firing in plan.jobs.fired) == 5


async def test_what_is_due_gives_way_to_what_waits_to_be_sent(plan: Plan) -> None:
    fired: list[int] = []

    async def ease(most: int) -> None:
        assert most == AHEAD
        fired.append(len(plan.jobs.names))

    plan.scheduler.ease = ease
    await plan.add(*(item(f"{number}") for number in range(2 * CLAIM + 5)))
    assert await plan.scheduler.fire_due() == 2 * CLAIM + 5
    assert fired == [CLAIM, 2 * CLAIM]


async def test_room_that_takes_nothing_does_not_hold_what_is_due(plan: Plan) -> None:
    async def ease(_most: int) -> None:
        await asyncio.Event().wait()

    plan.scheduler.ease = ease
    plan.scheduler.longest_ease = 0.01
    await plan.add(*(item(f"{number}") for number in range(2 * CLAIM + 5)))
    assert await plan.scheduler.fire_due() == 2 * CLAIM + 5


async def test_moved_occurrence_is_not_fired_at_its_old_time(plan: Plan) -> None:
    await plan.add(item("moved"))
    await plan.add(item("moved", NOW + SECOND))
    assert await plan.scheduler.fire_due() == 0


async def test_broken_job_is_put_off_then_dropped_and_others_go_on(plan: Plan) -> None:
    plan.jobs.broken = {"broken"}
    await plan.add(item("broken"), item("sound"))
    assert await plan.scheduler.fire_due() == 1
    for attempt in range(2, FAILURES + 1):
        assert (await plan.states())["broken"] == "pending"
        assert await plan.scheduler.fire_due() == 0
        plan.clock.pass_by(LONGEST_SLEEP)
        await plan.scheduler.fire_due()
        del attempt
    assert await plan.states() == {"broken": "dropped", "sound": "fired"}
    assert await said(plan.database) == 1


async def test_what_has_no_job_is_dropped_in_the_end(plan: Plan) -> None:
    await plan.add(Due("unknown", "x", "1", NOW))
    for _ in range(FAILURES):
        await plan.scheduler.fire_due()
        plan.clock.pass_by(LONGEST_SLEEP)
    assert await plan.states() == {"x": "dropped"}


async def test_broken_job_leaves_nothing_behind(plan: Plan) -> None:
    async def run(firing: Firing) -> None:
        firing.outgoing.say(RoomId("!a:b"), Text("x", "x"))
        raise ZeroDivisionError

    plan.jobs.run = run  # type: ignore[method-assign]  # the job of this test
    await plan.add(item("x"))
    await plan.new().fire_due()
    assert await said(plan.database) == 0


@pytest.mark.parametrize(("label", "left"), [("due.claimed", 1), ("due.committed", 0)])
async def test_kill_around_the_claim_fires_once(sqlite_url: str, label: str, left: int) -> None:
    database = Database(sqlite_url)
    plan = Plan(database)
    await plan.add(item("x"))

    died = asyncio.Event()

    def die() -> None:
        died.set()
        raise Death

    crash.disarm()
    crash.arm(label, die)
    firing = asyncio.create_task(plan.scheduler.fire_due())
    try:
        await asyncio.wait_for(died.wait(), 5)
    finally:
        crash.disarm()
        firing.cancel()
        await asyncio.gather(firing, return_exceptions=True)
        await database.close()
    database = Database(sqlite_url)
    again = Plan(database)
    assert await again.scheduler.fire_due() == left
    assert await said(database) == 1
    await database.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what it looks at has no event of its own
            await asyncio.sleep(0.005)


async def _while_running(scheduler: Scheduler, act: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.create_task(scheduler.run())
    try:
        await act()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_running_scheduler_fires_what_is_due_planned_and_falls_due(
    database: Database,
) -> None:
    jobs = Jobs()
    scheduler = Scheduler(database, SystemClock(), CATALOGUE, [DueJob("test", jobs.run)], [])
    database.on_announced = lambda items: scheduler.planned(
        [one for one in items if isinstance(one, Due)]
    ) if any(isinstance(one, Due) for one in items) else None  # fmt: skip
    now = datetime.now(UTC)
    await database.write(lambda t: due.plan(t, item("before", now - SECOND)))

    async def act() -> None:
        await _until(lambda: jobs.names == ["before"])
        await database.write(lambda t: due.plan(t, item("soon", now + 0.3 * SECOND)))
        await database.write(lambda t: due.plan(t, item("at once", now)))
        await _until(lambda: jobs.names == ["before", "at once", "soon"])

    await _while_running(scheduler, act)
    assert jobs.fired[-1].late_by < timedelta(seconds=5)


async def test_cron_job_that_breaks_does_not_end_the_scheduler(database: Database) -> None:
    ran: list[datetime] = []

    async def run(_database: Database, now: datetime) -> None:
        ran.append(now)
        raise ZeroDivisionError

    job = CronJob("broken", "3", "15", run)
    scheduler = Scheduler(database, HandClock(), CATALOGUE, [], [job])
    await scheduler._run_cron(job)
    assert ran == [NOW]

    async def act() -> None:
        await _until(lambda: scheduler._alarm.get_job("broken") is not None)

    await _while_running(scheduler, act)
