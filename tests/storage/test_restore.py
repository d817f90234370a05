"""A copy is restored whole, or refused with the database untouched."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.ids import UserId
from bot.storage import member
from bot.storage.backup import backup
from bot.storage.database import Database
from bot.storage.restore import rehearse, restore

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
JO, MAX = UserId("@jo:example.org"), UserId("@max:example.org")


def place_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def choose(url: str, *users: UserId) -> None:
    """Let these members choose a language."""
    database = Database(url)
    for user in users:
        await database.write(lambda t, u=user: member.set_language(t, u, "en"))  # type: ignore[misc]
    await database.close()


async def known(url: str) -> set[str]:
    """Return who chose a language."""
    database = Database(url)
    async with database.read() as reader:
        found = {user for user in (JO, MAX) if (await member.get(reader, user)).language}
    await database.close()
    return found


async def test_restored_database_is_as_it_was_when_it_was_copied(
    sqlite_url: str, tmp_path: Path
) -> None:
    await choose(sqlite_url, JO)
    copy = await backup(sqlite_url, tmp_path / "backups", now=NOW)
    await choose(sqlite_url, MAX)
    # What a kill leaves: a log beside the database, which is not to be read into the copy.
    place_of(sqlite_url + "-wal").write_bytes(b"stale")

    kept = await restore(sqlite_url, copy, now=NOW)

    assert await known(sqlite_url) == {JO}
    assert place_of(sqlite_url).stat().st_mode & 0o777 == 0o600
    assert copy.exists()
    assert kept is not None
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"stale"
    kept.with_name(kept.name + "-wal").unlink()
    assert await known(f"sqlite:///{kept}") == {JO, MAX}


async def test_copy_goes_where_there_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    await choose(sqlite_url, JO)
    copy = await backup(sqlite_url, tmp_path / "backups", now=NOW)
    elsewhere = f"sqlite:///{tmp_path}/new.db"

    assert await restore(elsewhere, copy, now=NOW) is None
    assert await known(elsewhere) == {JO}


async def test_rehearsal_counts_and_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    await choose(sqlite_url, JO)
    copy = await backup(sqlite_url, tmp_path / "backups", now=NOW)
    before = copy.read_bytes()

    rehearsal = await rehearse(copy, now=NOW)

    assert rehearsal.rows["member"] == 1
    assert copy.read_bytes() == before


@pytest.mark.parametrize("damage", ["absent", "text", "cut", "foreign", "newer"])
async def test_copy_that_is_none_is_refused_and_the_database_stays(
    damage: str, sqlite_url: str, tmp_path: Path
) -> None:
    await choose(sqlite_url, JO)
    copy = await backup(sqlite_url, tmp_path / "backups", now=NOW)
    match damage:
        case "absent":
            copy.unlink()
        case "text":
            copy.write_text("no database at all, but some words that are longer than a header")
        case "cut":
            copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        case "foreign":
            copy.unlink()
            with sqlite3.connect(copy) as other:
                other.execute("CREATE TABLE shopping (item TEXT)")
            other.close()
        case "newer":
            with sqlite3.connect(copy) as other:
                other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.close()

    with pytest.raises(OperatorError, match=str(copy)):
        await restore(sqlite_url, copy, now=NOW)
    assert await known(sqlite_url) == {JO}


async def test_postgresql_is_left_to_its_own_program(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="pg_restore"):
        await restore("postgresql://bot@host/name", tmp_path / "c.db", now=NOW)


async def test_interrupted_restore_can_be_given_again(sqlite_url: str, tmp_path: Path) -> None:
    await choose(sqlite_url, JO)
    copy = await backup(sqlite_url, tmp_path / "backups", now=NOW)
    # Killed after the old database was moved away and before the new one was in its place.
    file = place_of(sqlite_url)
    shutil.copyfile(copy, file.with_name(f".{file.name}.restoring"))
    file.rename(file.with_name(f"{file.name}.before-earlier"))

    await restore(sqlite_url, copy, now=NOW)

    assert await known(sqlite_url) == {JO}
