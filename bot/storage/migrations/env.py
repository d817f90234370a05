"""What Alembic runs: the migrations, on the connection that ``bot.storage.migration`` opened.

For developers, ``alembic -x url=sqlite:///new.db revision --autogenerate -m "…"`` compares the
metadata with a database of its own; the settings for it are in ``pyproject.toml``.
"""

# ruff: noqa: INP001  Alembic loads this file by its path; a package is not wanted

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import driver_url
from bot.storage.tables import is_ours, metadata


def run(connection: Connection) -> None:
    """Run what was asked for in the transaction of ``connection``, or in one of its own."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_alone(url: str) -> None:
    """Run what was asked for on a connection of its own."""
    engine = create_async_engine(driver_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_alone(context.get_x_argument(as_dictionary=True)["url"]))
