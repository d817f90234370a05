"""A university of three days, played: 200 come, sessions move and fall out, the bot is killed."""

import asyncio
import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot import crash
from bot.ids import UserId
from bot.jobs import DUE
from bot.scheduler import Scheduler
from bot.services.meeting import attendance, following
from bot.services.meeting.attendance import Which
from bot.storage import due, meeting
from bot.storage.attendee import Answer
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.outbox import outbox
from bot.storage.transaction import Transaction
from tests.commands.calendar import bring
from tests.matrix.life import Death
from tests.played.programme import CHANGES, COMES, PARIS, PROGRAMME
from tests.scene import CATALOGUE, JO, HandClock, Scene

PEOPLE = [UserId(f"@p{number:03}:example.org") for number in range(200)]
LONGEST_DOWN = timedelta(minutes=20)
POINTS = ("due.claimed", "database.before_commit", "database.after_commit", "due.committed")

REMINDERS = {
    1: ["21 09:00", "27 09:00", "28 08:00"],
    2: ["21 14:00", "27 14:00", "28 13:00"],
    3: ["22 10:00", "28 15:00", "29 14:00"],
    4: ["23 10:00", "29 10:00"],
    5: ["21 09:30", "22 09:30", "23 09:30", "27 09:30", "28 08:30", "28 11:00", "29 09:30",
        "29 10:00", "30 08:30"],
}  # fmt: skip
"""When each session's people are due a reminder, in March, on the clocks of Paris."""


class Play:
    """The bot's commands on one connection, and schedulers that die on others."""

    def __init__(self, url: str, database: Database, seed: int) -> None:
        self.url = url
        self.scene = Scene(database)
        self.scene.clock.at = datetime(2026, 3, 10, 10, tzinfo=PARIS).astimezone(UTC)
        self.chance = random.Random(seed)
        self.deaths = 0

    async def prepare(self) -> None:
        assert "5 nouveaux" in await bring(self.scene, PROGRAMME, "!ics importer oui")
        for number, nth in COMES.items():
            for user in PEOPLE[::nth]:
                await self.scene.database.write(lambda t, n=number, u=user: self._come(t, n, u))

    async def _come(self, transaction: Transaction, number: int, user: UserId) -> None:
        item = await meeting.get(transaction, number)
        assert item is not None
        now = self.scene.clock.now()
        for name in await following.names(transaction, item, now):
            await attendance.answer(transaction, item, user, Answer.GOING, now, Which(name))

    async def run(self, until: datetime) -> None:
        """Let time pass; now and then the bot is away when something falls due, or is killed."""
        changes = list(CHANGES)
        while True:
            async with self.scene.database.read() as snapshot:
                at = await due.next_at(snapshot)
            at = min(at or until, until, changes[0][0].astimezone(UTC) if changes else until)
            if at >= until:
                return
            self.scene.clock.at = max(at, self.scene.clock.at)
            if changes and changes[0][0] <= self.scene.clock.at:
                assert "C" in await self.scene.answer(changes.pop(0)[1], sender=JO)
                continue
            if self.chance.random() < 0.2:
                self.scene.clock.at += LONGEST_DOWN * self.chance.random()
            point = f"{self.chance.choice(POINTS)}:{self.chance.randint(1, 2)}"
            await self.life(dies_at=point if self.chance.random() < 0.9 else None)

    async def life(self, *, dies_at: str | None) -> None:
        """Start a scheduler and let it do what is due, or die on the way."""
        database = Database(self.url)
        scheduler = Scheduler(database, self.scene.clock, CATALOGUE, DUE, [])
        scheduler._began_at = self.scene.clock.now()
        died, dead = asyncio.Event(), list[asyncio.Task[object] | None]()

        def die() -> None:
            died.set()
            dead.append(asyncio.current_task())
            raise Death

        if dies_at is not None:
            crash.arm(dies_at, die)
        working = asyncio.ensure_future(self._work(scheduler))
        dying = asyncio.ensure_future(died.wait())
        await asyncio.wait([working, dying], return_when=asyncio.FIRST_COMPLETED)
        crash.disarm()
        self.deaths += died.is_set()
        for task in (working, dying):
            task.cancel()
        await asyncio.gather(working, dying, *filter(None, dead), return_exceptions=True)
        await _close(database)

    async def _work(self, scheduler: Scheduler) -> None:
        while await scheduler.fire_due():
            pass

    async def told(self) -> list[tuple[str, str, datetime]]:
        """Return who was told what alone, and when it was said."""
        async with self.scene.database.read() as snapshot:
            rows = await snapshot.execute(select(outbox).order_by(outbox.c.seq))
            return [
                (row.room_id.removeprefix("direct:"), str(row.content["body"]), row.created_at)
                for row in rows
                if row.room_id.startswith("direct:") and row.event_type == "m.room.message"
            ]


