"""One process holds the lease at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.storage import lease
from bot.storage.database import Database

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
LENGTH = timedelta(seconds=30)


async def _take(database: Database, holder: str, now: datetime = NOW) -> str:
    return await database.write(lambda t: lease.take(t, holder, now, LENGTH))


async def test_first_holder_keeps_the_lease(database: Database) -> None:
    assert await _take(database, "a") == "a"
    assert await _take(database, "b") == "a"
    assert await _take(database, "b", NOW + LENGTH) == "a"


async def test_holder_renews_the_lease(database: Database) -> None:
    await _take(database, "a")
    assert await _take(database, "a", NOW + LENGTH / 2) == "a"
    assert await _take(database, "b", NOW + LENGTH * 1.2) == "a"


async def test_expired_lease_goes_to_whoever_asks(database: Database) -> None:
    await _take(database, "a")
    assert await _take(database, "b", NOW + LENGTH * 1.1) == "b"
    assert await _take(database, "a", NOW + LENGTH * 1.2) == "b"


async def test_released_lease_is_free(database: Database) -> None:
    await _take(database, "a")
    await database.write(lambda t: lease.release(t, "b"))
    assert await _take(database, "b") == "a"
    await database.write(lambda t: lease.release(t, "a"))
    assert await _take(database, "b") == "b"


async def test_two_processes_at_once_agree_on_one(database: Database, database_url: str) -> None:
    other = Database(database_url)
    answers = await asyncio.gather(
        *(_take(d, name) for _ in range(10) for d, name in ((database, "a"), (other, "b")))
    )
    await other.close()
    assert len(set(answers)) == 1
