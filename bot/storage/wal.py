"""WAL: the write-ahead log of an SQLite file, which keeps what was deleted until it is emptied."""

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy.engine import make_url

_PATIENCE = 2.0
"""Seconds that others may hold it up; they write at most a few milliseconds at a time."""


async def empty(url: str) -> bool:
    """Move all of the log into the database at ``url`` and cut it to nothing.

    Return whether nothing of it is left (sqlite.org/pragma.html, wal_checkpoint): False when
    somebody was reading all the time. Nothing is to be done, and True, on PostgreSQL.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        return True
    return await asyncio.to_thread(_empty, Path(target.database or ""))


def _empty(path: Path) -> bool:
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        [busy, _pages, _moved] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return int(busy) == 0
