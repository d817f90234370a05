"""Restore: puts a checked copy in the place of the database, which is kept aside."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.errors import OperatorError
from bot.storage.migration import HEAD, upgrade
from bot.storage.tables import metadata

_PARTS = ("", "-wal", "-shm")
"""What a database in WAL mode may consist of (sqlite.org/wal.html)."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a copy holds once it is brought to this program's schema: rows by table, not empty."""

    schema: str
    rows: Mapping[str, int]


async def rehearse(copy: Path, *, now: datetime) -> Rehearsal:
    """Restore ``copy`` into a place of its own, migrate and count it; nothing else is touched.

    Raises OperatorError for a copy that is damaged, of a newer program, or no copy at all.
    """
    with _elsewhere(copy) as (file, schema):
        await upgrade(f"sqlite:///{file}", backup_dir=file.parent, now=now)
        return Rehearsal(schema, _count(file))


async def restore(url: str, copy: Path, *, now: datetime) -> Path | None:
    """Put ``copy`` in the place of the SQLite database at ``url``; return where the old one went.

    The bot must not run. The copy is rehearsed first, and stays where it is. None where there was
    no database. Raises OperatorError as ``rehearse`` does, and for PostgreSQL.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        shown = target.set(drivername="postgresql").render_as_string(hide_password=True)
        raise OperatorError(
            "A PostgreSQL database is restored by its own program. Stop the bot and run: "
            f"pg_restore --clean --if-exists --dbname='{shown}' compagnon.dump"
        )
    await rehearse(copy, now=now)
    file = Path(target.database or "")
    try:
        return _exchange(file, copy, f"{now:%Y%m%dT%H%M%SZ}")
    except OSError as error:
        raise OperatorError(
            f"{copy} could not be put in the place of {file} ({error.strerror}). Make room there "
            "and let this account write; nothing is lost, give the command again."
        ) from error


def _exchange(file: Path, copy: Path, stamp: str) -> Path | None:
    """Write the copy beside the database, move the old one away, and the new one in."""
    beside = file.with_name(f".{file.name}.restoring")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    with copy.open("rb") as source, beside.open("wb") as out:
        shutil.copyfileobj(source, out)
        out.flush()
        os.fsync(out.fileno())
    kept = file.with_name(f"{file.name}.before-{stamp}")
    for part in _PARTS:
        # The log first would leave a database without what is in it.
        old = file.with_name(file.name + part)
        if old.exists():
            old.rename(kept.with_name(kept.name + part))
    beside.rename(file)
    return kept if kept.exists() else None


@contextmanager
def _elsewhere(copy: Path) -> Iterator[tuple[Path, str]]:
    """Yield a checked copy of ``copy`` in a directory that is gone afterwards, and its schema."""
    if not copy.is_file():
        raise OperatorError(f"There is no copy at {copy}. The copies: compagnon backup --list")
    with tempfile.TemporaryDirectory(prefix="compagnon-restore-") as directory:
        file = Path(directory) / "compagnon.db"
        shutil.copyfile(copy, file)
        yield file, _schema_of(file, copy)


def _schema_of(file: Path, copy: Path) -> str:
    connection = sqlite3.connect(file)
    try:
        verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise OperatorError(
            f"{copy} is no copy of the bot's database, or is damaged ({error}). Take another one: "
            "compagnon backup --list"
        ) from error
    finally:
        connection.close()
    if verdict != "ok" or found is None:
        raise OperatorError(
            f"{copy} is damaged ({verdict}). Take another one: compagnon backup --list"
        )
    schema = str(found[0])
    if schema > HEAD:
        raise OperatorError(
            f"{copy} was made by a newer version of this bot (schema {schema}, this program knows "
            f"up to {HEAD}). Install that version, or take an older copy."
        )
    return schema


def _count(file: Path) -> dict[str, int]:
    connection = sqlite3.connect(file)
    try:
        tables = sorted(metadata.tables)
        counted = {
            # Names of our own tables, from the metadata.
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  see above
            for name in tables
        }
    finally:
        connection.close()
    return {name: int(count) for name, count in counted.items() if count}
