"""Every occurrence fires exactly once, whoever asks and however often."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.config.settings import RetentionSettings
from bot.storage import due, retention
from bot.storage.database import Database
from bot.storage.due import Due

DAYS: dict[str, int] = RetentionSettings().model_dump()
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _due(reference: object, at: datetime = NOW, occurrence: str = "1") -> Due:
    return Due("reminder", str(reference), occurrence, at)


async def _plan(database: Database, *items: Due) -> None:
    for item in items:
        await database.write(lambda t, item=item: due.plan(t, item))  # type: ignore[misc]


async def _claim(database: Database, now: datetime = NOW, limit: int = 100) -> list[Due]:
    async with database.read() as reader:
        ripe = await due.ripe(reader, now, limit)
    return [i for i in ripe if await database.write(lambda t, i=i: due.claim(t, i, now))]  # type: ignore[misc]


async def test_ripe_gives_what_is_due_earliest_first(database: Database) -> None:
    await _plan(database, _due(1, NOW + MINUTE), _due(2), _due(3, NOW - MINUTE), _due(4))
    async with database.read() as reader:
        assert [i.reference for i in await due.ripe(reader, NOW, 10)] == ["3", "2", "4"]
        assert [i.reference for i in await due.ripe(reader, NOW, 1)] == ["3"]
        assert await due.next_at(reader) == NOW - MINUTE


async def test_claim_gives_each_occurrence_once(database: Database) -> None:
    await _plan(database, _due(1), _due(1, occurrence="2"))
    assert len(await _claim(database)) == 2
    assert await _claim(database) == []
    async with database.read() as reader:
        assert await due.next_at(reader) is None


async def test_claim_by_two_processes_gives_each_occurrence_once(
    database: Database, database_url: str
) -> None:
    await _plan(database, *map(_due, range(40)))
    other = Database(database_url)
    got = await asyncio.gather(*(_claim(d) for d in (database, other, database, other)))
    await other.close()
    assert sorted(int(i.reference) for found in got for i in found) == list(range(40))


async def test_plan_moves_what_has_not_fired(database: Database) -> None:
    await _plan(database, _due(1), _due(1, NOW + MINUTE))
    assert await _claim(database) == []
    assert await _claim(database, NOW + MINUTE) == [_due(1, NOW + MINUTE)]


async def test_plan_does_not_wake_what_has_fired(database: Database) -> None:
    await _plan(database, _due(1))
    await _claim(database)
    await _plan(database, _due(1, NOW + MINUTE))
    assert await _claim(database, NOW + 2 * MINUTE) == []


async def test_claim_after_a_move_is_too_early(database: Database) -> None:
    await _plan(database, _due(1))
    async with database.read() as reader:
        (item,) = await due.ripe(reader, NOW, 1)
    await _plan(database, _due(1, NOW + MINUTE))
    assert not await database.write(lambda t: due.claim(t, item, NOW))


async def test_plan_is_announced(database: Database) -> None:
    announced: list[object] = []
    database.on_announced = announced.extend
    await _plan(database, _due(1))
    assert announced == [_due(1)]


async def test_cancel_forgets_all_that_is_to_come(database: Database) -> None:
    await _plan(database, _due(1), _due(1, NOW + MINUTE, "2"), _due(2))
    assert await database.write(lambda t: due.cancel(t, "reminder", "1")) == 2
    assert await database.write(lambda t: due.cancel(t, "reminder", "1")) == 0
    assert await _claim(database, NOW + MINUTE) == [_due(2)]


async def test_put_off_lets_it_fall_due_later(database: Database) -> None:
    await _plan(database, _due(1))
    await database.write(lambda t: due.put_off(t, _due(1), NOW + MINUTE))
    assert await _claim(database) == []
    assert [i.reference for i in await _claim(database, NOW + MINUTE)] == ["1"]


async def test_dropped_occurrence_never_fires(database: Database) -> None:
    await _plan(database, _due(1))
    await database.write(lambda t: due.drop(t, _due(1), NOW))
    assert await _claim(database) == []


async def test_forget_deletes_what_fired_before(database: Database) -> None:
    await _plan(database, _due(1), _due(2, NOW + MINUTE), _due(3, NOW + 9 * MINUTE))
    await _claim(database, NOW)
    await _claim(database, NOW + MINUTE)
    gone = await database.write(lambda t: retention.forget(t, DAYS, NOW + MINUTE + timedelta(30)))
    assert gone["due"] == 1
    async with database.read() as reader:
        assert await due.next_at(reader) == NOW + 9 * MINUTE
