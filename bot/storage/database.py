"""The database: one writer that commits in groups, and read snapshots beside it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Executable
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot import crash
from bot.storage.engine import sqlite_engine
from bot.storage.transaction import Row, Snapshot, Transaction
from bot.storage.trouble import TroubleError, is_locked, trouble, unreachable

log = logging.getLogger(__name__)

T = TypeVar("T")

GROUP_LIMIT = 100
"""Units in one commit; a bound on what one failed commit makes everybody repeat."""


def driver_url(url: str) -> str:
    """Return the SQLAlchemy URL of the asynchronous driver for a configured database URL."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    return parsed.set(drivername=drivers[parsed.get_backend_name()]).render_as_string(
        hide_password=False
    )


@dataclass(slots=True)
class _Unit:
    work: Callable[[Transaction], Awaitable[object]]
    result: asyncio.Future[object]


class Database:
    """SQLite or PostgreSQL behind one interface.

    All writes go through ``write``; they are collected while a commit is under way and committed
    together, so that a burst costs few commits and each unit is still all or nothing. After each
    commit ``on_announced`` is given what its transactions announced.
    """

    def __init__(self, url: str) -> None:
        target = driver_url(url)
        self.is_sqlite = target.startswith("sqlite")
        if self.is_sqlite:
            self._writer = sqlite_engine(target, begin="BEGIN IMMEDIATE", pool_size=1)
            self._readers = sqlite_engine(target, begin="BEGIN", pool_size=2)
        else:
            options: dict[str, Any] = {"max_overflow": 0, "pool_pre_ping": True}
            self._writer = create_async_engine(target, pool_size=1, **options)
            # The default, READ COMMITTED, would show each statement another moment.
            self._readers = create_async_engine(
                target, pool_size=3, isolation_level="REPEATABLE READ", **options
            )
        self.on_announced: Callable[[list[object]], None] = _ignore
        self._waiting: list[_Unit] = []
        self._committer: asyncio.Task[None] | None = None
        self._connection: AsyncConnection | None = None

    async def close(self) -> None:
        """Finish what was handed to ``write`` and close all connections."""
        while self._committer is not None:
            await asyncio.wait([self._committer])
        await self._hang_up()
        await self._writer.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Snapshot]:
        """Offer a consistent snapshot for reading."""
        async with aclosing(await _connect(self._readers)) as connection, connection.begin():
            yield Snapshot(connection)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run ``work`` in a transaction and return its result once the commit is durable.

        ``work`` only talks to the database: no network, no waiting for others. What it raises is
        raised here, and none of its effects remain. It may be run again when the group's commit
        failed because of another unit, so it keeps no state outside its transaction.
        """
        result: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Unit(work, result))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all(), name="committer")
        return cast("T", await asyncio.shield(result))

    async def write_patiently(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do as ``write``, as patiently as ``patiently``."""
        return await self.patiently(lambda: self.write(work))

    async def patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        """Return what ``act`` returns, trying again while the database itself is in trouble.

        For what must not be lost and can wait: a full disk, a lock, a restarting server. The
        trouble is logged each time; other errors are raised, and OperatorError for a damaged file,
        which no waiting mends.
        """
        attempt = 0
        while True:
            try:
                return await act()
            except Exception as error:
                found = trouble(error)
                if found is None:
                    raise
                if found.is_lasting:
                    raise found from error
                attempt += 1
                log.warning("event=database_trouble attempt=%d message=%r", attempt, str(found))
                await asyncio.sleep(min(0.2 * 2 ** min(attempt, 10), 30.0))

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                group = self._waiting[:GROUP_LIMIT]
                del self._waiting[:GROUP_LIMIT]
                if not await self._commit(group) and len(group) > 1:
                    for unit in group:
                        await self._commit([unit])
        finally:
            self._committer = None

    async def _commit(self, group: list[_Unit]) -> bool:
        """Commit a group; return False when it must be tried again one by one."""
        done: list[tuple[_Unit, Transaction, object]] = []
        failed: list[tuple[_Unit, Exception]] = []
        try:
            connection = await self._open()
            async with connection.begin():
                for unit in group:
                    await _run(unit, connection, done, failed, is_alone=len(group) == 1)
                await _flush(connection, [transaction for _, transaction, _ in done])
                crash.point("database.before_commit")
        except Exception as error:  # noqa: BLE001  handed to whoever waits for the unit
            if isinstance(error, (DBAPIError, TroubleError)):
                await self._hang_up()
            if len(group) > 1 and not is_locked(error):
                return False
            # One by one, each would wait as long for the lock as all did together.
            for unit in group:
                _fail(unit, error)
            return True
        crash.point("database.after_commit")
        for unit, reason in failed:
            _fail(unit, reason)
        announced = [item for _, transaction, _ in done for item in transaction.announced]
        if announced:
            self._announce(announced)
        for unit, _, value in done:
            if not unit.result.done():
                unit.result.set_result(value)
        return True

    async def _open(self) -> AsyncConnection:
        """Return the writer's connection: always the same one, until it fails."""
        if self._connection is None:
            self._connection = await _connect(self._writer)
        return self._connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError, OSError):
                await connection.close()

    def _announce(self, announced: list[object]) -> None:
        try:
            self.on_announced(announced)
        except Exception:
            # The rows are durable: what was not heard now is found at the next start.
            log.exception("event=announcement_failed")


async def _run(
    unit: _Unit,
    connection: AsyncConnection,
    done: list[tuple[_Unit, Transaction, object]],
    failed: list[tuple[_Unit, Exception]],
    *,
    is_alone: bool,
) -> None:
    """Do the work of one unit; one that fails leaves no trace, and is alone in failing."""
    transaction = Transaction(connection, is_alone=is_alone)
    try:
        value = await unit.work(transaction)
        await transaction.release()
        done.append((unit, transaction, value))
    except Exception as error:
        if is_alone:
            raise
        await transaction.undo()
        failed.append((unit, error))


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    """Return a connection; raises TroubleError where asyncpg raises the bare errors of sockets."""
    try:
        return await engine.connect()
    except OSError as error:
        raise unreachable() from error


async def _flush(connection: AsyncConnection, transactions: list[Transaction]) -> None:
    bulk: dict[int, tuple[Executable, list[Row]]] = {}
    for transaction in transactions:
        for statement, row in transaction.deferred:
            bulk.setdefault(id(statement), (statement, []))[1].append(row)
    for statement, rows in bulk.values():
        await connection.execute(statement, rows)


def _ignore(announced: list[object]) -> None:
    """Stand in until somebody listens."""
    del announced


def _fail(unit: _Unit, error: Exception) -> None:
    if not unit.result.done():
        unit.result.set_exception(error)
