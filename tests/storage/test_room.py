"""What is known of rooms and their settings survives a restart."""

from datetime import UTC, datetime

from bot.ids import RoomId, UserId
from bot.storage import room, room_setting
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
A, B = RoomId("!a"), RoomId("!b")


def _setting(key: str, value: str, room_id: RoomId = A, by: str = "@nadia") -> RoomSetting:
    return RoomSetting(room_id, key, value, UserId(by), NOW)


async def test_rooms_come_back_as_they_were_saved_last(database: Database) -> None:
    rooms = [Room(A, is_encrypted=True, joined_count=2, joined_at=NOW), Room(B)]
    await database.write(lambda t: room.save(t, rooms))
    moved = Room(B, joined_count=5, replaced_by=A)
    await database.write(lambda t: room.save(t, [moved]))
    await database.write(lambda t: room.save(t, []))
    async with database.read() as reader:
        assert await room.load(reader) == {A: rooms[0], B: moved}
    await database.write(lambda t: room.forget(t, [A]))
    async with database.read() as reader:
        assert await room.load(reader) == {B: moved}


async def test_last_value_of_a_setting_counts(database: Database) -> None:
    items = [_setting("ack", "reaction"), _setting("ack", "text", by="@jo"), _setting("x", "1", B)]
    for item in items:
        await database.write(lambda t, item=item: room_setting.put(t, item))  # type: ignore[misc]
    async with database.read() as reader:
        assert await room_setting.of_room(reader, A) == {"ack": items[1]}
        assert await room_setting.load(reader) == {A: {"ack": items[1]}, B: {"x": items[2]}}


async def test_unset_goes_back_to_the_default(database: Database) -> None:
    await database.write(lambda t: room_setting.put(t, _setting("ack", "reaction")))
    assert await database.write(lambda t: room_setting.unset(t, A, "ack"))
    assert not await database.write(lambda t: room_setting.unset(t, A, "ack"))
    async with database.read() as reader:
        assert await room_setting.load(reader) == {}


async def test_settings_of_a_room_are_forgotten_with_it(database: Database) -> None:
    await database.write(lambda t: room_setting.put(t, _setting("ack", "reaction")))
    await database.write(lambda t: room_setting.put(t, _setting("ack", "reaction", B)))
    await database.write(lambda t: room_setting.forget(t, [A]))
    async with database.read() as reader:
        assert set(await room_setting.load(reader)) == {B}
