"""10,000 reminders fall due in the same second: how fast they are said, and who waits meanwhile.

The homeserver is instant, so that the pace is the bot's own; somebody asks for a `!ping` all the
time. It is told beside what anybody could send to that homeserver.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cost import cost
from bench.database import database
from bench.due import PEOPLE, fill
from bench.measure import FLOOR, OURS, Measure, at_most, quantile
from bench.part.ceiling import USER_ID, stub
from bench.stage import GaveUpError
from bench.subject import COMPAGNON, PROJECT, Seat, Subject
from bot.demo.client_api import CLIENT, ClientApi, JsonObject, number
from bot.demo.homeserver import Account
from bot.demo.process import Process
from bot.ids import RoomId

PART = "reminders"
ROOMS = 10
SERVER = USER_ID.partition(":")[2]
IN_FLIGHT = 8
"""Requests under way in one room, as the bot is configured by default."""
WITHIN_SECONDS = 300
PAUSE = 0.2
"""Seconds between two commands of the one who asks meanwhile."""


@dataclass(frozen=True, slots=True)
class Drain:
    """What one bot did, in seconds: its pace, how long its loop was held, how long others waited.

    ``worked`` is the longest hold without what the machine did meanwhile for others.
    """

    rate: float
    held: float
    worked: float
    cpu: float
    pings: Sequence[float]
    wrong: int


async def run(subjects: list[Subject], *, quick: bool, kind: str = "sqlite") -> list[Measure]:
    """Let our bot say them from one kind of database; other bots remind nobody."""
    del subjects
    count = 1_000 if quick else 10_000
    raw = await _raw(count)
    return _told(kind, count, await _ours(kind, count), raw)


def _told(kind: str, count: int, drain: Drain, raw: float) -> list[Measure]:
    what = f"{count} due at once, {kind}"
    held, worked = round(drain.held * 1000), round(drain.worked * 1000)
    pings = [seconds * 1000 for seconds in drain.pings]
    return [
        Measure(PART, f"said, {what}", "/s", {OURS: round(drain.rate), FLOOR: round(raw)}),
        at_most(PART, f"lost or doubled, {what}", "reminders", {OURS: drain.wrong}, 0),
        Measure(PART, f"loop held, {what}", "ms", {OURS: held}),
        at_most(PART, f"loop held by its own work, {what}", "ms", {OURS: worked}, 50),
        Measure(PART, f"CPU for 1,000, {what}", "s", {OURS: round(drain.cpu / count * 1000, 2)}),
        Measure(
            PART, f"!ping meanwhile, p50, {what}", "ms", {OURS: round(quantile(pings, 0.5))},
            samples={OURS: pings},
        ),
        Measure(PART, f"!ping meanwhile, longest, {what}", "ms", {OURS: round(max(pings))}),
    ]  # fmt: skip


async def _raw(count: int) -> float:
    """Return how many messages a second anybody can send to the same homeserver."""
    async with stub(ROOMS, PEOPLE) as url, ClientApi(url, "stub") as api:

        async def send(room: RoomId, first: int) -> None:
            for each in range(first, count, ROOMS * IN_FLIGHT):
                path = f"{CLIENT}/rooms/{room}/send/m.room.message"
                content = {"msgtype": "m.text", "body": f"⏰ {each}", "m.mentions": {}}
                await api.request("PUT", f"{path}/{each}", content)

        began = time.perf_counter()
        await asyncio.gather(*(send(_rooms()[n % ROOMS], n) for n in range(ROOMS * IN_FLIGHT)))
        return count / (time.perf_counter() - began)


def _rooms() -> list[RoomId]:
    """Return the rooms of the instant homeserver."""
    return [RoomId(f"!room{number}:{SERVER}") for number in range(ROOMS)]


async def _ours(kind: str, count: int) -> Drain:
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as name:
        home = Path(name)
        async with database(kind, home) as given, stub(ROOMS, PEOPLE) as url, ClientApi(url) as api:
            account = Account(USER_ID, "any password", "stub", "STUB")
            [*_, config] = COMPAGNON.prepare(Seat(home, account, url, given.url))
            due_at = await fill(
                given.url or f"sqlite:///{home / 'compagnon.db'}", home, count, _rooms()
            )
            holds = home / "holds.json"
            process = Process(
                ["bench.watched", config, str(holds)], log_path=home / "bot.log", cwd=PROJECT
            )
            process.start()
            try:
                pings, state, cpu = await _drained(process, api, due_at, count)
                await process.stop()
            finally:
                await process.kill()
            return _drain(pings, state, json.loads(holds.read_text()), due_at, cpu)


async def _drained(
    process: Process, api: ClientApi, due_at: float, count: int
) -> tuple[list[float], JsonObject, float]:
    """Ask for pings while all is said.

    Return how long each took, the homeserver's account, and the CPU seconds of the bot.
    """
    if await _ping(api) is None or time.time() > due_at:
        end = process.log_path.read_text().splitlines()[-1:]
        raise GaveUpError(f"the bot was not up before the reminders were due: {end}")
    await asyncio.sleep(due_at - time.time())
    pings: list[float] = []
    before = cost(process.pid).cpu_seconds
    while time.time() < due_at + WITHIN_SECONDS:
        took = await _ping(api)
        state = await api.request("GET", "/stub/state")
        if number(state, "said") >= count:
            return pings, state, cost(process.pid).cpu_seconds - before
        if took is None:
            raise GaveUpError(f"a command was not answered while reminders were said: {state}")
        pings.append(took)
        await asyncio.sleep(PAUSE)
    raise GaveUpError(f"not all reminders were said: {await api.request('GET', '/stub/state')}")


async def _ping(api: ClientApi, within: float = 60.0) -> float | None:
    """Have one command given; return the seconds until its answer, by the homeserver's clock."""
    await api.request("POST", "/stub/go", query={"commands": "1"})
    end = time.monotonic() + within
    while time.monotonic() < end:
        seconds = (await api.request("GET", "/stub/state")).get("seconds")
        if isinstance(seconds, float):
            return seconds
        await asyncio.sleep(0.02)
    return None


def _drain(
    pings: list[float], state: JsonObject, holds: list[list[float]], due_at: float, cpu: float
) -> Drain:
    last = state["said_last"]
    assert isinstance(last, float)
    said = number(state, "said")
    during = [(held, worked) for at, held, worked in holds if due_at <= at <= last + 1]
    return Drain(
        rate=said / (last - due_at),
        held=max((held for held, _ in during), default=0.0),
        worked=max((worked for _, worked in during), default=0.0),
        cpu=cpu,
        pings=pings,
        wrong=number(state, "said_twice"),
    )
