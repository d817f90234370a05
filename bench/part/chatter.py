"""Messages that are not for the bot: what they cost it, and what they leave in its database."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from bench.arena import Arena
from bench.cost import cost
from bench.measure import OURS, Measure, at_most

PART = "chatter"
CANARY = "zibelinechatoyante"
"""In every such message: afterwards it must be in no file of the bot."""

LAG_SECONDS = 3.0
"""Longer than `bot.matrix.journal.TOKEN_LAG`."""
QUIET_SECONDS = 1.0
"""Longer than the way of an answer back to the bot."""


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Let the members talk among themselves before every bot in turn."""
    count = 50 if quick else 250
    cpu: dict[str, float] = {}
    rows: dict[str, float] = {}
    traces: dict[str, float] = {}
    for contestant in arena.rounds(1):
        await arena.up(contestant)
        room, home = contestant.rooms[0], contestant.seat.home
        await arena.ping(room)
        # The echo of an answer is written with what comes once the token's lag is over.
        await asyncio.sleep(LAG_SECONDS)
        await arena.members[0].send(room, f"Bonjour {CANARY}")
        rows_before = await _settled_rows(home)
        before = cost(contestant.process.pid)
        for number in range(count):
            await arena.members[number % 5].send(room, f"Bonjour {CANARY} {number}")
        after = cost(contestant.process.pid)
        rows_after = await _settled_rows(home)
        cpu[contestant.name] = round((after.cpu_seconds - before.cpu_seconds) / count * 1000, 2)
        if contestant.name == OURS:
            rows[OURS] = rows_after - rows_before
            traces[OURS] = _traces(home)
    return [
        Measure(PART, "CPU per 1,000 messages", "s", cpu),
        at_most(PART, "rows left in the database", f"after {count}", rows, 0),
        at_most(PART, "files that hold their words", "files", traces, 0),
    ]


async def _settled_rows(home: Path) -> int:
    """Return how many rows there are once no more come: an answer is heard before its echo is."""
    before, after = -1, _rows(home)
    while before != after:
        await asyncio.sleep(QUIET_SECONDS)
        before, after = after, _rows(home)
    return after


def _rows(home: Path) -> int:
    total = 0
    for path in home.glob("*.db"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
            for (table,) in database.execute(asked).fetchall():
                total += database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return total


def _traces(home: Path) -> int:
    files = [path for path in home.rglob("*") if path.is_file()]
    return sum(CANARY.encode() in path.read_bytes() for path in files)
