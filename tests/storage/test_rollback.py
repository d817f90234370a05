"""Upgrade and roll back, as docs/operations.md tells an operator to: no row is lost either way."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.ids import UserId
from bot.storage import member, migration
from bot.storage.backup import backups
from bot.storage.database import Database
from bot.storage.restore import restore
from bot.storage.tables import metadata
from tests.storage.test_migration import with_next

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
JO = UserId("@jo:example.org")


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def made_up(kind: str) -> object:
    """Return a value for a column of this type of SQLite."""
    if "INT" in kind:
        return 0
    if "DATE" in kind:
        return "2026-03-24 13:00:00.000000"
    return "[]" if "JSON" in kind else "x"


def filled(url: str) -> dict[str, int]:
    """Put one row of the first schema into every table that takes made-up values; count them."""
    with closing(sqlite3.connect(file_of(url))) as connection:
        for table in metadata.sorted_tables:
            columns = connection.execute(f"PRAGMA table_info('{table.name}')").fetchall()
            values = [made_up(kind) for _, _, kind, *_ in columns]
            try:
                marks = ", ".join("?" * len(values))
                connection.execute(f"INSERT INTO {table.name} VALUES ({marks})", values)
            except sqlite3.IntegrityError:
                continue  # a rule of the table that made-up values break
        connection.commit()
    return counts(url)


def counts(url: str) -> dict[str, int]:
    with closing(sqlite3.connect(file_of(url))) as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in metadata.tables
        }


async def language(url: str) -> str | None:
    database = Database(url)
    async with database.read() as reader:
        found = (await member.get(reader, JO)).language
    await database.close()
    return found


async def test_rows_of_the_first_schema_survive_the_upgrade(
    sqlite_url: str, tmp_path: Path
) -> None:
    before = filled(sqlite_url)
    assert sum(1 for count in before.values() if count) > len(before) / 2

    scripts = with_next(tmp_path, 'batch.alter_column("note", new_column_name="remark")')
    await migration.upgrade(
        sqlite_url, backup_dir=tmp_path / "b", now=NOW, head="0002", scripts=scripts
    )

    assert counts(sqlite_url) == before


async def test_rolling_back_brings_the_rows_from_before_the_upgrade(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    await database.write(lambda t: member.set_language(t, JO, "en"))
    await database.close()
    scripts = with_next(tmp_path, 'batch.alter_column("note", new_column_name="remark")')
    await migration.upgrade(
        sqlite_url, backup_dir=tmp_path / "b", now=NOW, head="0002", scripts=scripts
    )
    # The older program is the one under test: it knows the first schema alone.
    with pytest.raises(OperatorError, match="newer version"):
        await migration.upgrade(sqlite_url, backup_dir=tmp_path / "b", now=NOW)

    (copy,) = backups(tmp_path / "b")
    kept = await restore(sqlite_url, copy, now=NOW)

    assert not await migration.upgrade(sqlite_url, backup_dir=tmp_path / "b", now=NOW)
    assert await migration.current(sqlite_url) == migration.HEAD
    assert await language(sqlite_url) == "en"
    assert kept is not None
    assert await migration.current(f"sqlite:///{kept}") == "0002"
