"""1,000 reminders fall due at once on a real homeserver: said as fast as it takes messages at all?

First the bot's account sends as many messages, as many at a time, from a loop that does nothing
else; then the bot says its reminders, and a member asks for a `!ping` all the time.
"""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.due import WORDS, fill
from bench.measure import FLOOR, OURS, Measure, at_least, at_most, quantile
from bench.part.reminders import IN_FLIGHT, ROOMS
from bench.stage import GaveUpError, Stage, stage
from bench.subject import COMPAGNON, Seat, Subject
from bot.demo.member import Member
from bot.ids import EventId, RoomId

PART = "reminders-synapse"
WITHIN_SECONDS = 300
PING_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Said:
    """How many were said a second, how often one was lost or doubled, and how long pings took."""

    rate: float
    wrong: int
    pings: list[float]


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Measure the floor and our bot; other bots remind nobody."""
    del subjects
    count = 100 if quick else 1_000
    async with stage(2) as town:
        account = await town.account("compagnon")
        rooms = await town.rooms(ROOMS, account.user_id, "rappels")
        async with Member(town.synapse.home.base_url, account) as itself:
            for room in rooms:
                await itself.join(room)
            listening = asyncio.create_task(_listen(town.members[0]))
            raw = await _raw(itself, rooms, count)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        seat = Seat(town.directory / "bot", account, town.synapse.home.base_url)
        said = await _ours(town, seat, rooms, count)
    what = f"{count} due at once, Synapse"
    pings = [seconds * 1000 for seconds in said.pings]
    ratio = round(said.rate / raw, 2)
    return [
        Measure(PART, f"said, {what}", "/s", {OURS: round(said.rate), FLOOR: round(raw)}),
        at_least(PART, f"pace, {what}", "× raw", {OURS: ratio}, 0.9),
        at_most(PART, f"lost or doubled, {what}", "reminders", {OURS: said.wrong}, 0),
        Measure(PART, f"!ping meanwhile, p50, {what}", "ms", {OURS: round(quantile(pings, 0.5))},
                samples={OURS: pings}),
        Measure(PART, f"!ping meanwhile, longest, {what}", "ms", {OURS: round(max(pings))}),
    ]  # fmt: skip


async def _raw(itself: Member, rooms: list[RoomId], count: int) -> float:
    async def send(first: int) -> None:
        for each in range(first, count, ROOMS * IN_FLIGHT):
            await itself.send(rooms[first % ROOMS], f"⏰ {each}", mentions=[itself.user_id])

    began = time.perf_counter()
    await asyncio.gather(*(send(first) for first in range(ROOMS * IN_FLIGHT)))
    return count / (time.perf_counter() - began)


async def _listen(member: Member) -> None:
    """Do as the member does who asks for pings later: their client costs the homeserver too."""
    async for _ in member.follow():
        pass


async def _ours(town: Stage, seat: Seat, rooms: list[RoomId], count: int) -> Said:
    process = COMPAGNON.process(seat)
    path = seat.home / "compagnon.db"
    due_at = await fill(f"sqlite:///{path}", seat.home, count, rooms)
    process.start()
    try:
        while "event=ready" not in process.log_text() and time.time() < due_at:  # noqa: ASYNC110  a file
            await asyncio.sleep(0.1)
        pings = await _pinged(town, path, rooms, count, due_at)
    finally:
        await process.kill()
    said: list[tuple[int, str]] = []
    for room in rooms:
        history = await town.members[1].history(room)
        said += [(event.origin_server_ts, event.body) for event in history if WORDS in event.body]
    words = {body for _, body in said}
    last = max(at for at, _ in said) / 1000
    lost, doubled = count - len(words), len(said) - len(words)
    return Said(count / (last - due_at), lost + doubled, pings)


async def _pinged(
    town: Stage, path: Path, rooms: list[RoomId], count: int, due_at: float
) -> list[float]:
    """Ask for pings until all is said; return the seconds that each took."""
    member = town.members[0]
    if time.time() > due_at or not await _ping(member, rooms[0]):
        raise GaveUpError("the bot was not up before the reminders were due")
    await asyncio.sleep(max(0.0, due_at - time.time()))
    pings: list[float] = []
    while time.time() < due_at + WITHIN_SECONDS:
        pings.append(await _ping(member, rooms[len(pings) % ROOMS]))
        if await asyncio.to_thread(_count, path) >= count:
            return pings
    raise GaveUpError("not all reminders were said")


async def _ping(member: Member, room: RoomId) -> float:
    began = time.perf_counter()
    question: EventId = await member.send(room, "!ping")
    await member.wait_for(lambda event: event.reply_to == question, PING_WITHIN)
    return time.perf_counter() - began


def _count(path: Path) -> int:
    """Return how many reminders the homeserver has taken."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        sent = "SELECT count(*) FROM outbox WHERE state = 'sent' AND card LIKE 'reminder:%'"
        return int(connection.execute(sent).fetchone()[0])
