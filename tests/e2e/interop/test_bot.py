"""The bot and Element's engine in strict mode: only signed devices are read, and written to."""

import shutil
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import Element, Shown

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]


def is_well(shown: Shown) -> bool:
    """Whether a message was encrypted, could be read, and came without a warning."""
    return shown.is_encrypted and not shown.is_unreadable and shown.shield == "none"


@pytest_asyncio.fixture
async def bot(make_bot: MakeBot) -> RunningBot:
    """A bot that runs and is in no room yet."""
    return await make_bot()


@pytest_asyncio.fixture
async def dm(alix: Element, bot: RunningBot) -> str:
    """An encrypted direct room of Alix and the bot."""
    return await alix.create_dm(bot.user_id)


@pytest_asyncio.fixture
async def room(alix: Element, bot: RunningBot, make_element: MakeElement) -> str:
    """An encrypted room of three, so that the bot needs its prefix."""
    basile = await make_element("basile")
    room = await alix.create_room("Atelier", bot.user_id, basile.user_id)
    await basile.do("join", room=room)
    await alix.do("wait_joined", room=room, user=basile.user_id)
    await alix.do("wait_joined", room=room, user=bot.user_id)
    return room


@pytest.mark.usefixtures("dm")
async def test_bots_device_is_signed_by_its_owner(alix: Element, bot: RunningBot) -> None:
    devices = await alix.do("devices", user=bot.user_id)
    user = await alix.do("user", user=bot.user_id)
    user.pop("master")

    [device] = [each for each in devices.values() if each["is_signed"]]
    assert device["ed25519"]
    assert user == {"has_identity": True, "is_verified": False, "needs_approval": False}


async def test_direct_message_is_read_both_ways(alix: Element, bot: RunningBot, dm: str) -> None:
    answer = await alix.ask(dm, bot.user_id, "ping")

    assert is_well(answer), answer
    assert "pong" in (answer.body or "")


async def test_encrypted_room_is_read_both_ways(alix: Element, bot: RunningBot, room: str) -> None:
    answer = await alix.ask(room, bot.user_id, "!ping")

    assert is_well(answer), answer
    assert "pong" in (answer.body or "")


async def test_brand_new_second_device_is_answered_and_reads_the_answer(
    alix: Element, bot: RunningBot, dm: str, make_element: MakeElement
) -> None:
    await alix.ask(dm, bot.user_id, "ping")
    second = await make_element(account=alix.account, recovery_key=alix.recovery_key)

    question = await second.send(dm, "ping")

    assert is_well(await second.answer_to(dm, bot.user_id, question))
    assert is_well(await alix.answer_to(dm, bot.user_id, question))


async def test_member_who_joins_later_is_answered_and_reads_the_answer(
    alix: Element, bot: RunningBot, room: str, make_element: MakeElement
) -> None:
    await alix.ask(room, bot.user_id, "!ping")
    late = await make_element("chloe")
    await alix.do("invite", room=room, user=late.user_id)
    await late.do("join", room=room)
    await late.do("wait_joined", room=room, user=bot.user_id)

    question = await late.send(room, "!ping")

    assert is_well(await late.answer_to(room, bot.user_id, question))
    assert is_well(await alix.answer_to(room, bot.user_id, question))


async def test_bot_that_was_restarted_reads_and_is_read(
    alix: Element, bot: RunningBot, dm: str
) -> None:
    await alix.ask(dm, bot.user_id, "ping")
    await bot.process.stop()
    waiting = await alix.send(dm, "ping")
    await bot.process.start()

    after = await alix.ask(dm, bot.user_id, "ping")

    assert is_well(await alix.answer_to(dm, bot.user_id, waiting))
    assert is_well(after)


async def test_bot_that_was_killed_reads_and_is_read(
    alix: Element, bot: RunningBot, dm: str
) -> None:
    await alix.ask(dm, bot.user_id, "ping")
    asked = [await alix.send(dm, "ping") for _ in range(3)]
    await bot.process.kill()
    asked.append(await alix.send(dm, "ping"))
    await bot.process.start()

    answers = [await alix.answer_to(dm, bot.user_id, each) for each in asked]

    assert [answer for answer in answers if not is_well(answer)] == []


async def test_bot_on_a_new_device_is_signed_from_the_saved_keys(
    alix: Element, bot: RunningBot, dm: str
) -> None:
    await alix.ask(dm, bot.user_id, "ping")
    before = await alix.do("devices", user=bot.user_id)
    await bot.process.stop()
    data = bot.process.config_path.with_name("data")
    shutil.rmtree(data / "crypto")
    await bot.process.start()

    answer = await alix.ask(dm, bot.user_id, "ping")

    after = await alix.do("devices", user=bot.user_id)
    new = {each["ed25519"] for each in after.values()} - {
        each["ed25519"] for each in before.values()
    }
    assert is_well(answer), answer
    assert [each["is_signed"] for each in after.values() if each["ed25519"] in new] == [True]


async def test_every_message_of_the_bot_is_read_after_a_rotation_of_the_members_key(
    alix: Element, bot: RunningBot, room: str
) -> None:
    for _ in range(3):
        await alix.do("discard_session", room=room)
        await alix.ask(room, bot.user_id, "!ping")

    said = [each for each in await alix.messages(room) if each.sender == bot.user_id]
    assert len(said) >= 3
    assert [each for each in said if not is_well(each)] == []


async def test_message_whose_key_arrives_late_is_answered_then(
    alix: Element, bot: RunningBot, dm: str, make_element: MakeElement
) -> None:
    second = await make_element(account=alix.account, recovery_key=alix.recovery_key)
    await alix.ask(dm, bot.user_id, "ping")
    await alix.do("discard_session", room=dm)
    await alix.do("hold_keys")
    question = await alix.send(dm, "ping")
    # The bot has seen what it cannot read once it has answered something later.
    await second.ask(dm, bot.user_id, "ping")

    held = await alix.do("release_keys")

    assert held > 0
    assert is_well(await alix.answer_to(dm, bot.user_id, question))
