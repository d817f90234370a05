"""The room's history tells whether something was said by a device that is gone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.ids import Oid, RoomId, UserId
from bot.matrix import history
from bot.matrix.cipher import NoCipher
from bot.services.outgoing import MARKER
from tests.matrix.model_server import BOT, JO, ROOM, SENT_AT_MS, ModelServer
from tests.matrix.wire import MemoryHomeserver

SENT_AT = datetime.fromtimestamp(SENT_AT_MS / 1000, UTC)
HOUR_MS = 3_600_000


class _Reads(NoCipher):
    """Reads ciphertexts that carry their plaintext."""

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        plain = raw["content"].get("plain")
        return {**raw, **plain} if plain else super().decrypt(room, raw)


async def find(model: ModelServer, since: datetime = SENT_AT) -> str | None:
    server = MemoryHomeserver(model)
    return await history.find(server, _Reads(), UserId(BOT), RoomId(ROOM), Oid("wanted"), since)


def mine(model: ModelServer, oid: str, age_ms: int = 0, **more: object) -> str:
    content = {"body": "x", MARKER: oid}
    event = model.event(BOT, "m.room.message", content, **more)
    return model.add(ROOM, event | {"origin_server_ts": SENT_AT_MS - age_ms})


def sealed(model: ModelServer, plain: object = None, age_ms: int = 0) -> str:
    event = model.event(BOT, "m.room.encrypted", {"plain": plain, "session_id": "s"})
    return model.add(ROOM, event | {"origin_server_ts": SENT_AT_MS - age_ms})


async def test_find_returns_the_event_through_pages_of_others() -> None:
    model = ModelServer()
    wanted = mine(model, "wanted")
    for number in range(250):
        model.say(f"{number}")
        mine(model, f"other{number}")
    assert await find(model) == wanted


async def test_find_of_what_is_not_there_is_none() -> None:
    model = ModelServer()
    mine(model, "other")
    forged = model.event(JO, "m.room.message", {"body": "x", MARKER: "wanted"})
    model.add(ROOM, forged)
    assert await find(model) is None


async def test_find_looks_back_to_the_time_and_not_further() -> None:
    model = ModelServer()
    mine(model, "wanted", age_ms=3 * HOUR_MS)
    for number in range(300):
        mine(model, f"old{number}", age_ms=2 * HOUR_MS)
    assert await find(model) is None
    assert model.count("messages") == 1


async def test_find_reads_what_is_encrypted() -> None:
    model = ModelServer()
    wanted = sealed(model, {"type": "m.room.message", "content": {MARKER: "wanted"}})
    assert await find(model) == wanted


async def test_find_is_unsure_when_something_cannot_be_read() -> None:
    model = ModelServer()
    sealed(model)
    with pytest.raises(history.NotReadableError):
        await find(model)
    wanted = mine(model, "wanted")
    assert await find(model) == wanted


async def test_what_is_older_need_not_be_readable() -> None:
    model = ModelServer()
    sealed(model, age_ms=2 * HOUR_MS)
    mine(model, "other")
    assert await find(model) is None
    assert await find(model, SENT_AT + timedelta(days=30)) is None
