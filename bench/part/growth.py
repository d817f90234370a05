"""An hour of a large community as fast as it goes: does the bot grow, does it slow down?

Ten equal parts of 10,000 messages of chatter and 500 commands by 10,000 members in 500 rooms come
from an instant homeserver: what grows from part to part is the bot's own.
"""

import asyncio
import socket
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import aiohttp

from bench.cost import cost
from bench.measure import OURS, Measure, at_most, quantile
from bench.part.ceiling import USER_ID, answered, stub
from bench.stage import GaveUpError
from bench.subject import Seat, Subject
from bot.demo.client_api import ClientApi, number
from bot.demo.homeserver import Account
from bot.demo.process import Process

PART = "growth"
ROOMS, MEMBERS = 500, 20
PEOPLE = 10_000
PARTS, COMMANDS, CHATTER = 10, 500, 20
WARM_UP = 3
"""Parts after which memory has to be flat."""

WITHIN_SECONDS = 300
LOOK_SECONDS = 0.01


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Let our bot go through the hour, or a tenth of it."""
    commands = COMMANDS // 10 if quick else COMMANDS
    [subject] = [subject for subject in subjects if subject.name == OURS]
    async with stub(ROOMS, MEMBERS) as url, ClientApi(url) as api:
        with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
            home = Path(directory)
            account = Account(USER_ID, "any password", "stub", "STUB")
            process = subject.process(Seat(home, account, url))
            port = _listening(home)
            process.start()
            try:
                blocked = await _longest_silence(process, port)
                return [
                    at_most(PART, f"first sync of {ROOMS} rooms, loop held", "s", blocked, 0.2),
                    *await _hour(process, api, home, commands),
                ]
            finally:
                await process.kill()


async def _hour(process: Process, api: ClientApi, home: Path, commands: int) -> list[Measure]:
    resident: list[float] = []
    cpu: list[float] = []
    for _ in range(PARTS):
        before = cost(process.pid)
        more = {"chatter": CHATTER, "people": PEOPLE}
        state = await answered(api, commands, WITHIN_SECONDS, **more)
        if state.get("seconds") is None:
            raise GaveUpError(f"an hour's part was not answered: {state}")
        after = cost(process.pid)
        resident.append(after.resident_mb)
        cpu.append(after.cpu_seconds - before.cpu_seconds)
    if number(state, "events") < PARTS * commands * CHATTER:
        raise GaveUpError(f"the hour was too short: {state}")
    flat = max(resident[WARM_UP:]) - resident[WARM_UP - 1]
    slower = quantile(cpu[-3:], 0.5) / quantile(cpu[:3], 0.5)
    size = _size(home) / 1e6
    ours = {OURS: round(resident[-1])}
    per_row = {OURS: round(size * 1e6 / max(1, _answers(home)))}
    return [
        Measure(PART, "resident after the hour", "MB", ours, samples={OURS: resident}),
        at_most(PART, f"more than after part {WARM_UP}", "MB", {OURS: round(flat, 1)}, 5),
        at_most(PART, "CPU, last parts to first", "×", {OURS: round(slower, 2)}, 1.1),
        Measure(PART, "database", "MB", {OURS: round(size, 1)}),
        Measure(PART, "database for each command", "bytes", per_row),
    ]


def _size(home: Path) -> int:
    return sum(path.stat().st_size for path in home.glob("*.db*"))


def _answers(home: Path) -> int:
    [file] = home.glob("*.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM outbox").fetchone()[0])


def _listening(home: Path) -> int:
    """Have the bot answer ``/live`` on a free port, and return it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = home / "config.toml"
    text = config.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"')
    config.write_text(text)
    return port


async def _longest_silence(process: Process, port: int) -> dict[str, float]:
    """Ask ``/live`` all the time until the first sync is over; return the longest answer."""
    longest = 0.0
    async with aiohttp.ClientSession() as client:
        while "event=ready" not in process.log_text():
            began = time.perf_counter()
            with suppress(aiohttp.ClientConnectionError):
                async with client.get(f"http://127.0.0.1:{port}/live"):
                    longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(LOOK_SECONDS)
    return {OURS: round(longest, 3)}
