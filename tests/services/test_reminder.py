"""Reminders are planned in wall time, said once, and changed only by their owner."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from bot.i18n import Catalogue
from bot.ids import EventId, RoomId, UserId
from bot.jobs import DUE
from bot.services import reminder, reminder_delivery
from bot.services.outgoing import Outgoing
from bot.services.reminder import KIND, MAX_LENGTH, MAX_PENDING, Wish
from bot.storage import due, outbox, room
from bot.storage import reminder as table
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.reminder import Reminder, State
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from bot.when import Moment, Recurrence, When

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
TOMORROW = Moment(datetime(2026, 3, 25, 9, tzinfo=PARIS), PARIS)
JO, INES, ROOM = UserId("@jo:x"), UserId("@ines:x"), RoomId("!a:x")
WORDS = Catalogue.load()


def _wish(
    when: When = TOMORROW, text: str = "appeler la préfecture", source: str = "$r", **more: object
) -> Wish:
    return Wish(JO, ROOM, text, when, "fr", EventId(source), **more)  # type: ignore[arg-type]


async def _create(database: Database, wish: Wish, now: datetime = NOW) -> Reminder:
    return await database.write(lambda t: reminder.create(t, wish, now))


async def _fire(database: Database, now: datetime) -> list[Mapping[str, object]]:
    """Fire what is due, as the scheduler does; return the contents of what is said then."""

    async def work(transaction: Transaction, item: Due) -> None:
        assert await due.claim(transaction, item, now)
        outgoing = Outgoing(transaction, f"due:{item.reference}:{item.occurrence}", now)
        await reminder_delivery.deliver(transaction, outgoing, item, now, WORDS)

    async with database.read() as reader:
        before = {parcel.oid for parcel in await outbox.pending(reader)}
        ripe = await due.ripe(reader, now, 100)
    for item in ripe:
        await database.write(lambda t, item=item: work(t, item))  # type: ignore[misc]
    async with database.read() as reader:
        said = [p for p in await outbox.pending(reader) if p.oid not in before]
        return [p.content for p in said if p.event_type == "m.room.message"]


async def _planned(database: Database) -> datetime | None:
    async with database.read() as reader:
        return await due.next_at(reader)


async def _refusal(database: Database, wish: Wish) -> str:
    with pytest.raises(UserError) as caught:
        await _create(database, wish)
    return caught.value.message_id


async def test_reminder_is_planned_and_said_once(database: Database) -> None:
    created = await _create(database, _wish(reply_to=EventId("$about")))
    assert created.id == 1
    assert await _planned(database) == TOMORROW.start
    assert await _fire(database, TOMORROW.start - timedelta(seconds=1)) == []
    (said,) = await _fire(database, TOMORROW.start)
    assert said["msgtype"] == "m.text"
    assert "appeler la préfecture" in str(said["body"])
    assert said["m.mentions"] == {"user_ids": [JO]}
    assert cast("Mapping[str, object]", said["m.relates_to"])["m.in_reply_to"] == {
        "event_id": "$about"
    }
    assert await _fire(database, TOMORROW.start + timedelta(days=9)) == []
    async with database.read() as reader:
        ended = await table.get(reader, 1)
    assert ended is not None
    assert ended.state is State.DELIVERED


async def test_reminder_in_a_conversation_of_two_needs_no_mention(database: Database) -> None:
    await database.write(lambda t: room.save(t, [Room(ROOM, joined_count=2)]))
    await _create(database, _wish())
    (said,) = await _fire(database, TOMORROW.start)
    assert said["m.mentions"] == {}


async def test_late_reminder_says_so(database: Database) -> None:
    await _create(database, _wish())
    (said,) = await _fire(database, TOMORROW.start + timedelta(hours=3))
    assert "mercredi 25 mars à 9h" in str(said["body"])


async def test_repeated_reminder_keeps_its_hour_across_dst(database: Database) -> None:
    # In Paris the clocks go forward on the night to Sunday 29 March 2026.
    start = datetime(2026, 3, 28, 9, tzinfo=PARIS)
    await _create(database, _wish(Recurrence("FREQ=DAILY;COUNT=3", start, PARIS)))
    for day in (28, 29, 30):
        at = datetime(2026, 3, day, 9, tzinfo=PARIS)
        assert await _planned(database) == at
        assert len(await _fire(database, at)) == 1
    assert await _planned(database) is None
    async with database.read() as reader:
        assert await table.of_owner(reader, JO) == []


async def test_missed_occurrences_are_said_once(database: Database) -> None:
    start = datetime(2026, 3, 25, 9, tzinfo=PARIS)
    await _create(database, _wish(Recurrence("FREQ=DAILY", start, PARIS)))
    (said,) = await _fire(database, datetime(2026, 4, 10, 12, tzinfo=PARIS))
    assert "mercredi 25 mars" in str(said["body"])
    assert await _planned(database) == datetime(2026, 4, 11, 9, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (25, datetime(2026, 3, 25, 9, tzinfo=PARIS)),
        (24, datetime(2026, 3, 24, 15, tzinfo=PARIS)),  # today, said at two in the afternoon
    ],
)
async def test_day_without_hour_means_its_morning(
    database: Database, day: int, expected: datetime
) -> None:
    whole_day = Moment(datetime(2026, 3, day, tzinfo=PARIS), PARIS, is_all_day=True)
    assert (await _create(database, _wish(whole_day))).due_at == expected
    assert await _planned(database) == expected


async def test_edited_command_moves_its_reminder(database: Database) -> None:
    first = await _create(database, _wish())
    later = Moment(TOMORROW.start + timedelta(days=1), PARIS)
    moved = await _create(database, _wish(later, "écrire"), NOW + timedelta(hours=1))
    assert (moved.id, moved.text, moved.created_at) == (first.id, "écrire", NOW)
    assert await _fire(database, TOMORROW.start) == []
    assert len(await _fire(database, later.start)) == 1
    assert await _refusal(database, _wish(later)) == "reminder.over"


async def test_only_its_owner_cancels_a_reminder(database: Database) -> None:
    await _create(database, _wish())
    for number, owner in ((1, INES), (2, JO)):
        with pytest.raises(UserError, match="not_found"):
            await database.write(lambda t, n=number, o=owner: reminder.cancel(t, n, o, NOW))  # type: ignore[misc]
    await database.write(lambda t: reminder.cancel(t, 1, JO, NOW))
    assert await _planned(database) is None
    with pytest.raises(UserError, match="not_found"):
        await database.write(lambda t: reminder.cancel(t, 1, JO, NOW))


async def test_redacted_command_takes_its_reminder_back(database: Database) -> None:
    await _create(database, _wish())
    assert await database.write(lambda t: reminder.take_back(t, EventId("$r"), NOW))
    assert not await database.write(lambda t: reminder.take_back(t, EventId("$r"), NOW))
    assert not await database.write(lambda t: reminder.take_back(t, EventId("$x"), NOW))
    assert await _planned(database) is None


async def test_what_cannot_be_kept_is_told(database: Database) -> None:
    assert await _refusal(database, _wish(text=" ")) == "reminder.nothing_given"
    assert await _refusal(database, _wish(text="x" * (MAX_LENGTH + 1))) == "reminder.too_long"
    await _create(database, _wish(text="", reply_to=EventId("$about")))


async def test_reminders_of_one_member_are_limited(database: Database) -> None:
    for n in range(MAX_PENDING):
        await _create(database, _wish(source=f"$r{n}"))
    assert await _refusal(database, _wish(source="$more")) == "reminder.too_many"
    await _create(database, _wish(text="corrigé", source="$r7"))


def test_reminders_have_a_job() -> None:
    assert KIND in {job.kind for job in DUE}
