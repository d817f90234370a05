"""A course opens: 3,200 people come in two hours, and the bot is killed in the middle of it.

The homeserver keeps its own rate limits, and takes 500 of them in real time; the whole of the two
hours passes on the model server, by a clock that is moved.
"""

import asyncio
import json
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import OURS, Measure, at_most
from bench.part.crowd import JOIN_PATH, MODULE
from bench.stage import SERVER_NAME, GaveUpError
from bench.subject import Subject
from bot.demo import bot_process, homeserver
from bot.demo.bot_process import community_settings
from bot.demo.client_api import ClientApi
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId
from bot.storage.migration import upgrade
from tests.matrix.course import course_opens
from tests.matrix.model_server import ModelServer
from tests.matrix.world import World

PART = "newcomer"
GROUP = 25
ASKERS = 3
PASSWORD = "correct horse battery staple"
WITHIN = timedelta(minutes=6)
_OTHERS = re.compile(r"et (\d+) autres")


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Measure both; other bots greet nobody."""
    del subjects
    people, minutes = (400, 30) if quick else (3200, 120)
    return [*await _by_the_clock(people, minutes), *await _for_real(50 if quick else 500)]


async def _by_the_clock(people: int, minutes: int) -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        url = f"sqlite:///{directory}/bot.db"
        await upgrade(url, backup_dir=Path(directory), now=datetime.now(UTC))
        world = World(url, ModelServer())
        await world.live()
        began = time.process_time()
        greetings = await course_opens(world, people, minutes)
        seconds = time.process_time() - began
    what = f"of {people} in {minutes} minutes"
    greeted = sum(greeting.count for greeting in greetings)
    return [
        _measure(f"not greeted once, {what}", "people", abs(people - greeted), 0),
        _measure(f"lines in the room, {what}", "lines", len(greetings), minutes / 10 + 1),
        _measure(f"direct messages unasked, {what}", "rooms", len(world.model.direct.made), 0),
        _measure(f"CPU, {what}", "s", round(seconds, 1), 60),
    ]


async def _for_real(people: int) -> list[Measure]:
    directory = Path(tempfile.mkdtemp(prefix="compagnon-bench-"))
    synapse = await homeserver.start(
        directory / "synapse", server_name=SERVER_NAME, rate_limits=True
    )
    try:
        await _let_crowds_in(synapse)
        return await _course(synapse, directory, people)
    finally:
        await synapse.stop()
        shutil.rmtree(directory)


async def _let_crowds_in(synapse: Synapse) -> None:
    await synapse.stop()
    path = synapse.home.data_dir / "homeserver.yaml"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"modules": [MODULE]}))
    await synapse.start_again()


async def _course(synapse: Synapse, directory: Path, people: int) -> list[Measure]:
    base_url = synapse.home.base_url
    owner, *askers = [
        Member(base_url, await synapse.register(name, PASSWORD), patience=WITHIN)
        for name in ("owner", *(f"asker{number}" for number in range(ASKERS)))
    ]
    account = await synapse.register("compagnon", PASSWORD)
    room = await owner.create_room("Cours")
    settings = community_settings(synapse.home, account, name="Cours", rooms=[room])
    settings |= {"welcome": {"batch_minutes": 1}, "quiet": {"hours": "off"}}
    bot = RunningBot(account, bot_process.prepare(directory / "bot", settings, PASSWORD))
    try:
        await bot.arrive(base_url, [room])
        return await _judged(bot, base_url, room, owner, askers, people)
    finally:
        await bot.process.kill()
        for member in (owner, *askers):
            await member.close()


async def _judged(
    bot: RunningBot,
    base_url: str,
    room: RoomId,
    owner: Member,
    askers: Sequence[Member],
    people: int,
) -> list[Measure]:
    for asker in askers:
        await asker.join(room)  # first: a crowd uses up what the homeserver lets in
    async with ClientApi(base_url) as api:
        for start in range(0, people, GROUP):
            crowd = [f"@new{number}:{SERVER_NAME}" for number in range(start, start + GROUP)]
            await api.request("POST", JOIN_PATH, {"room_id": room, "user_ids": crowd})
            if start == people // GROUP // 2 * GROUP:
                await bot.process.kill()
                await bot.process.start()
    for asker in askers:
        await asker.send(room, "!commencer")
    expected = people + len(askers)
    end = time.monotonic() + WITHIN.total_seconds()
    while sum(_count(event) for event in _greetings(bot, await owner.history(room))) < expected:
        if time.monotonic() > end:
            raise GaveUpError(f"not all of {expected} were greeted within {WITHIN}")
        await asyncio.sleep(2)
    invited = [await _invitations(asker, end) for asker in askers]
    greetings = _greetings(bot, await owner.history(room))
    greeted = sum(map(_count, greetings))
    limited = bot.process.log.count("M_LIMIT_EXCEEDED")
    what = f"of {expected} on a Synapse with its own limits"
    return [
        _measure(f"not greeted once, {what}", "people", abs(expected - greeted), 0),
        _measure(f"lines in the room, {what}", "lines", len(greetings), 6),
        _measure(f"direct messages for {ASKERS} who ask, {what}", "rooms", sum(invited), ASKERS),
        _measure(f"requests refused as too many, {what}", "requests", limited, 60),
    ]


def _greetings(bot: RunningBot, history: Sequence[RoomEvent]) -> list[RoomEvent]:
    return [
        event
        for event in history
        if event.sender == bot.user_id and event.body.startswith("Bienvenue")
    ]


def _count(event: RoomEvent) -> int:
    mentions = event.content["m.mentions"]
    users = mentions.get("user_ids") if isinstance(mentions, dict) else None
    others = _OTHERS.search(event.body)
    named = len(users) if isinstance(users, list) else 0
    return named + (int(others[1]) if others else 1 if "une autre" in event.body else 0)


async def _invitations(asker: Member, end: float) -> int:
    """Return into how many rooms somebody is invited, once it is one at least."""
    number = 0
    while time.monotonic() < end:
        number += 1
        # Synapse would answer the same request from a cache for two minutes.
        query = {"timeout": str(number)}
        answer = await asker._api.request("GET", "/_matrix/client/v3/sync", query=query)  # noqa: SLF001  a member's own requests
        rooms = answer.get("rooms")
        invited = rooms.get("invite") if isinstance(rooms, dict) else None
        if isinstance(invited, dict) and invited:
            return len(invited)
        await asyncio.sleep(1)
    raise GaveUpError(f"nobody wrote to {asker.user_id}")


def _measure(what: str, unit: str, value: float, limit: float) -> Measure:
    return at_most(PART, what, unit, {OURS: value}, limit)
