"""Facts are believed from the server's own state only, and junk in it is harmless."""

from typing import Any

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.matrix.cipher import NoCipher
from bot.matrix.http import MatrixError, NetworkError
from bot.matrix.reader import Reader
from bot.ports import RefusedError
from tests.matrix.exchange import answer, refused
from tests.matrix.model_server import BOT, JO, MAX, ROOM, ModelServer
from tests.matrix.wire import MemoryHomeserver
from tests.scene import HandClock

HERE = RoomId(ROOM)
CREATE = ("rooms", ROOM, "state", "m.room.create", "")
LEVELS = ("rooms", ROOM, "state", "m.room.power_levels", "")


@pytest.fixture
def model() -> ModelServer:
    return ModelServer()


@pytest.fixture
def reader(model: ModelServer) -> Reader:
    return Reader(MemoryHomeserver(model), NoCipher(), HandClock())


async def test_levels_come_from_the_state(model: ModelServer, reader: Reader) -> None:
    content = {"users": {JO: 50}, "users_default": 5, "notifications": {"room": 20},
               "events": {"m.room.message": 10}}  # fmt: skip
    model.state[LEVELS] = answer(200, content)
    levels = await reader.power_levels(HERE)
    assert (levels.of(UserId(JO)), levels.of(UserId(MAX))) == (50, 5)
    assert (levels.notify_room, levels.send_message) == (20, 10)


@pytest.mark.parametrize("junk", ["100", "50 ", 50.0, True, None, [], {}, float("inf")])
async def test_level_that_is_no_integer_gives_no_power(
    model: ModelServer, reader: Reader, junk: object
) -> None:
    model.state[LEVELS] = answer(200, {"users": {JO: junk}})
    assert (await reader.power_levels(HERE)).of(UserId(JO)) == 0


@pytest.mark.parametrize(
    "content", [{"users": "all"}, {"users": [JO]}, {"users_default": "100"}, {"events": 7}, {}]
)
async def test_junk_levels_give_no_power(
    model: ModelServer, reader: Reader, content: object
) -> None:
    model.state[LEVELS] = answer(200, content)
    levels = await reader.power_levels(HERE)
    assert (levels.of(UserId(JO)), levels.notify_room, levels.send_message) == (0, 50, 0)


@pytest.mark.parametrize(
    ("version", "creators"),
    [("12", {JO, MAX}), ("13", {JO, MAX}), ("11", set()), ("1", set()), (12, set()),
     (None, set()), ("org.example.12", set())],
)  # fmt: skip
async def test_creators_outrank_from_version_12_on(
    model: ModelServer, reader: Reader, version: object, creators: set[str]
) -> None:
    content = {"room_version": version, "additional_creators": [MAX, 7]}
    model.state[CREATE] = answer(200, {"sender": JO, "content": content})
    levels = await reader.power_levels(HERE)
    assert levels.creators == creators
    assert (levels.of(UserId(JO)) > 100) == bool(creators)


async def test_creators_are_asked_for_once_they_are_there(
    model: ModelServer, reader: Reader
) -> None:
    assert (await reader.power_levels(HERE)).creators == frozenset()
    model.state[CREATE] = answer(200, {"sender": JO, "content": {"room_version": "12"}})
    for _ in range(3):
        assert (await reader.power_levels(HERE)).creators == {JO}
    assert sum(request.parts == list(CREATE) for request in model.requests) == 2


def _message(body: str = "old", sender: str = JO, **more: Any) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": body}
    raw = {"event_id": "$1", "type": "m.room.message", "sender": sender, "content": content}
    return {**raw, "origin_server_ts": 1774357200000, **more}


