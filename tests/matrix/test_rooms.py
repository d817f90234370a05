"""What is known of a room only ever becomes safer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import RoomId
from bot.matrix.rooms import Rooms
from bot.storage.room import Room

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
ROOM = RoomId("!a:example.org")


def state(type_: str, content: object, key: object = "") -> dict[str, object]:
    return {"type": type_, "state_key": key, "content": content, "sender": "@jo:example.org"}


def answer(*events: object, part: str = "state", **more: object) -> dict[str, Any]:
    return {part: {"events": list(events)}, **more}


def learnt(rooms: Rooms, raw: dict[str, Any]) -> Room:
    found = rooms.learn(ROOM, raw, NOW)
    if found is not None:
        rooms.keep(found)
    return rooms._known[ROOM]


@pytest.mark.parametrize("part", ["state", "timeline"])
@pytest.mark.parametrize(
    "content",
    [{"algorithm": "m.megolm.v1.aes-sha2"}, {"algorithm": "none"}, {"algorithm": 7}, {}, None, []],
)
def test_any_encryption_event_makes_a_room_encrypted(part: str, content: object) -> None:
    rooms = Rooms({})
    assert learnt(rooms, answer(state("m.room.encryption", content), part=part)).is_encrypted
    assert rooms.is_encrypted(ROOM)


@given(st.lists(st.sampled_from(["{}", "none", "gone", "other"])))
def test_encryption_is_never_taken_back(later: list[str]) -> None:
    rooms = Rooms({})
    learnt(rooms, answer(state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})))
    for what in later:
        raw = {
            "{}": answer(state("m.room.encryption", {})),
            "none": answer(state("m.room.encryption", {"algorithm": None})),
            "gone": answer(),
            "other": answer(state("m.room.name", {"name": "x"}), summary={}),
        }[what]
        assert learnt(rooms, raw).is_encrypted


def test_encryption_with_a_state_key_is_none() -> None:
    assert not learnt(Rooms({}), answer(state("m.room.encryption", {}, "x"))).is_encrypted


def test_room_that_is_not_known_counts_as_encrypted() -> None:
    rooms = Rooms({})
    assert rooms.is_encrypted(ROOM)
    assert not rooms.is_open(ROOM)
    assert not rooms.is_pair(ROOM)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(2, 2), (0, 0), (2**70, 2**31 - 1), (-1, 3), ("2", 3), (True, 3), (None, 3)],
)
def test_summary_tells_how_many_are_joined(count: object, expected: int) -> None:
    rooms = Rooms({ROOM: Room(ROOM, joined_count=3)})
    learnt(rooms, answer(summary={"m.joined_member_count": count}))
    assert rooms._known[ROOM].joined_count == expected
    assert rooms.is_pair(ROOM) == (expected == 2)


@pytest.mark.parametrize("target", ["!b:example.org", "!v12hash"])
def test_tombstone_closes_the_room(target: str) -> None:
    rooms = Rooms({})
    found = learnt(rooms, answer(state("m.room.tombstone", {"replacement_room": target})))
    assert found.replaced_by == target
    assert not rooms.is_open(ROOM)


@pytest.mark.parametrize("target", ["", None, 7, [], "#alias:b", "..", "!a\0", "!" + "a" * 300])
def test_junk_tombstone_changes_nothing(target: object) -> None:
    rooms = Rooms({})
    learnt(rooms, answer(state("m.room.tombstone", {"replacement_room": target})))
    assert rooms.is_open(ROOM)


@pytest.mark.parametrize(
    "raw", [{}, {"state": None}, {"state": {"events": "x"}}, answer(None, [], 7, {"type": []})]
)
def test_junk_answer_makes_a_plain_room(raw: dict[str, Any]) -> None:
    assert Rooms({}).learn(ROOM, raw, NOW) == Room(ROOM, joined_at=NOW)


def test_learn_of_nothing_new_is_none() -> None:
    rooms = Rooms({})
    learnt(rooms, answer())
    assert rooms.learn(ROOM, answer(), NOW) is None
    assert rooms.all() == {ROOM}
    rooms.drop(ROOM)
    assert ROOM not in rooms
