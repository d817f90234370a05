"""Reminders that all fall due at one moment, written into the database of a bot that is down."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.ids import EventId, RoomId, UserId
from bot.services import reminder
from bot.services.outgoing import conversation_with
from bot.storage import due, migration
from bot.storage import reminder as stored
from bot.storage.database import Database
from bot.storage.reminder import Reminder
from bot.storage.transaction import Transaction

START = timedelta(seconds=30)
"""What is given to write the reminders and to start the bot, on a machine that is busy."""

WORDS = "rappel numéro"
PEOPLE = 500
"""Whose reminders they are."""

_PARIS = ZoneInfo("Europe/Paris")
_FIELDS = [field.name for field in fields(Reminder)]


async def fill(url: str, home: Path, count: int, rooms: Sequence[RoomId]) -> float:
    """Note so many reminders in ``rooms`` for one moment; return that (``time.time``)."""
    await migration.upgrade(url, backup_dir=home, now=datetime.now(UTC))
    due_at = datetime.now(UTC).replace(microsecond=0) + START
    opened = Database(url)

    async def work(transaction: Transaction) -> None:
        items = [_reminder(each, due_at, rooms[each % len(rooms)]) for each in range(count)]
        rows = [{name: getattr(item, name) for name in _FIELDS} for item in items]
        await transaction.execute(insert(stored.reminder), rows)
        planned = [
            {"kind": reminder.KIND, "reference": str(item.id), "due_at": due_at,
             "occurrence": due_at.isoformat(), "state": due.State.PENDING}
            for item in items
        ]  # fmt: skip
        await transaction.execute(insert(due.due), planned)

    try:
        await opened.write(work)
    finally:
        await opened.close()
    return due_at.timestamp()


def _reminder(each: int, due_at: datetime, room: RoomId) -> Reminder:
    owner = UserId(f"@member{each % PEOPLE}:bench.localhost")
    return Reminder(
        owner=owner,
        room_id=room,
        conversation=conversation_with(room, owner),
        text=f"{WORDS} {each}",
        due_at=due_at,
        wall=f"{due_at.astimezone(_PARIS):%Y-%m-%dT%H:%M:%S}",
        zone=_PARIS.key,
        language="fr",
        source_event_id=EventId(f"$asked{each}"),
        created_at=due_at - START,
        id=each + 1,
    )
