"""A crypto store that is lost, old or locked by another key: a new device, or a sentence."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.demo.bot_process import BotError
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.ids import RoomId
from tests.e2e.sealed import SealedMember

MakeBot = Callable[..., Awaitable[RunningBot]]

PASSWORD = "correct horse battery staple"

ASKED_WITHIN = timedelta(seconds=45)
"""The bot waits 30 s for a key before it asks for the message again."""


@pytest_asyncio.fixture
async def jo(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[SealedMember]:
    """A member with an encrypting client."""
    async with AsyncExitStack() as stack:
        account = await synapse.register(unique("jo"), PASSWORD)
        member = await SealedMember.enter(synapse.home.base_url, account, tmp_path / "jo")
        yield await stack.enter_async_context(member)


@pytest_asyncio.fixture
async def room(jo: SealedMember) -> RoomId:
    """An encrypted room of Jo's."""
    room = await jo.create_room("Accueil")
    await jo.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    return room


def data_of(bot: RunningBot) -> Path:
    return bot.process.config_path.parent / "data"


def device_of(bot: RunningBot) -> str:
    return str(json.loads((data_of(bot) / "session.json").read_text())["device_id"])


async def devices_of(jo: SealedMember, bot: RunningBot) -> set[str]:
    answer = await jo.server.request(
        "POST", "/_matrix/client/v3/keys/query", json={"device_keys": {bot.user_id: []}}
    )
    return set(answer["device_keys"][bot.user_id])


async def test_lost_store_makes_a_new_device_that_is_read_and_says_so(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room, animators_room=room)
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()
    old = device_of(bot)
    shutil.rmtree(data_of(bot) / "crypto")

    await bot.process.start()

    assert "pong" in (await bot.answer(jo, room, "!ping")).body
    new = device_of(bot)
    assert new != old
    found = await devices_of(jo, bot)
    assert new in found
    assert old not in found
    told = await jo.wait_for(lambda event: event.sender == bot.user_id and new in event.body)
    assert told.room_id == room


async def test_store_from_an_old_copy_is_not_used(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    await bot.process.stop()
    copy = data_of(bot).with_name("copy")
    shutil.copytree(data_of(bot) / "crypto", copy)
    await bot.process.start()
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()
    old = device_of(bot)
    shutil.rmtree(data_of(bot) / "crypto")
    shutil.copytree(copy, data_of(bot) / "crypto")

    await bot.process.start()

    assert "pong" in (await bot.answer(jo, room, "!ping")).body
    assert device_of(bot) != old


async def test_wrong_pickle_key_is_a_sentence_and_changes_nothing(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    await bot.process.stop()
    key_file = data_of(bot) / "pickle_key"
    key = key_file.read_text()
    key_file.write_text("another\n")

    try:
        await bot.process.start()
    except BotError as error:
        sentence = str(error)

    assert re.search("does not open|Put the right key back", sentence)
    key_file.write_text(key)
    await bot.process.start()
    assert "pong" in (await bot.answer(jo, room, "!ping")).body


async def test_message_to_a_device_that_was_lost_is_asked_for_again(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()
    question = await jo.send(room, "!ping")
    shutil.rmtree(data_of(bot) / "crypto")

    await bot.process.start()

    answer = await bot.answer_to(jo, question, within=ASKED_WITHIN)
    assert "chiffré" in answer.body
