"""What anybody can send to the device, and what it makes of that."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import vodozemac

from bot.matrix.cipher import UnreadableError
from tests.matrix.encryption.conftest import BOT, JO, SECRET, Client
from tests.matrix.encryption.key_server import ROOM, KeyServer

OLM = "m.olm.v1.curve25519-aes-sha2"


def olm(own_key: str, **change: object) -> dict[str, object]:
    """Return the content of an Olm message, as far as it can be right without a session."""
    sealed = {"type": 0, "body": "AwogZm9v"}
    base = {"algorithm": OLM, "sender_key": "A" * 43, "ciphertext": {own_key: sealed}}
    return {**base, **change}


def unknown_one_time_key(own_key: str) -> dict[str, object]:
    """Return a pre-key message for a one-time key that the device never had."""
    stranger, other = vodozemac.Account(), vodozemac.Account()
    other.generate_one_time_keys(1)
    identity = vodozemac.Curve25519PublicKey.from_base64(own_key)
    session = stranger.create_outbound_session(identity, next(iter(other.one_time_keys.values())))
    _, body = session.encrypt(b"{}").to_parts()
    encoded = vodozemac_base64(body)
    sender_key = stranger.curve25519_key.to_base64()
    return olm(own_key, sender_key=sender_key, ciphertext={own_key: {"type": 0, "body": encoded}})


def vodozemac_base64(data: bytes) -> str:
    from unpaddedbase64 import encode_base64

    return str(encode_base64(data))


POISON: list[tuple[str, Callable[[str], object]]] = [
    ("null", lambda _: None),
    ("a list", lambda _: []),
    ("a text", lambda _: "m.room.encrypted"),
    ("no type", lambda _: {"sender": JO, "content": {}}),
    ("a type that is a list", lambda _: {"type": [], "sender": JO, "content": {}}),
    ("no content", lambda _: {"type": "m.room.encrypted", "sender": JO}),
    ("content that is a list", lambda _: event([])),
    ("content that is null", lambda _: event(None)),
    ("no sender", lambda key: {"type": "m.room.encrypted", "content": olm(key)}),
    ("a sender that is a number", lambda key: event(olm(key), sender=7)),
    ("no sender key", lambda key: event(olm(key, sender_key=None))),
    ("a sender key that is no key", lambda key: event(olm(key, sender_key="junk"))),
    ("a sender key beyond UTF-8", lambda key: event(olm(key, sender_key="\ud800"))),
    ("an unknown algorithm", lambda key: event(olm(key, algorithm="m.olm.v9"))),
    ("ciphertext that is a text", lambda key: event(olm(key, ciphertext="A"))),
    ("ciphertext for another device", lambda key: event(olm(key, ciphertext={"other": {}}))),
    ("ciphertext that is empty", lambda key: event(olm(key, ciphertext={key: {}}))),
    ("a kind of its own", lambda key: event(sealed(key, 9, "AwogZm9v"))),
    ("a kind that is a text", lambda key: event(sealed(key, "0", "AwogZm9v"))),
    ("a body that is no base64", lambda key: event(sealed(key, 0, "$$$"))),
    ("a body that is a number", lambda key: event(sealed(key, 0, 7))),
    ("a body that is empty", lambda key: event(sealed(key, 0, ""))),
    ("a body of a wrong version", lambda key: event(sealed(key, 1, "////"))),
    ("an unknown session", lambda key: event(sealed(key, 1, "AwogZm9v"))),
    ("an unknown one-time key", lambda key: event(unknown_one_time_key(key))),
]


def event(content: object, *, sender: object = JO) -> dict[str, object]:
    return {"type": "m.room.encrypted", "sender": sender, "content": content}


def sealed(own_key: str, kind: object, body: object) -> dict[str, object]:
    return olm(own_key, ciphertext={own_key: {"type": kind, "body": body}})


@pytest.mark.parametrize("make", [make for _, make in POISON], ids=[name for name, _ in POISON])
async def test_poison_does_not_stop_what_comes_with_it(
    make: Callable[[str], object], bot: Client, jo: Client, server: KeyServer
) -> None:
    await jo.sync()
    message = await jo.say()
    server.queues[bot.place].insert(0, make(bot.device.machine.curve25519))  # type: ignore[arg-type]  # that is the point
    server.queues[bot.place].append(make(bot.device.machine.curve25519))  # type: ignore[arg-type]  # that is the point

    await bot.sync()
    await bot.device.upkeep()

    with_device = await bot.device.upkeep()
    assert with_device == frozenset()
    try:
        bot.read(message)
    except UnreadableError:
        await bot.sync()
    assert bot.read(message)["content"] == SECRET


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"to_device": None},
        {"to_device": []},
        {"to_device": {"events": {}}},
        {"device_lists": []},
        {"device_lists": {"changed": None, "left": 7}},
        {"device_lists": {"changed": [None, [], JO]}},
        {"device_one_time_keys_count": []},
        {"device_one_time_keys_count": {"signed_curve25519": "many"}},
        {"device_one_time_keys_count": {"signed_curve25519": True}},
        {"device_unused_fallback_key_types": {}},
        {"rooms": []},
        {"rooms": {"join": []}},
        {"rooms": {"join": {ROOM: None}}},
        {"rooms": {"join": {ROOM: {"timeline": []}}}},
        {
            "rooms": {
                "join": {ROOM: {"timeline": {"events": [None, {}, {"type": "m.room.member"}]}}}
            }
        },
        {"rooms": {"leave": {ROOM: 7}}},
    ],
    ids=json.dumps,
)
@pytest.mark.usefixtures("jo")
async def test_malformed_sync_answer_is_taken_as_far_as_it_goes(
    answer: dict[str, Any], bot: Client
) -> None:
    await bot.say()

    assert await bot.device.receive(answer) == frozenset()
    await bot.device.upkeep()

    assert (await bot.say())["content"]["algorithm"] == "m.megolm.v1.aes-sha2"


@pytest.mark.parametrize(
    "change",
    [
        {"session_key": "AgAA"},
        {"session_key": None},
        {"session_key": "\u00e9"},
        {"session_id": "another"},
        {"session_id": None},
        {"room_id": None},
        {"room_id": 7},
        {"algorithm": "m.megolm.v9"},
    ],
    ids=str,
)
async def test_malformed_room_key_is_no_key(
    change: dict[str, object], bot: Client, jo: Client
) -> None:
    await jo.say()
    session = jo.device.machine.outbound_group_sessions[ROOM]
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    devices = jo.device.machine.devices_of(BOT)
    bot.server.queues[bot.place].clear()
    await jo.device._olm.send(devices, "m.room_key", {**content, **change})

    assert await bot.sync() == frozenset()


async def test_message_that_came_twice_is_taken_once(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    message = await jo.say()
    answer = server.sync(bot.place)
    first = await bot.device.receive(answer)

    second = await bot.device.receive(answer)

    assert (len(first), len(second)) == (1, 0)
    await bot.device.upkeep()
    assert bot.read(message)["content"] == SECRET


async def test_device_whose_messages_nothing_opens_gets_a_new_session(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    # Only a session that both have used sends messages that begin none.
    await jo.say()
    await bot.sync()
    await bot.say()
    await jo.sync()
    bot.device.machine.session_store._entries.clear()
    jo.device.machine.create_outbound_group_session(ROOM)
    jo.device._rooms._shared.clear()
    lost = await jo.say()

    await bot.sync()

    [dummy] = server.queues[jo.place]
    assert dummy["content"]["algorithm"] == OLM
    await jo.sync()
    jo.device._rooms._shared.clear()
    later = await jo.say()
    await bot.sync()
    assert bot.read(later)["content"] == SECRET
    with pytest.raises(UnreadableError):
        bot.read(lost)


async def test_other_kinds_and_requests_for_keys_are_not_answered(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    event_ = await bot.say()
    request = {
        "action": "request",
        "request_id": "1",
        "requesting_device_id": jo.name,
        "body": {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": ROOM,
            "session_id": event_["content"]["session_id"],
            "sender_key": bot.device.machine.curve25519,
        },
    }
    server.queues.clear()
    server.send(bot.place, JO, request, "m.room_key_request")
    server.send(bot.place, JO, {"anything": True}, "org.example.kind")

    await bot.sync()

    assert server.queues[jo.place] == []


async def test_device_that_begins_session_after_session_fills_nothing(
    bot: Client, jo: Client
) -> None:
    await bot.sync()
    await jo.device._devices.refresh({BOT})
    [target] = jo.device.machine.devices_of(BOT)
    for _ in range(45):
        await jo.device._olm.establish([target], anew=True)
        await jo.device._olm.send([target], "m.dummy", {})
        await bot.sync()

    message = await jo.say()
    await bot.sync()

    sessions = bot.device.machine.session_store[jo.device.machine.curve25519]
    assert len(sessions) <= 21
    database = bot.device.machine.store.database
    assert database.execute_sql("SELECT count(*) FROM olmsessions").fetchone()[0] <= 21
    assert bot.read(message)["content"] == SECRET
