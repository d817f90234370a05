"""Encrypted rooms and direct messages, both ways, on a real homeserver."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot import crash
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Account, Synapse
from bot.demo.member import Member
from bot.demo.process import Process
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId
from tests.e2e.sealed import ENCRYPTED, SealedMember

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeSealed = Callable[..., Awaitable[SealedMember]]

PASSWORD = "correct horse battery staple"

ASKED_WITHIN = timedelta(seconds=45)
"""The bot waits 30 s for a key before it asks for the message again."""


@pytest_asyncio.fixture
async def make_sealed(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[MakeSealed]:
    """Register somebody whose client encrypts, or give ``account`` another device."""
    async with AsyncExitStack() as stack:

        async def make(name: str = "jo", account: Account | None = None) -> SealedMember:
            if account is None:
                account = await synapse.register(unique(name), PASSWORD)
            directory = tmp_path / account.device_id
            member = await SealedMember.enter(synapse.home.base_url, account, directory)
            return await stack.enter_async_context(member)

        yield make


@pytest_asyncio.fixture
async def jo(make_sealed: MakeSealed) -> SealedMember:
    """A member with an encrypting client."""
    return await make_sealed("jo")


@pytest_asyncio.fixture
async def camille(make_sealed: MakeSealed) -> SealedMember:
    """Another member with an encrypting client."""
    return await make_sealed("camille")


@pytest_asyncio.fixture
async def room(jo: SealedMember, camille: SealedMember) -> RoomId:
    """An encrypted room of Jo's with Camille in it."""
    return await camille.join(await encrypted(jo, await jo.create_room("Accueil")))


async def encrypted(member: SealedMember, room: RoomId) -> RoomId:
    await member.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    return room


async def test_command_in_an_encrypted_room_is_answered_encrypted(
    jo: SealedMember, camille: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)

    answer = await bot.answer(jo, room, "!ping")

    assert "pong" in answer.body
    sent = await jo.raw_event(room, answer.event_id)
    assert sent["type"] == ENCRYPTED
    assert "pong" not in str(sent)
    assert "app.compagnon.oid" not in str(sent)
    seen = await bot.answer_to(camille, answer.reply_to)
    assert seen.body == answer.body