def _edited(by: object) -> dict[str, Any]:
    new = {"msgtype": "m.text", "body": "new"}
    content = {**new, "m.new_content": new,
               "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}  # fmt: skip
    edit = {**_message(), "event_id": "$2", "sender": by, "content": content}
    return _message(unsigned={"m.relations": {"m.replace": edit}})


async def _body(model: ModelServer, reader: Reader, raw: object) -> str | None:
    model.state[("rooms", ROOM, "event", "$1")] = answer(200, raw)
    found = await reader.message(HERE, EventId("$1"))
    return found.body if found is not None else None


async def test_message_is_read_with_its_authors_edit(model: ModelServer, reader: Reader) -> None:
    assert await _body(model, reader, _edited(JO)) == "new"


@pytest.mark.parametrize("by", [MAX, BOT])
async def test_edit_by_somebody_else_is_ignored(
    model: ModelServer, reader: Reader, by: str
) -> None:
    assert await _body(model, reader, _edited(by)) == "old"


@pytest.mark.parametrize(
    "raw",
    [{}, _message() | {"content": {}}, _message() | {"type": "m.room.name", "state_key": ""},
     _message() | {"type": "m.room.encrypted"}, _edited(7)],
)  # fmt: skip
async def test_what_is_no_message_is_none(
    model: ModelServer, reader: Reader, raw: dict[str, Any]
) -> None:
    assert await _body(model, reader, raw) is None


@pytest.mark.parametrize("relations", [None, [], {"m.replace": "x"}, {"m.replace": {}}])
async def test_junk_relations_leave_the_message(
    model: ModelServer, reader: Reader, relations: object
) -> None:
    raw = _message(unsigned={"m.relations": relations})
    assert await _body(model, reader, raw) == "old"


@pytest.mark.parametrize(
    ("found", "expected"),
    [(answer(200, {"membership": "join"}), True), (answer(200, {"membership": "leave"}), False),
     (answer(200, {"membership": ["join"]}), False), (refused(403, "M_FORBIDDEN"), False),
     (refused(404, "M_NOT_FOUND"), False)],
)  # fmt: skip
async def test_membership_is_what_the_server_says(
    model: ModelServer, reader: Reader, found: Any, expected: bool
) -> None:
    model.state[("rooms", ROOM, "state", "m.room.member", JO)] = found
    assert await reader.is_member(HERE, UserId(JO)) == expected
    assert await reader.joined_rooms_of(UserId(JO), frozenset([HERE])) == (
        {HERE} if expected else set()
    )


async def test_trouble_is_not_taken_for_absence(model: ModelServer, reader: Reader) -> None:
    model.state[("rooms", ROOM, "state", "m.room.member", JO)] = refused(500, "M_UNKNOWN")
    with pytest.raises(MatrixError):
        await reader.is_member(HERE, UserId(JO))


@pytest.mark.parametrize("value", ["Europe/Paris", None, 7, "x" * 100])
async def test_zone_of_a_profile_is_asked_once_a_day(
    model: ModelServer, reader: Reader, value: object
) -> None:
    model.state[("profile", JO)] = answer(200, {"m.tz": value})
    expected = "Europe/Paris" if value == "Europe/Paris" else None
    assert [await reader.timezone_of(UserId(JO)) for _ in range(2)] == [expected] * 2
    assert len(model.requests) == 1


async def test_join_that_is_refused_says_so(model: ModelServer, reader: Reader) -> None:
    model.state[("join", ROOM)] = refused(403, "M_FORBIDDEN")
    with pytest.raises(RefusedError):
        await reader.join(ROOM)
    model.state[("join", ROOM)] = refused(429, "M_LIMIT_EXCEEDED")
    with pytest.raises(MatrixError):
        await reader.join(ROOM)
    model.state[("join", ROOM)] = answer(200, {})
    with pytest.raises(NetworkError):
        await reader.join(ROOM)


async def test_leave_of_a_room_that_is_gone_is_done(model: ModelServer, reader: Reader) -> None:
    model.state[("rooms", ROOM, "leave")] = refused(404, "M_NOT_FOUND")
    await reader.leave(HERE)


@pytest.mark.parametrize(
    ("content", "expected"),
    [({"predecessor": {"room_id": "!old"}}, "!old"), ({"predecessor": "!old"}, None), ({}, None)],
)
async def test_predecessor_is_what_the_room_says(
    model: ModelServer, reader: Reader, content: object, expected: str | None
) -> None:
    model.state[CREATE] = answer(200, content)
    assert await reader.predecessor(HERE) == expected
