"""What an event says of itself and of others is read as the specification means it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ids import EventId, Oid, RoomId, UserId
from bot.matrix import parse
from bot.matrix.parse import MalformedEventError
from bot.model import Event, Membership, Message, Reaction, Redaction, Upgrade

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


def test_decrypted_payload_is_never_state_nor_redaction() -> None:
    levels = event({"users": {"@jo:example.org": 100}}, "m.room.power_levels", state_key="")
    tombstone = event({"replacement_room": "!b"}, "m.room.tombstone", state_key="")
    redaction = event({"redacts": "$0"}, "m.room.redaction")
    found = [parsed(raw, is_encrypted=True) for raw in (levels, tombstone, redaction)]
    assert found == [None, None, None]


def test_edit_gives_the_new_text_and_names_the_old_event() -> None:
    found = parsed(edit({"msgtype": "m.text", "body": "!pong"}))
    assert isinstance(found, Message)
    assert (found.body, found.replaces) == ("!pong", "$0")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("> <@a:b> !ping\n\nmerci", "merci"),
        ("> <@a:b> hello\n> there\n\n!ping", "!ping"),
        ("> <@a:b> !ping", ""),
        ("> !ping\n\nmerci", "> !ping\n\nmerci"),
        ("!ping\n> <@a:b> x", "!ping\n> <@a:b> x"),
    ],
)
def test_reply_fallback_is_no_word_of_the_sender(body: str, expected: str) -> None:
    relation = {"m.in_reply_to": {"event_id": "$0"}}
    found = parsed(message(body=body, **{"m.relates_to": relation}))
    assert isinstance(found, Message)
    assert (found.body, found.reply_to) == (expected, "$0")


def test_thread_falling_back_is_no_reply() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": True,
                "m.in_reply_to": {"event_id": "$last"}}  # fmt: skip
    found = parsed(message(**{"m.relates_to": relation}))
    assert isinstance(found, Message)
    assert (found.thread, found.reply_to) == ("$root", None)


def test_body_is_cut_and_mentions_are_bounded() -> None:
    users = [f"@u{n}:example.org" for n in range(500)]
    found = parsed(message(body="x" * 100_000, **{"m.mentions": {"user_ids": users}}))
    assert isinstance(found, Message)
    assert len(found.body) == parse.BODY_LIMIT
    assert len(found.mentions) == 50


def test_reaction_key_has_no_variation_selector() -> None:
    found = parsed(event({"m.relates_to": {"event_id": "$0", "key": "❤\ufe0f"}}, "m.reaction"))
    assert isinstance(found, Reaction)
    assert (found.target, found.key) == ("$0", "❤")


@pytest.mark.parametrize(
    "raw",
    [
        event({"redacts": "$0"}, "m.room.redaction"),
        event({}, "m.room.redaction", redacts="$0"),
        event({"redacts": "$0"}, "m.room.redaction", redacts="$0"),
    ],
)
def test_redaction_names_its_target_at_either_place(raw: dict[str, Any]) -> None:
    found = parsed(raw)
    assert isinstance(found, Redaction)
    assert found.target == "$0"


def test_state_of_members_and_tombstones_is_read() -> None:
    member = parsed(
        event({"membership": "join", "displayname": 7}, "m.room.member", state_key="@a:b",
              unsigned={"prev_content": {"membership": "invite"}})
    )  # fmt: skip
    assert isinstance(member, Membership)
    assert (member.user_id, member.previous, member.display_name) == ("@a:b", "invite", None)
    tomb = parsed(event({"replacement_room": "!b:c"}, "m.room.tombstone", state_key=""))
    assert isinstance(tomb, Upgrade)
    assert tomb.replacement == "!b:c"


def test_oid_is_found_where_the_bot_puts_it() -> None:
    assert parse.oid_in({"app.compagnon.oid": "abc"}) == Oid("abc")
    junk: list[object] = [None, [], {}, {"app.compagnon.oid": 7}, {"app.compagnon.oid": "x" * 300}]
    assert [parse.oid_in(content) for content in junk] == [None] * 5


def test_event_id_of_needs_an_event_id() -> None:
    assert parse.event_id_of({"event_id": "$1"}) == EventId("$1")
    with pytest.raises(MalformedEventError):
        parse.event_id_of({})
