"""An invitation is read from whatever stripped state the server sends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ids import RoomId
from bot.matrix import invite
from bot.model import Invite
from tests.matrix.model_server import BOT, JO

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
ROOM = RoomId("!new:example.org")


def member(**more: object) -> dict[str, object]:
    content = {"membership": "invite"}
    event = {"type": "m.room.member", "sender": JO, "state_key": BOT, "content": content}
    return {**event, **more}


def read(*events: object, token: str = "s1") -> Invite | None:
    raw: dict[str, Any] = {"invite_state": {"events": list(events)}}
    return invite.read(ROOM, raw, BOT, token, NOW)  # type: ignore[arg-type]  # plain strings


def test_read_tells_who_invites_and_whether_it_is_direct() -> None:
    found = read(member(content={"membership": "invite", "is_direct": True}))
    assert found is not None
    assert (found.sender, found.room_id, found.is_direct) == (JO, ROOM, True)


def test_read_gives_one_identity_to_one_invitation() -> None:
    one, same, later = read(member()), read(member()), read(member(), token="s2")
    assert one is not None
    assert same is not None
    assert later is not None
    assert one.event_id == same.event_id
    assert one.event_id != later.event_id


@pytest.mark.parametrize(
    "junk",
    [None, [], "x", 7, {}, member(content=None), member(content="invite"), member(sender=None),
     member(sender=7), member(sender="a\nb"), {"state_key": BOT}],
)  # fmt: skip
def test_read_passes_over_what_is_malformed(junk: object) -> None:
    assert read(junk) is None
    assert read(junk, member()) is not None


@pytest.mark.parametrize(
    "other",
    [member(state_key=JO), member(content={"membership": "join"}), member(state_key=None)],
)
def test_read_of_no_invitation_for_the_bot_is_none(other: dict[str, object]) -> None:
    assert read(other) is None


@pytest.mark.parametrize("raw", [{}, {"invite_state": []}, {"invite_state": {"events": "x"}}])
def test_read_of_a_strange_section_is_none(raw: dict[str, Any]) -> None:
    assert invite.read(ROOM, raw, BOT, "s1", NOW) is None  # type: ignore[arg-type]  # plain strings


@pytest.mark.parametrize("is_direct", ["true", 1, None, []])
def test_only_true_is_direct(is_direct: object) -> None:
    found = read(member(content={"membership": "invite", "is_direct": is_direct}))
    assert found is not None
    assert not found.is_direct
