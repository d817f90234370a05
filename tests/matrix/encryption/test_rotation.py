"""How often a room wants a new key is done, within bounds, and whatever the state says."""

from datetime import timedelta
from typing import Any

import pytest

from bot.matrix.encryption.rotation import Rotation, rotation_in
from tests.matrix.encryption.conftest import Client
from tests.matrix.encryption.key_server import ROOM, KeyServer

USUAL = Rotation(100, timedelta(days=7))
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, USUAL),
        (None, USUAL),
        ([], USUAL),
        ({"rotation_period_msgs": 20}, Rotation(20, USUAL.period)),
        ({"rotation_period_ms": 24 * HOUR_MS}, Rotation(100, timedelta(days=1))),
        ({"rotation_period_msgs": 0, "rotation_period_ms": -1}, Rotation(1, timedelta(hours=1))),
        (
            {"rotation_period_msgs": 2**53, "rotation_period_ms": 2**63},
            Rotation(10_000, timedelta(days=28)),
        ),
        ({"rotation_period_msgs": "20", "rotation_period_ms": None}, USUAL),
        ({"rotation_period_msgs": True, "rotation_period_ms": 1e9}, USUAL),
        ({"rotation_period_msgs": [1], "rotation_period_ms": {}}, USUAL),
    ],
)
def test_rotation_is_read_within_bounds(content: object, expected: Rotation) -> None:
    assert rotation_in(content) == expected


async def keys_of(client: Client, count: int) -> list[str]:
    return [(await client.say())["content"]["session_id"] for _ in range(count)]


@pytest.mark.usefixtures("jo")
async def test_key_ends_after_as_many_messages_as_the_room_wants(
    bot: Client, server: KeyServer
) -> None:
    server.encryption |= {"rotation_period_msgs": 3}

    keys = await keys_of(bot, 7)

    assert [keys.index(key) for key in keys] == [0, 0, 0, 3, 3, 3, 6]


@pytest.mark.usefixtures("jo")
async def test_key_ends_after_the_time_that_the_room_wants(bot: Client, server: KeyServer) -> None:
    server.encryption |= {"rotation_period_ms": HOUR_MS}
    [first] = await keys_of(bot, 1)
    session = bot.device.machine.outbound_group_sessions[ROOM]
    session.creation_time -= timedelta(minutes=61)

    [second] = await keys_of(bot, 1)

    assert (session.max_age, first == second) == (timedelta(hours=1), False)


@pytest.mark.usefixtures("jo")
async def test_change_of_the_room_counts_from_the_next_key_on(
    bot: Client, server: KeyServer
) -> None:
    await keys_of(bot, 100)
    event: dict[str, Any] = {
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 2},
    }
    timeline = {"events": [{"type": "m.room.encryption", "content": {}}, event], "limited": False}
    await bot.device.receive({"rooms": {"join": {ROOM: {"timeline": timeline}}}})

    keys = await keys_of(bot, 3)

    assert [keys.index(key) for key in keys] == [0, 0, 2]
    assert server.encryption == {"algorithm": "m.megolm.v1.aes-sha2"}  # not asked again
