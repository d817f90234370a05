"""What is read, and what nobody is believed."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.matrix.cipher import UnreadableError
from bot.matrix.parse import MalformedEventError
from tests.matrix.encryption.conftest import BOT, JO, MAX, SECRET, Client, MakeClient
from tests.matrix.encryption.key_server import ROOM, KeyServer


async def read_by(reader: Client, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event decrypted, once the reader has looked at the server."""
    await reader.sync()
    try:
        return reader.read(event)
    except UnreadableError:
        await reader.sync()
        return reader.read(event)


async def test_message_is_read_by_the_other(bot: Client, jo: Client) -> None:
    event = await jo.say()

    seen = await read_by(bot, event)

    assert (seen["type"], seen["content"]) == ("m.room.message", SECRET)
    assert (seen["event_id"], seen["sender"]) == (event["event_id"], JO)


@pytest.mark.usefixtures("jo")
async def test_own_message_is_read_by_its_sender(bot: Client) -> None:
    event = await bot.say()

    assert bot.read(event)["content"] == SECRET


async def test_message_without_its_key_names_the_session(bot: Client, jo: Client) -> None:
    event = await jo.say()

    with pytest.raises(UnreadableError) as raised:
        bot.read(event)

    assert raised.value.session_id == event["content"]["session_id"]


async def test_message_of_an_unknown_device_is_read_after_asking_for_it(
    bot: Client, jo: Client
) -> None:
    event = await jo.say()
    keys = await bot.device.receive(bot.server.sync(bot.place))
    with pytest.raises(UnreadableError):
        bot.read(event)

    usable = await bot.device.upkeep()

    assert usable == keys
    assert bot.read(event)["content"] == SECRET


async def test_message_that_waited_for_the_start_is_read_at_once(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    await bot.device.close()
    event = await jo.say()
    again = await make_client(BOT, bot.name)
    assert again.device._upkeep is not None
    await asyncio.wait([again.device._upkeep])

    await again.sync()

    assert again.read(event)["content"] == SECRET


async def test_message_of_a_device_that_is_gone_meanwhile_is_still_its_senders(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    await read_by(bot, await jo.say())
    event = await jo.say()
    server.remove(jo.place)
    await bot.sync()

    assert (await read_by(bot, event))["content"] == SECRET


async def test_ciphertext_of_one_member_sent_by_another_is_not_believed(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    await make_client(MAX, "MAXDEVICE")
    event = await jo.say()
    await read_by(bot, event)

    with pytest.raises(UnreadableError):
        await read_by(bot, {**event, "sender": MAX, "event_id": "$stolen"})


async def test_room_key_passed_off_as_ones_own_does_not_displace_the_first(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    max_ = await make_client(MAX, "MAXDEVICE")
    await bot.sync()
    event = await jo.say()
    await read_by(bot, event)
    session = jo.device.machine.outbound_group_sessions[ROOM]
    max_.device.machine.create_outbound_group_session(ROOM)
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    await max_.say()
    devices = max_.device.machine.devices_of(BOT)
    await max_.device._olm.send(devices, "m.room_key", content)

    later = await jo.say()

    assert (await read_by(bot, later))["content"] == SECRET
    with pytest.raises(UnreadableError):
        await read_by(bot, {**later, "sender": MAX})


async def test_ciphertext_sent_again_as_another_event_is_refused(bot: Client, jo: Client) -> None:
    event = await jo.say()
    await read_by(bot, event)

    with pytest.raises(MalformedEventError):
        bot.read({**event, "event_id": "$again"})
    assert bot.read(event)["content"] == SECRET


async def test_ciphertext_that_was_acted_on_is_refused_after_a_restart(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    acted_on, chatter = await jo.say(), await jo.say()
    await bot.sync()
    assert bot.read(acted_on)["content"] == bot.read(chatter)["content"] == SECRET
    await bot.device.keep([acted_on["event_id"]])
    await bot.device.close()

    again = await make_client(BOT, bot.name)
    await again.sync()

    with pytest.raises(MalformedEventError, match="sent before"):
        again.read({**acted_on, "event_id": "$again"})
    # The event itself may come once more: the token may be behind.
    assert again.read(acted_on)["content"] == SECRET
    assert again.read({**chatter, "event_id": "$again"})["content"] == SECRET


async def test_room_key_of_another_room_is_refused(bot: Client, jo: Client) -> None:
    event = await jo.say()
    await read_by(bot, event)

    with pytest.raises(MalformedEventError):
        bot.read(event, "!other:example.org")


def payload(**change: object) -> dict[str, Any]:
    base = {"type": "m.room.message", "content": dict(SECRET), "room_id": ROOM}
    return {key: value for key, value in (base | change).items() if value is not None}


@pytest.mark.parametrize(
    "said",
    [
        payload(type="m.room.power_levels", state_key="", content={"users": {JO: 100}}),
        payload(state_key=JO),
        payload(room_id="!other:example.org"),
        payload(room_id=None),
        payload(type=7),
        payload(type=None),
        payload(content=[]),
        payload(content=None),
        ["a", "list"],
        None,
        "text",
    ],
    ids=str,
)
async def test_payload_that_nobody_means_is_refused(bot: Client, jo: Client, said: object) -> None:
    event = await jo.say()
    await read_by(bot, event)
    session = jo.device.machine.outbound_group_sessions[ROOM]
    sealed = {**event["content"], "ciphertext": session.encrypt(json.dumps(said))}

    with pytest.raises(MalformedEventError):
        bot.read(bot.server.event(JO, sealed))


@pytest.mark.parametrize(
    "change",
    [
        {"ciphertext": "AwgA"},
        {"ciphertext": "not base64 \ud800"},
        {"ciphertext": 7},
        {"ciphertext": None},
        {"algorithm": "m.olm.v1.curve25519-aes-sha2"},
        {"algorithm": None},
        {"session_id": 7},
        {"session_id": ""},
        {"session_id": "x" * 300},
    ],
    ids=str,
)
async def test_garbage_is_refused(bot: Client, jo: Client, change: dict[str, object]) -> None:
    event = await jo.say()
    await read_by(bot, event)

    with pytest.raises(MalformedEventError):
        bot.read({**event, "event_id": "$garbage", "content": {**event["content"], **change}})


async def test_relation_is_taken_from_the_cleartext(bot: Client, jo: Client) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root"}

    event = await jo.say({**SECRET, "m.relates_to": relation})

    assert event["content"]["m.relates_to"] == relation
    assert (await read_by(bot, event))["content"]["m.relates_to"] == relation
