"""Whether a room's server ACL shuts the bot's homeserver out, as the specification judges it."""

import pytest

from bot.check.room import Visitor, check_room, is_shut_out
from bot.ids import UserId
from tests.matrix.exchange import answer
from tests.matrix.model_server import BOT, ROOM, TOKEN, ModelServer
from tests.matrix.wire import MemoryHomeserver

EVERYBODY = ["*"]


@pytest.mark.parametrize(
    ("acl", "user_id", "expected"),
    [
        (None, "@bot:example.org", False),
        ({"allow": EVERYBODY}, "@bot:example.org", False),
        ({"allow": EVERYBODY, "deny": ["example.org"]}, "@bot:example.org", True),
        ({"allow": EVERYBODY, "deny": ["EXAMPLE.org"]}, "@bot:example.org:8448", True),
        ({"allow": EVERYBODY, "deny": ["*.example.org"]}, "@bot:example.org", False),
        ({"allow": EVERYBODY, "deny": ["*.example.org"]}, "@bot:a.example.org", True),
        ({"allow": ["other.org"]}, "@bot:example.org", True),
        ({}, "@bot:example.org", True),
        ({"allow": "example.org"}, "@bot:example.org", True),
        ({"allow": [7, "exampl?.org"]}, "@bot:example.org", False),
        ({"allow": ["exampl[e].org"]}, "@bot:example.org", True),
        ({"allow": EVERYBODY, "allow_ip_literals": False}, "@bot:127.0.0.1:8448", True),
        ({"allow": EVERYBODY, "allow_ip_literals": False}, "@bot:[::1]:8448", True),
        ({"allow": EVERYBODY, "allow_ip_literals": True}, "@bot:127.0.0.1", False),
        ({"allow": EVERYBODY, "allow_ip_literals": False}, "@bot:example.org:8448", False),
    ],
)
def test_server_acl_is_judged_as_servers_do(
    acl: dict[str, object] | None, user_id: str, *, expected: bool
) -> None:
    assert is_shut_out(acl, user_id) is expected


async def test_room_that_shuts_the_homeserver_out_is_a_cross_with_its_remedy() -> None:
    model = ModelServer()
    kept = ("rooms", ROOM, "state", "m.room.server_acl", "")
    model.state[kept] = answer(200, {"allow": ["*"], "deny": ["example.org"]})
    bot = Visitor(MemoryHomeserver(model, TOKEN), UserId(BOT), frozenset({ROOM}))

    _, rights = await check_room(bot, ROOM)

    assert not rights.is_good
    assert rights.detail.message_id == "cli.check.rights.acl"
    assert rights.remedy is not None
    assert rights.remedy.params == {"server": "example.org"}
