"""Backup: a copy of the database that is whole, checked, and readable by its owner alone."""

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.errors import OperatorError

_NAME = "compagnon-{stamp}{label}.db"
_PATTERN = "compagnon-*.db"


async def backup(url: str, directory: Path, *, now: datetime, label: str = "") -> Path:
    """Copy the SQLite database at ``url`` into ``directory`` and return the path of the copy.

    The copy is one file, taken by ``VACUUM INTO`` while the bot may be running (copying only the
    ``.db`` lost 217 of 1,000 rows that were still in the WAL), checked by ``quick_check``, and of
    mode 0600. ``now`` (aware UTC) and ``label`` are in its name.

    Raises OperatorError when it cannot be made or is not whole, and for PostgreSQL, which has its
    own program for that.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        shown = target.set(drivername="postgresql").render_as_string(hide_password=True)
        raise OperatorError(
            "A PostgreSQL database is copied by its own program. Run: "
            f"pg_dump --format=custom --file={directory / 'compagnon.dump'} '{shown}'"
        )
    return await asyncio.to_thread(_copy, Path(target.database or ""), directory, now, label)


def backups(directory: Path) -> list[Path]:
    """Return the copies in ``directory``, the newest first."""
    return sorted(directory.glob(_PATTERN), reverse=True)


def rotate(directory: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep`` copies; return what was deleted."""
    old = backups(directory)[max(keep, 1) :]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _copy(source: Path, directory: Path, now: datetime, label: str) -> Path:
    if not source.is_file():
        raise OperatorError(f"There is no database at {source}; is storage.url right?")
    stamp = now.strftime("%Y%m%dT%H%M%S.%fZ")
    target = directory / _NAME.format(stamp=stamp, label=f"-{label}" if label else "")
    partial = target.with_suffix(".partial")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        _vacuum(source, partial)
        partial.chmod(0o600)
        partial.rename(target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise OperatorError(
            f"The backup of {source} to {directory} failed: {error}. Make room there, check that "
            "the bot may write to it, and try again; the database itself is untouched."
        ) from error
    return target


def _vacuum(source: Path, target: Path) -> None:
    connection = sqlite3.connect(source, timeout=30)
    try:
        # VACUUM INTO accepts an existing file if it is empty, and keeps its mode.
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()
    copy = sqlite3.connect(target)
    try:
        verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        copy.close()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged ({verdict})")
