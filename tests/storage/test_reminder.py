"""Reminders are kept with their owner and end once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.config.settings import RetentionSettings
from bot.ids import EventId, RoomId, UserId
from bot.storage import reminder, retention
from bot.storage.database import Database
from bot.storage.reminder import Reminder, State

DAYS: dict[str, int] = RetentionSettings().model_dump()
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
JO, ROOM = UserId("@jo:x"), RoomId("!a:x")


def _reminder(name: str, *, hours: int = 1, owner: UserId = JO) -> Reminder:
    return Reminder(
        owner=owner,
        room_id=ROOM,
        conversation=f"{ROOM}|{owner}",
        text=name,
        due_at=NOW + timedelta(hours=hours),
        wall="2026-03-24T15:00",
        zone="Europe/Paris",
        language="fr",
        source_event_id=EventId(f"${name}"),
        created_at=NOW,
        rrule="FREQ=DAILY",
        reply_to=EventId("$about"),
    )


async def _create(database: Database, item: Reminder) -> Reminder:
    return await database.write(lambda t: reminder.create(t, item))


async def test_created_reminder_comes_back(database: Database) -> None:
    created = await _create(database, _reminder("a"))
    assert created == replace(_reminder("a"), id=1)
    async with database.read() as reader:
        assert await reminder.get(reader, 1) == created
        assert await reminder.of_source(reader, EventId("$a")) == created
        assert await reminder.get(reader, 2) is None
        assert await reminder.of_source(reader, EventId("$b")) is None


async def test_owner_sees_what_is_to_come_next_first(database: Database) -> None:
    late = await _create(database, _reminder("late", hours=9))
    soon = await _create(database, _reminder("soon"))
    over = await _create(database, _reminder("over"))
    await _create(database, _reminder("other", owner=UserId("@ines:x")))
    assert await database.write(lambda t: reminder.end(t, over.id, State.CANCELLED, NOW))
    async with database.read() as reader:
        assert await reminder.of_owner(reader, JO) == [soon, late]


async def test_saved_reminder_changes_and_ended_one_does_not(database: Database) -> None:
    created = await _create(database, _reminder("a"))
    changed = replace(created, text="b", due_at=NOW, rrule=None, reply_to=None)
    await database.write(lambda t: reminder.save(t, changed))
    async with database.read() as reader:
        assert await reminder.get(reader, created.id) == changed
    assert await database.write(lambda t: reminder.end(t, created.id, State.DELIVERED, NOW))
    assert not await database.write(lambda t: reminder.end(t, created.id, State.CANCELLED, NOW))
    await database.write(lambda t: reminder.save(t, created))
    async with database.read() as reader:
        assert await reminder.get(reader, created.id) == replace(changed, state=State.DELIVERED)


async def test_forget_deletes_what_ended_before(database: Database) -> None:
    for name in "ab":
        await _create(database, _reminder(name))
    await database.write(lambda t: reminder.end(t, 1, State.DELIVERED, NOW))
    gone = await database.write(lambda t: retention.forget(t, DAYS, NOW + timedelta(31)))
    assert gone["reminder"] == 1
    async with database.read() as reader:
        assert await reminder.get(reader, 1) is None
        assert await reminder.get(reader, 2) is not None


async def test_reminders_follow_their_room(database: Database) -> None:
    await _create(database, _reminder("a"))
    await database.write(lambda t: reminder.move(t, ROOM, RoomId("!new:x")))
    async with database.read() as reader:
        moved = await reminder.get(reader, 1)
    assert moved is not None
    assert (moved.room_id, moved.conversation) == ("!new:x", "!new:x|@jo:x")
