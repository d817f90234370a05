"""What is said in a room of trust is looked for in everything that the bot writes."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.address import Address
from bot.commands import KEEPING
from bot.ids import DeviceId, EventId, RoomId, SyncToken, UserId
from bot.matrix.batch import Batch
from bot.matrix.cipher import NoCipher
from bot.matrix.journal import Journal
from bot.matrix.rooms import Rooms
from bot.storage import experience, inbox, room_setting
from bot.storage.backup import backup
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting

BOT = UserId("@compagnon:example.org")
JO = "@jo:example.org"
TRUST, OPEN = RoomId("!confiance:example.org"), RoomId("!accueil:example.org")
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
SECRET = "xylophone"

SAID = [
    f"Un {SECRET} entre nous",
    f"!partage Un {SECRET} → tout dire",
    f"!exp Un {SECRET}\ntout dire",
    f"!exp modifier E1 comment un {SECRET}",
    f"compagnon, partage : un {SECRET}",
    f"!reprendre E1 avec un {SECRET}",
]


def raw(n: int, body: str, replaces: str | None = None) -> dict[str, object]:
    content: dict[str, object] = {"msgtype": "m.text", "body": body}
    if replaces is not None:
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": replaces}
        content["m.new_content"] = {"msgtype": "m.text", "body": body}
    return {
        "type": "m.room.message",
        "event_id": f"${n}",
        "sender": JO,
        "origin_server_ts": 1_774_000_000_000,
        "content": content,
    }


async def journalled(database: Database, room: RoomId, *events: dict[str, object]) -> list[str]:
    """Let the journal take ``events``; return the bodies that it keeps."""
    rooms = Rooms({each: Room(each, joined_count=5) for each in (TRUST, OPEN)})
    address = Address(BOT, ("compagnon",), "!", {})
    journal = Journal(database, rooms, address, NoCipher(), withheld=KEEPING)
    picked = [journal.pick(event, room, NOW) for event in events]
    batch = Batch(picked=[item for item in picked if item is not None])
    new = await journal.commit(batch, DeviceId("D"), SyncToken("t"), NOW)
    return [str(entry.payload["body"]) for entry in new if entry.kind == "message"]  # type: ignore[index]  # a mapping


async def trust(database: Database) -> None:
    setting = RoomSetting(TRUST, "capture", "off", UserId("@anne:example.org"), NOW)
    await database.write(lambda t: room_setting.put(t, setting))


async def test_words_of_a_room_of_trust_are_nowhere(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await trust(database)
    with caplog.at_level(logging.DEBUG):
        kept = await journalled(database, TRUST, *(raw(n, said) for n, said in enumerate(SAID)))
        pinned = {
            **raw(50, ""),
            "type": "m.reaction",
            "content": {
                "m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": "📌"}
            },
        }
        kept += await journalled(database, TRUST, raw(60, f"Un {SECRET}", "$1"), pinned)

    assert kept == ["!partage", "!exp", "!exp", "compagnon, partage", "!reprendre"]
    assert SECRET not in caplog.text
    if database.is_sqlite:
        copy = await backup(f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "copies", now=NOW)
        files = await asyncio.to_thread(_files, tmp_path)
        assert copy in files
        for path in files:
            assert SECRET.encode() not in await asyncio.to_thread(path.read_bytes), path


async def test_words_of_other_rooms_are_heard(database: Database) -> None:
    await trust(database)

    kept = await journalled(database, OPEN, *(raw(n, said) for n, said in enumerate(SAID)))

    assert kept == SAID[1:]


async def test_withdrawal_is_possible_in_a_room_of_trust(database: Database) -> None:
    await trust(database)

    said = ["!exp supprimer E12 oui", "!exp E12", "!ping", "!partage"]
    assert await journalled(database, TRUST, *map(raw, range(4), said)) == said


async def test_edit_and_pin_of_what_is_kept_are_heard_and_nothing_else(database: Database) -> None:
    item = experience.Experience(OPEN, UserId(JO), EventId("$kept"), NOW, note="un")
    await database.write(lambda t: experience.create(t, replace(item)))
    pin = {
        **raw(7, ""),
        "type": "m.reaction",
        "content": {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "📌"}},
    }
    heart = {
        **raw(8, ""),
        "type": "m.reaction",
        "content": {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "❤"}},
    }

    edits = [raw(5, "deux", "$kept"), raw(6, "trois", "$other")]
    assert await journalled(database, OPEN, *edits) == ["deux"]
    await journalled(database, OPEN, pin, heart)
    async with database.read() as snapshot:
        assert await inbox.known(snapshot, [EventId("$7"), EventId("$8")]) == {"$7"}


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
