"""Each device has its own place in the stream."""

from datetime import UTC, datetime, timedelta

from bot.ids import DeviceId, SyncToken
from bot.storage import sync_position
from bot.storage.database import Database
from bot.storage.sync_position import Position

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
A, B = DeviceId("A"), DeviceId("B")


async def test_position_is_kept_for_each_device(database: Database) -> None:
    for device, token in ((A, "s1"), (B, "s7"), (A, "s2")):
        await database.write(
            lambda t, d=device, s=token: sync_position.save(t, d, SyncToken(s), NOW)  # type: ignore[misc]
        )
    await database.write(sync_position.touch)
    async with database.read() as reader:
        assert await sync_position.load(reader, A) == "s2"
        assert await sync_position.load(reader, B) == "s7"
        assert await sync_position.load(reader, DeviceId("C")) is None
        assert await sync_position.devices(reader) == {"A", "B"}


async def test_latest_position_is_that_of_the_device_that_followed_last(
    database: Database,
) -> None:
    async with database.read() as reader:
        assert await sync_position.latest(reader) is None
    later = NOW + timedelta(hours=1)
    await database.write(lambda t: sync_position.save(t, B, SyncToken("s9"), later))
    await database.write(lambda t: sync_position.save(t, A, SyncToken("s2"), NOW))

    async with database.read() as reader:
        latest = await sync_position.latest(reader)
    assert latest == Position(B, SyncToken("s9"), later)


async def test_device_that_stands_by_does_not_say_how_far_the_stream_is_journalled(
    database: Database,
) -> None:
    later = NOW + timedelta(hours=1)
    await database.write(lambda t: sync_position.save(t, A, SyncToken("s2"), NOW))
    await database.write(lambda t: sync_position.save_watched(t, B, SyncToken("s9"), later))

    async with database.read() as reader:
        latest = await sync_position.latest(reader)
        own = await sync_position.load(reader, B)

    assert (latest, own) == (Position(A, SyncToken("s2"), NOW), "s9")


async def test_standing_by_forgets_nothing_of_what_the_device_journalled(
    database: Database,
) -> None:
    """A working device is killed, stands by, and goes on before the other journalled anything."""
    later = NOW + timedelta(hours=1)
    await database.write(lambda t: sync_position.save(t, A, SyncToken("s2"), NOW))
    await database.write(lambda t: sync_position.save_watched(t, A, SyncToken("s9"), later))

    async with database.read() as reader:
        assert await sync_position.latest(reader) == Position(A, SyncToken("s2"), NOW)
        assert await sync_position.load(reader, A) == "s9"
    await database.write(lambda t: sync_position.save(t, A, SyncToken("s10"), later))
    async with database.read() as reader:
        assert await sync_position.load(reader, A) == "s10"
