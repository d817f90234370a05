import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.check.database import check_database
from bot.config.settings import StorageSettings
from bot.storage.migration import upgrade

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


def _storage(url: str) -> StorageSettings:
    return StorageSettings.model_validate({"url": url})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "compagnon.db"


@pytest.fixture
def damaged(file: Path) -> Path:
    file.write_bytes(b"SQLite no more" * 1000)
    return file


async def _check(file: Path) -> tuple[bool, str]:
    finding = await check_database(_storage(f"sqlite:///{file}"))
    return finding.is_good, finding.detail.message_id.removeprefix("cli.check.database.")


async def test_missing_file_is_good_and_stays_missing(file: Path) -> None:
    assert [await _check(file), await _check(file)] == [(True, "empty"), (True, "empty")]


async def test_current_schema_is_good(file: Path, tmp_path: Path) -> None:
    await upgrade(f"sqlite:///{file}", backup_dir=tmp_path, now=NOW)

    assert await _check(file) == (True, "good")


@pytest.mark.parametrize(
    ("version", "expected"), [("9999", (False, "newer")), ("0000", (True, "older"))]
)
async def test_other_schema_is_named(
    file: Path, tmp_path: Path, version: str, expected: tuple[bool, str]
) -> None:
    await upgrade(f"sqlite:///{file}", backup_dir=tmp_path, now=NOW)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))

    assert await _check(file) == expected


async def test_damaged_file_is_a_cross(damaged: Path) -> None:
    assert await _check(damaged) == (False, "damaged")


async def test_missing_directory_is_a_cross(tmp_path: Path) -> None:
    assert await _check(tmp_path / "missing" / "x.db") == (False, "no_place")


async def test_server_that_is_not_there_is_a_cross_without_its_password() -> None:
    finding = await check_database(_storage("postgresql://me:s3cret@127.0.0.1:9/x"))

    assert finding.detail.message_id == "cli.check.database.failed"
    assert finding.detail.params["url"] == "postgresql://me@127.0.0.1:9/x"
    assert "s3cret" not in str(finding)
