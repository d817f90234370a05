"""The migrated schema is what the code describes, and no database is harmed on the way."""

import asyncio
import importlib
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, text
from sqlalchemy.ext.asyncio import create_async_engine

import bot.storage
from bot.errors import OperatorError
from bot.storage import migration
from bot.storage.backup import backups
from bot.storage.database import Database, driver_url
from bot.storage.tables import NOUNS, is_ours, metadata
from bot.storage.trouble import AwayError

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def test_head_is_newest_script() -> None:
    assert ScriptDirectory(str(migration.SCRIPTS)).get_current_head() == migration.HEAD


def test_tables_names_every_module_with_a_table() -> None:
    modules = [
        importlib.import_module(f"bot.storage.{info.name}")
        for info in pkgutil.iter_modules(bot.storage.__path__)
        if info.name != "tables"
    ]
    owners = {
        module.__name__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Table) and value.name.startswith(module.__name__.rpartition(".")[2])
    }
    assert owners == {module.__name__ for module in NOUNS}


async def differences(url: str) -> list[object]:
    """Return where the database at ``url`` is not what the code describes."""

    def compare(connection: Connection) -> list[object]:
        options = {"include_object": is_ours, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    engine = create_async_engine(driver_url(url))
    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


async def test_upgraded_schema_equals_metadata(database_url: str) -> None:
    assert await differences(database_url) == []


async def test_upgraded_schema_has_full_text_index(database: Database) -> None:
    if database.is_sqlite:
        query = "SELECT sql FROM sqlite_master WHERE name = 'experience_index'"
    else:
        query = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_experience_index_tokens'"
    async with database.read() as reader:
        definition = str((await reader.execute(text(query))).scalar_one())
    assert ("USING fts5" if database.is_sqlite else "USING gin") in definition


async def test_upgrade_of_current_database_does_nothing(database_url: str, tmp_path: Path) -> None:
    assert not await migration.upgrade(database_url, backup_dir=tmp_path / "b", now=NOW)
    assert await migration.current(database_url) == migration.HEAD
    assert not (tmp_path / "b").exists()


def test_start_on_current_database_does_not_load_alembic(
    sqlite_template: Path, tmp_path: Path
) -> None:
    code = (
        "import asyncio, sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from bot.storage import migration, database\n"
        f"asyncio.run(migration.upgrade('sqlite:///{sqlite_template}', backup_dir=Path('b'),"
        " now=datetime.now(UTC)))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


async def test_upgrade_refuses_newer_schema(database_url: str, tmp_path: Path) -> None:
    await _set_version(database_url, "9999")
    try:
        with pytest.raises(OperatorError, match=r"newer version.*9999.*Install"):
            await migration.upgrade(database_url, backup_dir=tmp_path / "b", now=NOW)
    finally:
        await _set_version(database_url, migration.HEAD)


async def test_upgrade_makes_private_file_and_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "data" / "bot.db"
    assert await migration.upgrade(f"sqlite:///{path}", backup_dir=tmp_path / "b", now=NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "b").exists()


async def test_upgrade_keeps_rows_and_copies_file_before(tmp_path: Path, old_file: Path) -> None:
    # Altered by copying, as SQLite must; with foreign keys on that would delete the tags.
    scripts = with_next(tmp_path, 'batch.alter_column("note", new_column_name="remark")')
    upgraded = await migration.upgrade(
        f"sqlite:///{old_file}", backup_dir=tmp_path / "b", now=NOW, head="0002", scripts=scripts
    )
    assert upgraded
    assert _rows(old_file, "SELECT id, remark FROM experience") == [(7, "kept")]
    assert _rows(old_file, "SELECT experience_id, tag FROM experience_tag") == [(7, "achat")]
    (copy,) = backups(tmp_path / "b")
    assert copy.name == "compagnon-20260324T130000.000000Z-schema-0001.db"
    assert _rows(copy, "SELECT id, note FROM experience") == [(7, "kept")]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ('batch.drop_column("no_such_column")', "no_such_column"),
        ('op.execute("DELETE FROM experience")', "1 rows would refer to nothing"),
    ],
)
async def test_failed_upgrade_leaves_old_database(
    tmp_path: Path, old_file: Path, change: str, error: str
) -> None:
    scripts = with_next(tmp_path, f'batch.drop_column("note"); {change}')
    with pytest.raises(Exception, match=error):
        await migration.upgrade(
            f"sqlite:///{old_file}", backup_dir=tmp_path, now=NOW, head="0002", scripts=scripts
        )
    assert _rows(old_file, "SELECT id, note FROM experience") == [(7, "kept")]
    assert _rows(old_file, "SELECT version_num FROM alembic_version") == [("0001",)]


async def test_upgrade_refuses_file_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title)")
    connection.close()
    with pytest.raises(OperatorError, match=r"not this bot's.*storage\.url"):
        await migration.upgrade(f"sqlite:///{path}", backup_dir=tmp_path / "b", now=NOW)


async def test_upgrade_refuses_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(b"this was never a database" * 100)
    with pytest.raises(OperatorError, match="damaged"):
        await migration.upgrade(f"sqlite:///{path}", backup_dir=tmp_path / "b", now=NOW)


@pytest.mark.parametrize("url", ["postgresql://bot@127.0.0.1:1/bot", "sqlite:////proc/x/bot.db"])
async def test_upgrade_says_what_to_do_without_database(url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"storage\.url") as caught:
        await migration.upgrade(url, backup_dir=tmp_path, now=NOW)
    # Only a server may still come.
    assert isinstance(caught.value, AwayError) == url.startswith("postgresql")


def test_two_upgrades_at_once_make_one_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    code = (
        "import asyncio; from datetime import datetime, UTC; from pathlib import Path\n"
        "from bot.storage import migration\n"
        f"asyncio.run(migration.upgrade({url!r}, backup_dir=Path('b'), now=datetime.now(UTC)))"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert asyncio.run(migration.current(url)) == migration.HEAD


async def _set_version(url: str, version: str) -> None:
    engine = create_async_engine(driver_url(url))
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = :v"), {"v": version}
        )
    await engine.dispose()


@pytest.fixture
def old_file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "bot.db"
    shutil.copy(sqlite_template, path)
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO experience (id, room_id, author, source_event_id, note, given_tags,"
        " visibility, created_at)"
        " VALUES (7, '!r', '@a', '$e', 'kept', '', 'room', '2026-03-24 13:00:00.000000')"
    )
    connection.execute("INSERT INTO experience_tag VALUES (7, 'achat')")
    connection.commit()
    connection.close()
    return path


def with_next(directory: Path, change: str) -> Path:
    """Return scripts with one more revision that changes the table of experiences."""
    scripts = directory / "migrations"
    shutil.copytree(migration.SCRIPTS, scripts)
    (scripts / "versions" / "0002_next.py").write_text(
        "from alembic import op\n"
        'revision, down_revision = "0002", "0001"\n'
        "def upgrade():\n"
        '    with op.batch_alter_table("experience") as batch:\n'
        f"        {change}\n"
    )
    return scripts


def _rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
