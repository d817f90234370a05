"""Quiet: what nobody asked for is said at most twice a day, by day, and to nobody who paused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config.settings import RetentionSettings
from bot.ids import RoomId, UserId
from bot.services import quiet
from bot.services.manner import USUAL
from bot.storage import due, member, retention, room_setting
from bot.storage import quiet as counts
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Transaction

DAYS: dict[str, int] = RetentionSettings().model_dump()
ROOM, OTHER, JO = RoomId("!a:x"), RoomId("!b:x"), UserId("@jo:x")
NOON = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)  # a Tuesday; 12:00 in Paris
NIGHT = datetime(2026, 3, 24, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 25, 7, 0, tzinfo=UTC)


async def turn(database: Database, now: datetime, room: RoomId = ROOM) -> datetime:
    return await database.write(lambda t: quiet.turn_in_room(t, room, now, USUAL))


async def choose(database: Database, key: str, value: str) -> None:
    item = RoomSetting(ROOM, key, value, JO, NOON)
    await database.write(lambda t: room_setting.put(t, item))


@pytest.mark.parametrize(
    ("now", "spoken", "paused_until", "at"),
    [
        (NOON, 0, None, NOON),
        (NOON, 1, None, NOON),
        (NOON, 2, None, MORNING),
        (NIGHT, 0, None, MORNING),
        (NIGHT, 2, None, MORNING),
        (NOON, 0, NOON - timedelta(days=1), NOON),
        (NOON, 0, NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
        (NOON, 0, NIGHT, MORNING),
    ],
)
def test_earliest_respects_hours_limit_and_pause(
    now: datetime, spoken: int, paused_until: datetime | None, at: datetime
) -> None:
    assert quiet.earliest(now, USUAL, spoken=spoken, paused_until=paused_until) == at


def test_day_at_the_limit_ends_at_midnight_where_no_hours_are_quiet() -> None:
    how = replace(USUAL, quiet=replace(USUAL.quiet, start=USUAL.quiet.end))

    at = quiet.earliest(NOON, how, spoken=2)

    assert at.astimezone(how.zone) == datetime(2026, 3, 25, tzinfo=how.zone)


async def test_third_turn_of_a_day_is_tomorrow(database: Database) -> None:
    assert [await turn(database, NOON) for _ in range(4)] == [NOON, NOON, MORNING, MORNING]
    assert await turn(database, NOON, OTHER) == NOON
    assert await turn(database, MORNING) == MORNING


async def test_turn_that_is_later_does_not_count(database: Database) -> None:
    assert await turn(database, NIGHT) == MORNING
    async with database.read() as reader:
        assert await counts.spoken(reader, ROOM, NIGHT.date()) == 0


async def test_room_chooses_its_hours_and_zone(database: Database) -> None:
    await choose(database, "quiet", "11:00-14:00")
    assert await turn(database, NOON) == NOON + timedelta(hours=2)
    assert await turn(database, NIGHT) == NIGHT
    await choose(database, "timezone", "America/Toronto")
    assert await turn(database, NOON) == NOON


async def test_person_is_asked_in_their_own_zone_and_not_in_a_pause(database: Database) -> None:
    async def at(now: datetime) -> datetime:
        async with database.read() as reader:
            return await quiet.turn_with(reader, JO, now, USUAL)

    assert await at(NOON) == NOON
    await database.write(lambda t: member.set_timezone(t, JO, "America/Toronto"))
    assert await at(NOON) == datetime(2026, 3, 24, 8, tzinfo=ZoneInfo("America/Toronto"))
    await database.write(lambda t: member.set_pause(t, JO, NIGHT))
    assert await at(NOON) == NIGHT


async def test_counts_are_forgotten_with_their_day(database: Database) -> None:
    for now in (NOON, MORNING):
        await turn(database, now)
    gone = await database.write(lambda t: retention.forget(t, DAYS, MORNING + timedelta(7)))
    assert gone["quiet"] == 1
    async with database.read() as reader:
        assert await counts.spoken(reader, ROOM, NOON.date()) == 0
        assert await counts.spoken(reader, ROOM, MORNING.date()) == 1


async def test_postponed_occurrence_fires_at_its_new_time(database: Database) -> None:
    item = Due("greeting", "1", "1", NIGHT)

    async def work(transaction: Transaction) -> None:
        await due.plan(transaction, item)
        assert await due.claim(transaction, item, NIGHT)
        await due.postpone(transaction, item, MORNING)

    await database.write(work)

    async with database.read() as reader:
        assert await due.ripe(reader, NIGHT, 10) == []
        assert await due.ripe(reader, MORNING, 10) == [replace(item, due_at=MORNING)]
