"""A month of six rooms, two languages and three zones, run from chat alone, with the bot killed.

In it Toronto goes to summer time (8 March 2026), and Paris does (29 March). Whatever falls due, the
process may die at a crash point, and another one begins with nothing but the database.
"""

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import crash
from bot.ids import RoomId, UserId
from bot.jobs import DUE
from bot.scheduler import Around, Scheduler
from bot.services.manner import USUAL
from bot.storage import due, room
from bot.storage.database import Database
from bot.storage.room import Room
from tests.matrix.life import Death
from tests.scene import ANIMATOR, ANIMATORS_ROOM, BOT, CATALOGUE, JO, MAX, Act, Scene, sent

GOLDEN = Path(__file__).parent.parent / "golden"
START = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
END = datetime(2026, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PLACES = [
    ("fr", "Europe/Paris"), ("en", "Europe/Paris"), ("fr", "America/Toronto"),
    ("en", "America/Toronto"), ("fr", "Indian/Reunion"), ("en", "Indian/Reunion"),
]  # fmt: skip
ROOMS = [RoomId(f"!room{n}:example.org") for n in range(len(PLACES))]
FIRST, HELD, PLAIN = ROOMS[0], ROOMS[1], ROOMS[3]
MEMBER = UserId("@camille:example.org")
POINTS = ("due.claimed", "database.before_commit", "database.after_commit", "due.committed")
MONDAYS, FRIDAYS = (2, 9, 16, 23, 30), (6, 13, 20, 27)
SKIPPED = 20
"""The Friday whose letter an animator skips in the room where the others are approved."""


class Month:
    """The rooms, the chat, and schedulers that die; ``told`` is all that is said unasked."""

    def __init__(self, url: str, database: Database) -> None:
        self.url = url
        self.scene = Scene(database)
        self.scene.clock.at = START
        self.chance = random.Random(20260301)
        self.deaths = 0
        self.told: dict[str, list[tuple[datetime, Act]]] = defaultdict(list)
        self._seen: set[str] = set()

    async def say(self, where: RoomId, words: str, sender: UserId = ANIMATOR) -> str:
        """Let somebody say something; return the answers. The process dies before it knows."""
        entry = await self.scene.record(self.scene.message(words, sender=sender, room=where))
        await self.scene.router.handle(entry)
        await self.scene.router.handle(entry)
        return "\n".join(act.body for act in await self._new())

    async def settle(self) -> None:
        """Let the animator make everything ready, and two members subscribe."""
        rooms = [Room(name, joined_count=9) for name in (*ROOMS, ANIMATORS_ROOM)]
        await self.scene.database.write(lambda t: room.save(t, rooms))
        self.scene.rooms.open.update(ROOMS)
        for name in ROOMS:
            self.scene.server.members[name] = {ANIMATOR, MEMBER, BOT}
        self.scene.server.members[ANIMATORS_ROOM] = {ANIMATOR, BOT}
        self.scene.server.members[FIRST].add(JO)
        self.scene.server.members[PLAIN].add(MAX)
        for name, (language, zone) in zip(ROOMS, PLACES, strict=True):
            await self.say(name, f"!settings language {language}")
            await self.say(name, f"!settings timezone {zone}")
            french = language == "fr"
            friday = "!lettre programme vendredi 9h" if french else "!letter schedule friday 9am"
            assert "📰" in await self.say(name, friday)
            approval = {FIRST: "send", HELD: "hold"}.get(name, "none")
            await self.say(name, f"!letter approval {approval}")
        for n, name in enumerate(ROOMS, start=1):
            french = PLACES[n - 1][0] == "fr"
            monday = "chaque lundi 10h | Lundi" if french else "every monday 10am | Monday"
            await self.say(name, f"!announce {monday}")
            assert f"A{n}" in await self.say(name, f"!announce confirm A{n}")
        await self.say(FIRST, "!abonnement semaine", JO)
        await self.say(PLAIN, "!subscribe monthly", MAX)

    async def live(self) -> None:
        """Let the month pass: each day somebody shares in every room, and chat goes on."""
        day = 0
        while self.scene.clock.at < END:
            day += 1
            await self._chat(day)
            await self._pass_until(min(START + day * DAY, END))

    async def _chat(self, day: int) -> None:
        now = self.scene.clock.at
        for n, name in enumerate(ROOMS):
            await self.say(name, f"!share Day {now:%d} in room {n} → we try", MEMBER)
        if day == 3:
            assert "Q1" in await self.say(FIRST, "!demande Qui a refait un formulaire ?", JO)
        if day == 4:
            await self.say(FIRST, "!annonce dans 2 jours 11h | À abandonner")
            await self.say(FIRST, "!annonce confirme A7")
            await self.say(FIRST, "!annonce annule A7")
            await self.say(FIRST, "!annonce samedi 7 mars 11h | Déplacée")
            await self.say(FIRST, "!annonce confirme A8")
            await self.say(FIRST, "!annonce déplace A8 dimanche 8 mars 15h")
        if day == 5:
            await self.say(FIRST, "!lettre intro Première lettre du mois, merci à vous.")

    async def _pass_until(self, end: datetime) -> None:
        while True:
            async with self.scene.database.read() as snapshot:
                at = await due.next_at(snapshot)
            if at is None or at > end:
                self.scene.clock.at = end
                return
            self.scene.clock.at = max(at, self.scene.clock.at)
            point = f"{self.chance.choice(POINTS)}:{self.chance.randint(1, 2)}"
            await self.life(dies_at=point if self.chance.random() < 0.9 else None)
            for act in await self._new():
                if act.content.get("msgtype") == "m.text":
                    self.told[act.room].append((self.scene.clock.at, act))
                    await self._decide(act)

    async def _decide(self, act: Act) -> None:
        """Let the animator approve or skip a draft where no answer would hold it."""
        if act.room != ANIMATORS_ROOM or HELD not in act.body:
            return
        await self.scene.deliver()
        key = "⏭" if f"2026-03-{SKIPPED}" in act.body else "✅"
        await self.scene.react(sent(act.oid), key, sender=ANIMATOR, room=ANIMATORS_ROOM)
        await self._new()

    async def _new(self) -> list[Act]:
        new = [act for act in await self.scene.acts() if act.oid not in self._seen]
        self._seen.update(act.oid for act in new)
        return new

    async def life(self, *, dies_at: str | None) -> None:
        """Start a process and let it do what is due, or die on the way."""
        database = Database(self.url)
        around = Around(USUAL, ANIMATORS_ROOM, "!", self.scene.server)
        scheduler = Scheduler(database, self.scene.clock, CATALOGUE, DUE, [], around)
        died, dead = asyncio.Event(), list[asyncio.Task[object] | None]()

        def die() -> None:
            died.set()
            dead.append(asyncio.current_task())
            raise Death

        if dies_at is not None:
            crash.arm(dies_at, die)
        working = asyncio.ensure_future(scheduler.fire_due())
        dying = asyncio.ensure_future(died.wait())
        await asyncio.wait([working, dying], return_when=asyncio.FIRST_COMPLETED)
        crash.disarm()
        self.deaths += died.is_set()
        for task in (working, dying):
            task.cancel()
        await asyncio.gather(working, dying, *filter(None, dead), return_exceptions=True)
        await _close(database)

    def at_home(self, where: str, zone: str) -> list[tuple[datetime, str]]:
        """Return what was told ``where``, on the clocks of ``zone``."""
        return [(at.astimezone(ZoneInfo(zone)), act.body) for at, act in self.told[where]]


async def _close(database: Database) -> None:
    """Close what a dead process leaves: its committer never ends by itself."""
    committer = database._committer
    if committer is not None:
        committer.cancel()
        await asyncio.gather(committer, return_exceptions=True)
        database._committer = None
    await database.close()


def _times(told: list[tuple[datetime, str]], sign: str) -> list[tuple[int, int, int]]:
    return [(at.day, at.hour, at.minute) for at, body in told if sign in body]


def _check_rooms(month: Month) -> None:
    for name, (language, zone) in zip(ROOMS, PLACES, strict=True):
        told = month.at_home(name, zone)
        fridays = [day for day in FRIDAYS if (name, day) != (HELD, SKIPPED)]
        assert _times(told, "📰") == [(day, 9, 0) for day in fridays]
        monday, title = ("Lundi", "La lettre") if language == "fr" else ("Monday", "The letter")
        assert _times(told, monday) == [(day, 10, 0) for day in MONDAYS if day or name]
        letters = [body for _, body in told if "📰" in body]
        assert all(title in body for body in letters)
        number = ROOMS.index(name)
        for other in set(range(len(ROOMS))) - {number}:
            assert not any(f"in room {other} " in body for body in letters)
        shared = [f"Day {day:02} in room {number}" for day in range(1, 27)]
        assert all(sum(one in body for body in letters) <= 1 for one in shared)
    assert _times(month.at_home(FIRST, "Europe/Paris"), "Déplacée") == [(8, 15, 0)]
    assert _times(month.at_home(FIRST, "Europe/Paris"), "À abandonner") == []


def _check_drafts(month: Month) -> None:
    drafts = month.at_home(ANIMATORS_ROOM, "Europe/Paris")
    for name in (FIRST, HELD):
        mine = [(at, body) for at, body in drafts if name in body and "📰" in body]
        assert [(at.day, at.hour) for at, _ in mine] == [(day - 1, 9) for day in FRIDAYS]


def _check_copies(month: Month) -> None:
    jo = month.at_home(f"direct:{JO}", "Europe/Paris")
    assert _times(jo, "📰") == [(day, 9, 0) for day in MONDAYS]
    shown = "\n".join(body for _, body in jo)
    assert "in room 0" in shown
    assert not any(f"in room {other}" in shown for other in range(1, 6))
    [_, (at, copy)] = month.at_home(f"direct:{MAX}", "America/Toronto")
    assert (at.month, at.day, at.hour, at.minute) == (4, 1, 9, 0)
    assert "The letter" in copy
    assert "in room 3" in copy
    assert not any(f"in room {other}" in copy for other in (0, 1, 2, 4, 5))


def _as_read(month: Month, where: list[tuple[str, str]]) -> str:
    """Return what was told in these places, as their people read it in the course of the month."""
    lines = [
        f"── {name.partition(':')[0]} · {at:%Y-%m-%d %H:%M %Z}\n\n{body}\n"
        for name, zone in where
        for at, body in month.at_home(name, zone)
    ]
    return "\n".join(lines)


async def test_month_is_run_from_chat_and_everything_comes_once_at_its_hour(
    database: Database, database_url: str, request: pytest.FixtureRequest
) -> None:
    month = Month(database_url, database)
    await month.settle()
    await month.live()

    _check_rooms(month)
    _check_drafts(month)
    _check_copies(month)
    assert month.deaths > 30
    read = {
        "fr": [(FIRST, "Europe/Paris"), (f"direct:{JO}", "Europe/Paris")],
        "en": [(PLAIN, "America/Toronto"), (f"direct:{MAX}", "America/Toronto")],
    }
    for language, where in read.items():
        path = GOLDEN / f"month.{language}.txt"
        if request.config.getoption("--golden"):
            path.write_text(_as_read(month, where), encoding="utf-8")
        assert _as_read(month, where) == path.read_text(encoding="utf-8")
    desk = await month.say(ANIMATORS_ROOM, "!bureau")
    assert "!lettre aperçu" in desk
    assert "Q1" in desk
    assert "expériences partagées" in await month.say(ANIMATORS_ROOM, "!bilan")