async def test_relation_is_readable_for_the_server(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    question = await jo.send(room, "!ping")

    answer = await bot.answer_to(jo, question)

    sent = await jo.raw_event(room, answer.event_id)
    content = sent["content"]
    assert isinstance(content, dict)
    assert content["m.relates_to"]["m.in_reply_to"] == {"event_id": question}
    assert content["m.relates_to"]["rel_type"] == "m.thread"


async def test_direct_message_that_is_encrypted_from_the_start_is_answered(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    dm = await encrypted(jo, await jo.create_dm(bot.user_id))
    await jo.wait_for(lambda event: bot.joins(dm, event))

    answer = await bot.answer(jo, dm, "ping")

    assert "pong" in answer.body


async def test_plaintext_in_an_encrypted_room_is_not_a_members_word(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    content = {"msgtype": "m.text", "body": "!ping", "m.mentions": {}}
    forged = await Member.send_event(jo, room, "m.room.message", content)

    [given] = await bot.settled_answers(jo, room, forged)

    assert given == []


async def test_room_that_becomes_encrypted_is_answered_encrypted_from_then_on(
    jo: SealedMember, make_bot: MakeBot
) -> None:
    room = await jo.create_room("Bientôt secret")
    bot = await make_bot(room)
    plain = {"msgtype": "m.text", "body": "!ping", "m.mentions": {}}
    question = await Member.send_event(jo, room, "m.room.message", plain)
    before = await bot.answer_to(jo, question)
    await encrypted(jo, room)

    after = await bot.answer(jo, room, "!ping")

    types = [(await jo.raw_event(room, event.event_id))["type"] for event in (before, after)]
    assert types == ["m.room.message", ENCRYPTED]


async def test_commands_before_and_after_a_restart_are_answered_once(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    asked = [await jo.send(room, "!ping") for _ in range(3)]
    await bot.process.stop()
    asked += [await jo.send(room, "!ping") for _ in range(3)]

    await bot.process.start()

    asked += [await jo.send(room, "!ping") for _ in range(3)]
    given = await bot.settled_answers(jo, room, *asked)
    assert [len(one) for one in given] == [1] * len(asked)


@pytest.mark.parametrize("label", sorted(crash.SEALED_POINTS - {"keys.made", "keys.uploaded"}))
async def test_killed_at_any_point_everything_is_answered_once_and_readable(
    label: str, jo: SealedMember, camille: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room, start=False)
    await bot.arrive(jo.server.base_url, [room])
    await bot.process.stop()
    # The first key that comes after the start is Jo's for this message.
    armed = armed_with(label, bot)
    armed.start()
    question = await jo.send(room, "!ping")
    await ended(armed)

    await bot.process.start()

    [given] = await bot.settled_answers(jo, room, question)
    assert [event.type for event in given] == ["m.room.message"]
    seen = await bot.answer_to(camille, question)
    assert "pong" in seen.body


@pytest.mark.parametrize("label", ["keys.made", "keys.uploaded"])
async def test_killed_while_it_becomes_known_the_bot_is_found_by_the_next_start(
    label: str, jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room, start=False)
    armed = armed_with(label, bot)
    armed.start()
    await ended(armed)

    await bot.arrive(jo.server.base_url, [room])

    assert "pong" in (await bot.answer(jo, room, "!ping")).body


async def test_new_device_of_a_member_reads_and_is_read(
    synapse: Synapse, jo: SealedMember, room: RoomId, make_bot: MakeBot, make_sealed: MakeSealed
) -> None:
    bot = await make_bot(room)
    await bot.answer(jo, room, "!ping")
    again = await synapse.login(jo.user_id, PASSWORD)
    second = await make_sealed(account=again)

    answer = await bot.answer(second, room, "!ping")

    assert "pong" in answer.body
    assert (await bot.answer_to(jo, answer.reply_to)).body == answer.body


async def test_member_who_joins_later_reads_what_is_said_from_then_on(
    jo: SealedMember, room: RoomId, make_bot: MakeBot, make_sealed: MakeSealed
) -> None:
    bot = await make_bot(room)
    before = await bot.answer(jo, room, "!ping")
    late = await make_sealed("late")
    await late.join(room)

    answer = await bot.answer(late, room, "!ping")

    assert "pong" in answer.body
    seen = {event.event_id: event.type for event in await late.history(room)}
    assert seen[before.event_id] == ENCRYPTED


async def test_member_who_left_is_not_given_the_next_key(
    jo: SealedMember, camille: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    first = await bot.answer(jo, room, "!ping")
    await camille.leave(room)
    await jo.wait_for(lambda event: is_leave(event, camille))

    second = await bot.answer(jo, room, "!ping")

    assert await key_of(jo, first) != await key_of(jo, second)


async def test_key_that_comes_late_brings_the_answer(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    await bot.answer(jo, room, "!ping")
    sealed = await jo.seal_without_sharing(room, "!ping")
    question = await Member.send_event(jo, room, ENCRYPTED, sealed.content)
    await bot.answer(jo, room, "!ping")
    assert bot.answers(await jo.history(room), question) == []

    await sealed.share(bot.user_id)

    answer = await bot.answer_to(jo, question)
    assert "pong" in answer.body


async def test_message_whose_key_never_comes_is_asked_for_again_once(
    jo: SealedMember, room: RoomId, make_bot: MakeBot
) -> None:
    bot = await make_bot(room)
    await bot.answer(jo, room, "!ping")
    sealed = await jo.seal_without_sharing(room, "!ping")
    first = await Member.send_event(jo, room, ENCRYPTED, sealed.content)
    second = await Member.send_event(jo, room, ENCRYPTED, sealed.content)

    answer = await bot.answer_to(jo, first, within=ASKED_WITHIN)

    assert "chiffré" in answer.body
    given = await bot.settled_answers(jo, room, first, second)
    assert [len(one) for one in given] == [1, 0]


def is_leave(event: RoomEvent, member: SealedMember) -> bool:
    return event.state_key == member.user_id and event.content.get("membership") == "leave"


async def key_of(member: SealedMember, event: RoomEvent) -> object:
    content = (await member.raw_event(event.room_id, event.event_id))["content"]
    return content["session_id"] if isinstance(content, dict) else None


def armed_with(label: str, bot: RunningBot) -> Process:
    """Return the bot as a process that kills itself when it reaches the point ``label``."""
    config = bot.process.config_path
    return Process(
        ["bot", "run", "--config", str(config)],
        log_path=config.with_name("armed.log"),
        environment={**os.environ, "COMPAGNON_CRASH_AT": label},
    )


async def ended(process: Process) -> None:
    """Return when the process has killed itself."""
    try:
        async with asyncio.timeout(30):
            while process.is_running:  # noqa: ASYNC110  a process says nothing when it dies
                await asyncio.sleep(0.02)
    finally:
        code = await process.stop()
    assert code not in (0, 1, 2), process.log_text()
