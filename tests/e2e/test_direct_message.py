"""Alone with the bot: no prefix is needed, and nobody who is not allowed gets in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest_asyncio

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeMember = Callable[..., Awaitable[Member]]


async def joins(member: Member, room: RoomId, user_id: str) -> None:
    def is_join(event: RoomEvent) -> bool:
        is_about = event.room_id == room and event.state_key == user_id
        return is_about and event.content.get("membership") == "join"

    await member.wait_for(is_join, timedelta(seconds=20))


@pytest_asyncio.fixture
async def dm(jo: Member, bot: RunningBot) -> RoomId:
    """A direct room of Jo and the bot."""
    room = await jo.create_dm(bot.user_id)
    await joins(jo, room, bot.user_id)
    return room


async def test_direct_message_needs_no_prefix(jo: Member, dm: RoomId, bot: RunningBot) -> None:
    answer = await bot.answer(jo, dm, "ping")

    assert "pong" in answer.body


async def test_direct_message_with_prefix_is_answered_once(
    jo: Member, dm: RoomId, bot: RunningBot
) -> None:
    question = await jo.send(dm, "!ping")

    [given] = await bot.settled_answers(jo, dm, question)

    assert len(given) == 1


async def test_language_chosen_in_a_direct_message_holds_everywhere(
    jo: Member, room: RoomId, dm: RoomId, bot: RunningBot
) -> None:
    in_french = await bot.answer(jo, room, "!help")
    await bot.answer(jo, dm, "lang en")

    in_english = await bot.answer(jo, room, "!help")

    assert "partage" in in_french.body
    assert "share" in in_english.body


async def test_invite_by_somebody_not_allowed_is_not_accepted(
    jo: Member, room: RoomId, make_bot: MakeBot, make_member: MakeMember
) -> None:
    bot = await make_bot(room, more={"community": {"allowed_inviters": [jo.user_id]}})
    stranger = await make_member("stranger")
    refused = await stranger.create_dm(bot.user_id)
    allowed = await jo.create_dm(bot.user_id)

    # Invites are handled in their order: when the second is accepted, the first was not.
    await joins(jo, allowed, bot.user_id)

    assert bot.user_id not in await stranger.members(refused)
