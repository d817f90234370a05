"""Trouble of the database is told from mistakes of ours, waited for, and said in a sentence."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.storage.database import Database
from bot.storage.transaction import Transaction
from bot.storage.trouble import TroubleError, trouble

CREATE = text("CREATE TABLE kept (name TEXT UNIQUE)")


def _sqlite_error(name: str) -> DBAPIError:
    """Return what SQLAlchemy raises for an SQLite result code."""
    cause = sqlite3.OperationalError("what SQLite says")
    cause.sqlite_errorname = name
    return DBAPIError("UPDATE kept", None, cause)


@pytest.mark.parametrize(
    ("code", "words", "is_lasting"),
    [
        ("SQLITE_FULL", "make room", False),
        ("SQLITE_BUSY", "locked by another program", False),
        ("SQLITE_BUSY_SNAPSHOT", "locked by another program", False),
        ("SQLITE_IOERR_WRITE", "quota", False),
        ("SQLITE_READONLY_DBMOVED", "may only be read", False),
        ("SQLITE_CANTOPEN", "cannot be opened", False),
        ("SQLITE_CORRUPT_INDEX", "damaged", True),
        ("SQLITE_NOTADB", "damaged", True),
    ],
)
def test_trouble_says_what_to_do(code: str, words: str, *, is_lasting: bool) -> None:
    found = trouble(_sqlite_error(code))

    assert found is not None
    assert words in str(found)
    assert found.is_lasting == is_lasting


def test_trouble_is_no_mistake_of_ours() -> None:
    assert trouble(_sqlite_error("SQLITE_ERROR")) is None
    assert trouble(sqlite3.ProgrammingError("raised by the module, without a code")) is None
    assert trouble(FileNotFoundError("somebody else's")) is None


async def test_server_out_of_reach_is_trouble() -> None:
    database = Database("postgresql://nobody@127.0.0.1:9/nothing")

    with pytest.raises(TroubleError, match="cannot be reached"):
        await database.write(lambda t: t.execute(text("SELECT 1")))
    with pytest.raises(TroubleError, match="cannot be reached"):
        async with database.read():
            pass
    await database.close()


async def test_patience_outlasts_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    database = Database(f"sqlite:///{path}")
    await database.write(lambda t: t.execute(CREATE))
    # Its own busy_timeout would outlast the lock, and there would be nothing to be patient with.
    await database.write(lambda t: t.execute(text("PRAGMA busy_timeout=0")))
    attempts: list[int] = []

    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")

        async def insert() -> str:
            attempts.append(1)
            if len(attempts) == 2:
                holder.rollback()
            await database.write(lambda t: t.execute(text("INSERT INTO kept VALUES ('a')")))
            return "done"

        assert await database.patiently(insert) == "done"
    await database.close()
    assert len(attempts) == 2


async def test_lock_fails_a_group_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    database = Database(f"sqlite:///{path}")
    await database.write(lambda t: t.execute(CREATE))
    await database.write(lambda t: t.execute(text("PRAGMA busy_timeout=0")))
    tried: list[int] = []

    async def insert(transaction: Transaction, number: int) -> None:
        tried.append(number)
        await transaction.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})

    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        writes = (database.write(lambda t, n=n: insert(t, n)) for n in range(5))
        results = await asyncio.gather(*writes, return_exceptions=True)

    await database.close()
    assert all(isinstance(result, DBAPIError) for result in results)
    assert tried == []


async def test_patience_ends_with_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(b"This is no database. " * 400)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(TroubleError, match="damaged"):
        await database.write_patiently(lambda t: t.execute(text("SELECT 1")))
    await database.close()
    assert path.read_bytes() == b"This is no database. " * 400


async def test_patience_is_not_for_mistakes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    await database.write(lambda t: t.execute(CREATE))

    async def clash(transaction: Transaction) -> None:
        for _ in range(2):
            await transaction.execute(text("INSERT INTO kept VALUES ('a')"))

    with pytest.raises(IntegrityError):
        await database.write_patiently(clash)
    await database.close()