async def _close(database: Database) -> None:
    """Close what a dead process leaves: its committer never ends by itself."""
    committer = database._committer
    if committer is not None:
        committer.cancel()
        await asyncio.gather(committer, return_exceptions=True)
        database._committer = None
    await database.close()


def expected() -> Counter[tuple[str, int, datetime]]:
    """Return each reminder that is due: to whom, of what, and when."""
    return Counter(
        (user, number, datetime.strptime(f"2026 03 {at}", "%Y %m %d %H:%M").replace(tzinfo=PARIS)
         .astimezone(UTC))
        for number, times in REMINDERS.items()
        for at in times
        for user in PEOPLE[:: COMES[number]]
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
async def test_everybody_gets_each_reminder_once_and_no_other(
    database_url: str, database: Database, seed: int
) -> None:
    play = Play(database_url, database, seed)
    await play.scene.preferences.load()
    await play.prepare()

    await play.run(datetime(2026, 4, 15, tzinfo=UTC))

    told = await play.told()
    wanted = expected()
    times = {number: sorted({at for _, n, at in wanted if n == number}) for number in COMES}
    said: Counter[tuple[str, int, datetime]] = Counter()
    for user, body, at in told:
        if body.startswith("⏰"):
            number = int(re.findall(r"\bC(\d)\b", body)[0])
            said[user, number, max((t for t in times[number] if t <= at), default=at)] += 1
    assert said == wanted
    news = Counter((user, body[:1]) for user, body, _ in told if body[0] not in "⏰💬")
    moved = Counter([*PEOPLE[::3], *PEOPLE[::5]])
    assert news == Counter({(user, "🗓"): n for user, n in moved.items()}) + Counter(
        {(user, "❌"): 1 for user in PEOPLE[::4]}
    )
    assert play.deaths >= 5


async def awaited(database: Database, count: int) -> list[str]:
    """Return what was said once there are so many messages."""
    async with asyncio.timeout(60):
        while True:
            async with database.read() as snapshot:
                rows = await snapshot.execute(select(outbox).order_by(outbox.c.seq))
                bodies = [str(row.content["body"]) for row in rows
                          if row.event_type == "m.room.message" and "⏰" in row.content["body"]
                          and "noté" not in row.content["body"]]  # fmt: skip
            if len(bodies) >= count:
                return bodies
            await asyncio.sleep(0.01)


async def live(database: Database, clock: HandClock, count: int) -> list[str]:
    """Run the scheduler of a new process until ``count`` things are said; return all of them."""
    scheduler = Scheduler(database, clock, CATALOGUE, DUE, [])
    database.on_announced = lambda items: scheduler.planned(
        [item for item in items if isinstance(item, Due)] or [Due("", "", "", clock.now())]
    )
    running = asyncio.create_task(scheduler.run())
    try:
        return await awaited(database, count)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_200_reminders_missed_by_seconds_are_all_said_once_and_late(
    database_url: str, database: Database
) -> None:
    scene = Scene(database)
    await scene.preferences.load()
    for user in PEOPLE:
        await scene.say("!rappel dans 1h le départ", sender=user)
    at = scene.clock.now() + timedelta(hours=1)

    scene.clock.at = at - timedelta(seconds=2)
    before = Database(database_url)
    assert await live(before, scene.clock, 0) == []
    await before.close()
    scene.clock.at = at + timedelta(seconds=8)
    after = Database(database_url)
    said = await live(after, scene.clock, 200)
    await after.close()

    assert len(said) == 200
    assert all("j’étais absent" in body for body in said)
    assert sorted(re.findall(r"@p\d+:example.org", " ".join(said))) == PEOPLE


async def test_200_who_come_are_told_once_and_late_though_killed_among_them(
    database_url: str, database: Database
) -> None:
    play = Play(database_url, database, 3)
    await play.scene.preferences.load()
    await play.scene.say("!rdv Départ | 26 mars 14h")
    await play.scene.say("!rdv modifier C1 rappels 1h")
    for user in PEOPLE:
        await database.write(lambda t, user=user: play._come(t, 1, user))
    play.scene.clock.at = datetime(2026, 3, 26, 13, 0, 8, tzinfo=PARIS).astimezone(UTC)

    for point in POINTS:  # killed on the way, again and again
        await play.life(dies_at=f"{point}:1")
    assert play.deaths == len(POINTS)
    last = Database(database_url)
    said = await live(last, play.scene.clock, 201)
    await last.close()

    told = await play.told()
    assert len(said) == 201
    assert Counter(user for user, _, _ in told) == Counter(PEOPLE)
    assert all("j’étais absent" in body for _, body, _ in told)
