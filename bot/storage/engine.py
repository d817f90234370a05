"""Engine: connections to SQLite as the bot needs them."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
    "PRAGMA journal_size_limit=67108864",
)


def sqlite_engine(url: str, *, begin: str, pool_size: int) -> AsyncEngine:
    """Return an engine whose transactions start with ``begin``.

    ``BEGIN IMMEDIATE`` for what writes: a transaction that only later turns out to write loses to
    whoever came in between (348 of 400 concurrent writes, measured).
    """
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  DBAPI connections have no type
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:  # noqa: ANN401  SQLAlchemy's event signature
        connection.exec_driver_sql(begin)

    return engine
