"""What was journalled as ciphertext is read again when its key has come, in its old place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.address import Address
from bot.ids import DeviceId, EventId, RoomId, SyncToken
from bot.matrix.batch import Batch
from bot.matrix.cipher import NoCipher, UnreadableError
from bot.matrix.journal import Journal
from bot.matrix.parse import MalformedEventError
from bot.matrix.rooms import Rooms
from bot.matrix.unreadable import read_again
from bot.matrix.waiting import MOST
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.inbox import Entry, State
from bot.storage.room import Room
from tests.scene import BOT, JO, MAX, NOW, ROOM


@dataclass
class PlayedCipher(NoCipher):
    """Opens what its keys fit; the ciphertext says what is in it."""

    keys: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)

    async def keep(self, event_ids: Collection[EventId]) -> None:
        self.kept += event_ids

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        del room
        content = raw["content"]
        if content["session_id"] not in self.keys:
            raise UnreadableError(content["session_id"])
        if "says" not in content:
            raise MalformedEventError("garbage")
        return {**raw, "type": "m.room.message", "content": content["says"]}


def sealed(name: str, session: str, body: str | None, **more: object) -> dict[str, Any]:
    says = {} if body is None else {"says": {"msgtype": "m.text", "body": body, **more}}
    return {
        "event_id": f"${name}",
        "type": "m.room.encrypted",
        "sender": JO,
        "origin_server_ts": 1_774_357_200_000,
        "content": {"session_id": session, **says},
    }


@pytest.fixture
def cipher() -> PlayedCipher:
    return PlayedCipher()


@pytest.fixture
def journal(database: Database, cipher: PlayedCipher) -> Journal:
    rooms = Rooms({ROOM: Room(ROOM, is_encrypted=True, joined_count=5)})
    return Journal(database, rooms, Address(BOT, ("compagnon",), "!", {}), cipher)


async def take(journal: Journal, *events: dict[str, Any]) -> list[Entry]:
    picked = [journal.pick(event, ROOM, NOW) for event in events]
    batch = Batch([item for item in picked if item is not None])
    return await journal.commit(batch, DeviceId("DEVICE"), SyncToken("s1"), NOW)


async def states(database: Database) -> list[tuple[str, str]]:
    async with database.read() as snapshot:
        found = [*await inbox.unreadable(snapshot), *await inbox.waiting(snapshot)]
    return sorted((entry.event_id, entry.state.value) for entry in found)


async def test_message_waits_for_its_key_and_is_then_handled(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    [waiting] = await take(journal, sealed("a", "one", "!ping"))
    assert (waiting.state, waiting.session_id) == (State.UNREADABLE, "one")
    cipher.keys.add("one")

    [entry] = await read_again(database, journal, {"one"})

    assert (entry.state, entry.kind, entry.seq) == (State.WAITING, "message", waiting.seq)
    assert isinstance(entry.payload, dict)
    assert (entry.payload["body"], entry.payload["is_encrypted"]) == ("!ping", True)
    assert await states(database) == [("$a", "waiting")]


async def test_only_what_waits_for_the_key_is_tried(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    await take(journal, sealed("a", "one", "!ping"), sealed("b", "two", "!ping"))
    cipher.keys |= {"one", "two"}

    assert [entry.event_id for entry in await read_again(database, journal, {"two"})] == ["$b"]
    assert await states(database) == [("$a", "unreadable"), ("$b", "waiting")]


async def test_start_tries_everything_and_keeps_the_order(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    sessions = ("one", "two", "one")
    events = [sealed(f"e{i}", session, "!ping") for i, session in enumerate(sessions)]
    await take(journal, *events)
    cipher.keys.add("one")

    found = await read_again(database, journal)

    assert [entry.event_id for entry in found] == ["$e0", "$e2"]


async def test_chatter_and_garbage_leave_no_trace_once_they_can_be_read(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    await take(journal, sealed("a", "one", "Bonjour !"), sealed("b", "one", None))
    cipher.keys.add("one")

    assert await read_again(database, journal, {"one"}) == []
    assert await states(database) == []


async def test_edit_of_what_the_bot_never_saw_leaves_no_trace(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    new = {"msgtype": "m.text", "body": "!ping"}
    relation = {"rel_type": "m.replace", "event_id": "$before"}
    more = {"m.new_content": new, "m.relates_to": relation}
    await take(journal, sealed("a", "one", "* !ping", **more))
    cipher.keys.add("one")

    assert await read_again(database, journal, {"one"}) == []
    assert await states(database) == []


async def test_reading_again_twice_makes_one_waiting_event(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    await take(journal, sealed("a", "one", "!ping"))
    cipher.keys.add("one")

    await read_again(database, journal, {"one"})

    assert await read_again(database, journal) == []


async def test_message_that_was_taken_back_is_never_read(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    await take(journal, sealed("a", "one", "!ping"))
    redaction = {
        "event_id": "$r",
        "type": "m.room.redaction",
        "sender": JO,
        "origin_server_ts": 1_774_357_200_000,
        "redacts": "$a",
        "content": {"redacts": "$a"},
    }

    await take(journal, redaction)

    cipher.keys.add("one")
    assert await read_again(database, journal, {"one"}) == []
    assert ("$a", "unreadable") not in await states(database)


async def test_what_is_acted_on_is_kept_against_being_sent_again(
    database: Database, journal: Journal, cipher: PlayedCipher
) -> None:
    await take(journal, sealed("late", "two", "!ping"))
    cipher.keys |= {"one", "two"}

    await take(journal, sealed("a", "one", "!ping"), sealed("b", "one", "Bonjour !"))
    assert cipher.kept == ["$a"]

    await read_again(database, journal, {"two"})
    assert cipher.kept == ["$a", "$late"]


async def test_ciphertext_of_one_sender_waits_only_so_far(
    database: Database, journal: Journal
) -> None:
    flood = [sealed(f"e{n:03}", f"session {n}", None) for n in range(MOST + 20)]
    await take(journal, *flood[:MOST])
    other = {**sealed("other", "one", "!ping"), "sender": MAX}

    new = await take(journal, *flood[MOST:], other)

    assert [entry.event_id for entry in new] == ["$other"]
    waiting = [name for name, _ in await states(database)]
    assert waiting == [*(f"$e{n:03}" for n in range(MOST)), "$other"]
