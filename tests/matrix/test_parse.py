"""Whatever shape an event has, it is read, harmless or quarantined, and the next one is read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.address import Address
from bot.ids import RoomId, UserId
from bot.matrix import parse
from bot.matrix.cipher import NoCipher
from bot.matrix.journal import Journal
from bot.matrix.parse import MalformedEventError
from bot.matrix.rooms import Rooms
from bot.model import Event, Message
from bot.storage.database import Database
from bot.storage.room import Room

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
ROOM = RoomId("!accueil:example.org")
BOT = UserId("@compagnon:example.org")
TEXT = {"msgtype": "m.text", "body": "!ping"}


def event(content: object, type_: object = "m.room.message", **more: object) -> dict[str, Any]:
    raw = {"event_id": "$1", "sender": "@jo:example.org", "origin_server_ts": 1774357200000}
    return {**raw, "type": type_, "content": content, **more}


def message(**more: object) -> dict[str, Any]:
    return event({**TEXT, **more})


def parsed(raw: dict[str, Any], *, is_encrypted: bool = False) -> Event | None:
    return parse.parse(raw, ROOM, NOW, is_encrypted=is_encrypted)


def edit(new: object, target: object = "$0") -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": target}
    return message(body="* x", **{"m.new_content": new, "m.relates_to": relation})


REFUSED: dict[str, object] = {
    "null": None,
    "list": [],
    "string": "event",
    "number": 7,
    "empty": {},
    "no content": {k: v for k, v in message().items() if k != "content"},
    "null content": event(None),
    "list content": event([]),
    "string content": event("!ping"),
    "no sender": message() | {"content": TEXT, "sender": None},
    "number sender": event(TEXT, sender=7),
    "sender without sigil": event(TEXT, sender=".."),
    "sender with newline": event(TEXT, sender="@a\n:b"),
    "sender with NUL": event(TEXT, sender="@a\0:b"),
    "long sender": event(TEXT, sender="@" + "a" * 255),
    "no event id": event(TEXT, event_id=None),
    "list event id": event(TEXT, event_id=["$1"]),
    "event id without sigil": event(TEXT, event_id=".."),
    "empty event id": event(TEXT, event_id=""),
    "no time": event(TEXT, origin_server_ts=None),
    "string time": event(TEXT, origin_server_ts="1774357200000"),
    "true time": event(TEXT, origin_server_ts=True),
    "negative time": event(TEXT, origin_server_ts=-1),
    "time beyond datetime": event(TEXT, origin_server_ts=2**62),
    "float time": event(TEXT, origin_server_ts=1.5),
    "NaN time": event(TEXT, origin_server_ts=float("nan")),
    "no body": event({"msgtype": "m.text"}),
    "null body": message(body=None),
    "list body": message(body=["!ping"]),
    "number body": message(body=7),
    "no msgtype": event({"body": "!ping"}),
    "number msgtype": message(msgtype=7),
    "edit of a number": edit(TEXT, 7),
    "edit of nothing": edit(TEXT, ""),
    "edit of a path": edit(TEXT, ".."),
    "edit without new content": edit(None),
    "edit with list content": edit([]),
    "edit with number body": edit({"msgtype": "m.text", "body": 7}),
    "reaction without relation": event({}, "m.reaction"),
    "reaction with string relation": event({"m.relates_to": "$0"}, "m.reaction"),
    "reaction with number key": event({"m.relates_to": {"event_id": "$0", "key": 7}}, "m.reaction"),
    "reaction with long key": event(
        {"m.relates_to": {"event_id": "$0", "key": "x" * 300}}, "m.reaction"
    ),
    "redaction of nothing": event({}, "m.room.redaction"),
    "redaction of a list": event({"redacts": ["$0"]}, "m.room.redaction"),
    "redaction of two": event({"redacts": "$0"}, "m.room.redaction", redacts="$9"),
    "tombstone of nothing": event({}, "m.room.tombstone", state_key=""),
    "tombstone to a path": event({"replacement_room": ".."}, "m.room.tombstone", state_key=""),
    "tombstone with key": event({"replacement_room": "!b"}, "m.room.tombstone", state_key="x"),
    "member without membership": event({}, "m.room.member", state_key="@a:b"),
    "member with list key": event({"membership": "join"}, "m.room.member", state_key=[]),
}

HARMLESS: dict[str, dict[str, Any]] = {
    "type with newline": event(TEXT, "m.room\n.message"),
    "long type": event(TEXT, "m" * 255),
    "number type": event(TEXT, 7),
    "null type": event(TEXT, None),
    "list type": event(TEXT, []),
    "message with state key": event(TEXT, state_key=""),
    "unknown state": event({"join_rule": 7}, "m.room.join_rules", state_key=""),
    "junk pinned": event({"pinned": {"a": 1}}, "m.room.pinned_events", state_key=""),
    "junk power levels": event({"users": "all"}, "m.room.power_levels", state_key=""),
}

STILL_A_COMMAND: dict[str, dict[str, Any]] = {
    "number html": message(formatted_body=7, format="org.matrix.custom.html"),
    "string relation": message(**{"m.relates_to": "$0"}),
    "list relation": message(**{"m.relates_to": []}),
    "number relation type": message(**{"m.relates_to": {"rel_type": 7, "event_id": 7}}),
    "string reply": message(**{"m.relates_to": {"m.in_reply_to": "$0"}}),
    "reply to a number": message(**{"m.relates_to": {"m.in_reply_to": {"event_id": 7}}}),
    "thread of a path": message(**{"m.relates_to": {"rel_type": "m.thread", "event_id": ".."}}),
    "string mentions": message(**{"m.mentions": "all"}),
    "number in mentions": message(**{"m.mentions": {"user_ids": [7, None, []]}}),
    "string unsigned": event(TEXT, unsigned="x"),
    "list unsigned": event(TEXT, unsigned=[]),
    "NUL in the body": message(body="!pi\0ng"),
    "huge integers": message(huge=2**70, age=-(2**70)),
    "not a number": message(x=float("nan")),
    "deep": message(deep=[[[[[[[[[[[[]]]]]]]]]]]]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_malformed_event_is_refused(name: str) -> None:
    raw = REFUSED[name]
    with pytest.raises(MalformedEventError):
        parsed(raw) if isinstance(raw, dict) else parse.mapping_of(raw)


@pytest.mark.parametrize("name", HARMLESS)
def test_strange_event_is_nothing(name: str) -> None:
    assert parsed(HARMLESS[name]) is None


@pytest.mark.parametrize("name", STILL_A_COMMAND)
def test_junk_beside_the_text_changes_nothing(name: str) -> None:
    found = parsed(STILL_A_COMMAND[name])
    assert isinstance(found, Message)
    assert found.body == "!ping"
    assert (found.reply_to, found.thread, found.mentions) == (None, None, frozenset())


def _journal(database: Database) -> Journal:
    rooms = Rooms({ROOM: Room(ROOM, joined_count=3)})
    return Journal(database, rooms, Address(BOT, ("compagnon",), "!", {}), NoCipher())


async def test_every_hostile_event_is_let_go_and_the_next_is_read(database: Database) -> None:
    journal = _journal(database)
    hostile: Iterable[object] = [*REFUSED.values(), *HARMLESS.values()]
    assert [journal.pick(raw, ROOM, NOW) for raw in hostile] == [None] * len(list(hostile))
    assert journal.quarantined == len(REFUSED)
    assert isinstance(journal.pick(message(), ROOM, NOW), Message)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = ("event_id", "sender", "type", "content", "origin_server_ts", "unsigned", "state_key")
TYPES = ["m.room.message", "m.reaction", "m.room.redaction", "m.room.tombstone", "m.room.member",
         "m.room.encrypted", "m.room.encryption"]  # fmt: skip


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), JUNK), JUNK)
def test_pick_never_raises(type_: str, junk: dict[str, object], content: object) -> None:
    journal = _journal(None)  # type: ignore[arg-type]  # pick never asks the database
    journal.pick({**event(content, type_), **junk}, ROOM, NOW)
    journal.pick({**event({**TEXT, "m.relates_to": content}, type_), **junk}, ROOM, NOW)
