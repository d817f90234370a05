"""Migration: bring a database to the schema of this program, or say why it cannot be used."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import OperatorError
from bot.storage.backup import backup
from bot.storage.database import driver_url
from bot.storage.trouble import AwayError, trouble

HEAD = "0001"
"""The newest revision; a test compares it with the scripts, so that a start need not read them."""

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 0x636F6D70
"""Key of PostgreSQL's advisory lock, "comp": two processes must not migrate at once."""


async def upgrade(
    url: str, *, backup_dir: Path, now: datetime, head: str = HEAD, scripts: Path = SCRIPTS
) -> bool:
    """Bring the database at ``url`` to ``head``; return whether there was something to do.

    An SQLite file that holds anything is copied into ``backup_dir`` first. All revisions are one
    transaction, with foreign keys off and checked at its end: it becomes the new schema or stays
    the old one. Current databases cost one look, without importing Alembic.

    Raises OperatorError for a database that is newer than this program, or is not the bot's, and
    AwayError for a server that cannot be reached, with what to do.
    """
    try:
        version, tables = await _look(url)
        if version == head:
            return False
        is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if version is not None and version not in await asyncio.to_thread(_revisions, scripts):
            raise _newer(version)
        if version is None and tables and is_sqlite:
            raise OperatorError(
                f"The file {make_url(url).database} holds something that is not this bot's. Set "
                "storage.url to another file; the bot makes it."
            )
        if is_sqlite and version is None:
            await asyncio.to_thread(_make_file, Path(make_url(url).database or ""))
        elif is_sqlite:
            await backup(url, backup_dir, now=now, label=f"schema-{version}")
        await _migrate_apart(url, scripts)
    except (DBAPIError, OSError) as error:
        raise _refusal(url, error) from error
    return True


async def current(url: str) -> str | None:
    """Return the revision of the database at ``url``, or None if it is empty."""
    return (await _look(url))[0]


def _refusal(url: str, error: DBAPIError | OSError) -> Exception:
    """Return what to tell the operator about ``error``."""
    if isinstance(error, DBAPIError):
        known = trouble(error)
        if known is not None and make_url(url).get_backend_name() != "sqlite":
            return AwayError(str(known))
        if known is not None or error.statement is not None:
            return known or error
        error = error.orig if isinstance(error.orig, OSError) else OSError(str(error.orig))
    target = make_url(url).render_as_string(hide_password=True)
    kind = OperatorError if make_url(url).get_backend_name() == "sqlite" else AwayError
    return kind(
        f"The database {target} cannot be opened ({error}). Start it if it is down, or correct "
        "storage.url."
    )


def _newer(version: str) -> OperatorError:
    return OperatorError(
        f"The database was last used by a newer version of this bot (schema {version}, this "
        f"program knows up to {HEAD}). Install that version again, or stop the bot and put back "
        "the copy that was made before the update (compagnon backup --list)."
    )


async def _look(url: str) -> tuple[str | None, Sequence[str]]:
    database = make_url(url).database
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    if is_sqlite and not await asyncio.to_thread(Path(database or "").exists):
        return None, ()
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            tables: list[str] = await connection.run_sync(lambda c: inspect(c).get_table_names())
            if "alembic_version" not in tables:
                return None, tables
            row = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).first()
            return (str(row[0]) if row else None), tables
    finally:
        await engine.dispose()


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner can read."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise OperatorError(
            f"The database {path} cannot be made ({error.strerror}). Let the bot's account write "
            "there, or set storage.url to another place."
        ) from error


def _revisions(scripts: Path) -> set[str]:
    # Alembic takes 0.2 s to import, which a start without anything to migrate must not pay.
    from alembic.script import ScriptDirectory  # noqa: PLC0415  see above

    return {script.revision for script in ScriptDirectory(str(scripts)).walk_revisions()}


async def _migrate_apart(url: str, scripts: Path) -> None:
    """Migrate in a process of its own: Alembic would stay in this one's memory, with 11 MB."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, _migrate_here, url, scripts)


def _migrate_here(url: str, scripts: Path) -> None:
    asyncio.run(_migrate(url, scripts))


async def _migrate(url: str, scripts: Path) -> None:
    """Run all missing revisions in one transaction."""
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        async with engine.begin() as connection:
            if engine.dialect.name != "sqlite":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _LOCK})
            await connection.run_sync(_run, scripts)
            if engine.dialect.name == "sqlite":
                await _check_foreign_keys(connection)
    finally:
        await engine.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Begin by hand, as the driver would commit before DDL, and leave foreign keys off.

    With them on, Alembic's way of altering a table (copy, drop, rename) deletes the child rows.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  DBAPI connections have no type
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _check_foreign_keys(connection: AsyncConnection) -> None:
    broken = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    if broken:
        raise OperatorError(
            f"After the update {len(broken)} rows would refer to nothing (first in table "
            f"{broken[0][0]}); the database stays as it was. Please report this."
        )


def _run(connection: Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415  see _revisions
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts))
    command.upgrade(config, "head")
