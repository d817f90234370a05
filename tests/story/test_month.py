"""A month of six rooms, two languages and three zones, with kills wherever something falls due.

In it Paris goes to summer time (29 March 2026), and Toronto does (8 March).
"""

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ids import RoomId, UserId
from bot.jobs import DUE
from bot.scheduler import Around, Scheduler
from bot.storage import due, room
from bot.storage.database import Database
from bot.storage.room import Room
from tests.letter import tell
from tests.scene import ANIMATOR, ANIMATORS_ROOM, CATALOGUE, Act, Scene

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
PLACES = [
    ("fr", "Europe/Paris"), ("en", "Europe/Paris"), ("fr", "America/Toronto"),
    ("en", "America/Toronto"), ("fr", "Indian/Reunion"), ("en", "Indian/Reunion"),
]  # fmt: skip
ROOMS = [RoomId(f"!room{n}:example.org") for n in range(len(PLACES))]


async def _settle(scene: Scene) -> None:
    rooms = [Room(name, joined_count=9) for name in (*ROOMS, ANIMATORS_ROOM)]
    await scene.database.write(lambda t: room.save(t, rooms))
    scene.rooms.open.update(ROOMS)
    for name, (language, zone) in zip(ROOMS, PLACES, strict=True):
        for words in (
            f"!settings language {language}", f"!settings timezone {zone}",
            "!lettre programme vendredi 9h" if language == "fr" else "!letter schedule friday 9am",
            "!letter approval none",
        ):  # fmt: skip
            await scene.say(words, sender=ANIMATOR, room=name)
    for n, name in enumerate(ROOMS, start=1):
        french = PLACES[n - 1][0] == "fr"
        wanted = (
            "!annonce chaque lundi 10h | Lundi"
            if french
            else "!announce every monday 10am | Monday"
        )
        await _say_twice(scene, wanted, name)
        confirmed = await scene.answer(f"!announce confirm A{n}", sender=ANIMATOR, room=name)
        assert f"A{n}" in confirmed


async def _say_twice(scene: Scene, words: str, room_id: RoomId) -> None:
    """Let the process die after it handled a message, before it knew."""
    entry = await scene.record(scene.message(words, sender=ANIMATOR, room=room_id))
    await scene.router.handle(entry)
    await scene.router.handle(entry)


async def _half_hour(scene: Scene, seen: set[str], chance: random.Random) -> list[Act]:
    async with scene.database.read() as snapshot:
        next_at = await due.next_at(snapshot)
    if next_at is None or next_at > scene.clock.at:
        return []
    killed = asyncio.create_task(_process(scene).fire_due())
    for _ in range(chance.randrange(60)):
        await asyncio.sleep(0)
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    await _process(scene).fire_due()
    new = [act for act in await scene.acts() if act.oid not in seen]
    seen.update(act.oid for act in new)
    return [act for act in new if act.content.get("msgtype") == "m.text"]


def _process(scene: Scene) -> Scheduler:
    """Return a new process: what the one before it knew is in the database alone."""
    around = Around(animators_room=ANIMATORS_ROOM, reader=scene.server)
    return Scheduler(scene.database, scene.clock, CATALOGUE, DUE, [], around)


async def test_every_letter_and_announcement_of_a_month_comes_once_at_its_hour(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    try:
        await _play(Scene(database))
    finally:
        await database.close()


async def _play(scene: Scene) -> None:
    scene.clock.at = START
    await _settle(scene)
    seen = {act.oid for act in await scene.acts()}
    said: dict[RoomId, list[tuple[datetime, str]]] = defaultdict(list)
    chance = random.Random(20260301)
    for halves in range(31 * 24 * 2):
        scene.clock.at = START + timedelta(minutes=30 * (halves + 1))
        if halves % 48 == 0:
            for name in ROOMS:
                problem = f"Le {scene.clock.at:%d} dans {name}"
                await tell(scene.database, name, problem, scene.clock.at, author=UserId("@m:x"))
        for act in await _half_hour(scene, seen, chance):
            said[act.room].append((scene.clock.at, act.body))
    for name, (language, zone) in zip(ROOMS, PLACES, strict=True):
        local = [(at.astimezone(ZoneInfo(zone)), body) for at, body in said[name]]
        letters = [(at, body) for at, body in local if "📰" in body]
        others = [(at, body) for at, body in local if "📰" not in body]
        assert [(at.day, at.hour, at.minute) for at, _ in letters] == [
            (day, 9, 0) for day in (6, 13, 20, 27)
        ]
        assert [(at.day, at.hour, at.minute) for at, _ in others] == [
            (day, 10, 0) for day in (2, 9, 16, 23, 30)
        ]
        assert {body for _, body in others} == {"Lundi" if language == "fr" else "Monday"}
        assert all(("La lettre" in body) is (language == "fr") for _, body in letters)
        for _, body in letters:
            assert not any(other in body for other in ROOMS if other != name)
        told = [f"Le {day:02} dans" for day in range(1, 27)]
        assert all(sum(one in body for _, body in letters) <= 1 for one in told)
