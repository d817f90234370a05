"""A backup is whole and private, and says what to do where it cannot be made."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.ids import UserId
from bot.storage import member
from bot.storage.backup import backup, backups, rotate
from bot.storage.database import Database

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "bot.db"
    shutil.copy(sqlite_template, path)
    return path


def _languages(path: Path) -> list[object]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT language FROM member").fetchall()
    finally:
        connection.close()


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


async def test_backup_has_what_is_still_in_the_wal(path: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    for n in range(50):
        await database.write(lambda t, n=n: member.set_language(t, UserId(f"@{n}"), "fr"))  # type: ignore[misc]
    copy = await backup(f"sqlite:///{path}", tmp_path / "b", now=NOW)
    await database.close()
    assert _languages(copy) == [("fr",)] * 50


async def test_backup_is_private_and_dated(path: Path, tmp_path: Path) -> None:
    copy = await backup(f"sqlite:///{path}", tmp_path / "b", now=NOW, label="before")
    assert copy.name == "compagnon-20260324T130000.000000Z-before.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert list(copy.parent.iterdir()) == [copy]


async def test_rotation_keeps_the_newest(path: Path, tmp_path: Path) -> None:
    made = [
        await backup(f"sqlite:///{path}", tmp_path / "b", now=NOW + timedelta(hours=n))
        for n in range(5)
    ]
    (tmp_path / "b" / "other.db").touch()
    assert rotate(tmp_path / "b", 2) == [made[2], made[1], made[0]]
    assert backups(tmp_path / "b") == [made[4], made[3]]
    assert (tmp_path / "b" / "other.db").exists()


async def test_backup_of_damaged_database_is_refused(path: Path, tmp_path: Path) -> None:
    _damage(path)
    with pytest.raises(OperatorError, match=r"failed.*untouched"):
        await backup(f"sqlite:///{path}", tmp_path / "b", now=NOW)
    assert backups(tmp_path / "b") == []
    assert list((tmp_path / "b").iterdir()) == []


async def test_backup_of_missing_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no database.*storage\.url"):
        await backup(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "b", now=NOW)


async def test_backup_to_where_nothing_can_be_written_says_so(path: Path) -> None:
    with pytest.raises(OperatorError, match="failed"):
        await backup(f"sqlite:///{path}", Path("/proc/nowhere"), now=NOW)


async def test_backup_of_postgresql_names_its_program(tmp_path: Path) -> None:
    url = "postgresql://bot:secret@db.example.org/bot"
    with pytest.raises(OperatorError, match="pg_dump") as caught:
        await backup(url, tmp_path, now=NOW)
    assert "'postgresql://bot:***@db.example.org/bot'" in str(caught.value)
    assert "secret" not in str(caught.value)
