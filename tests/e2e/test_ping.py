"""The least a bot does: it answers, in the right place and manner, and only when it is meant."""

from collections.abc import Awaitable, Callable

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.ids import RoomId

MakeBot = Callable[..., Awaitable[RunningBot]]


async def test_ping_is_answered_by_a_notice_in_reply_to_the_command(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    question = await jo.send(room, "!ping")

    answer = await bot.answer_to(jo, question)

    assert answer.msgtype == "m.notice"
    assert "pong" in answer.body
    assert answer.reply_to == question
    assert (answer.relation, answer.related_to) == ("m.thread", question)
    assert answer.content["m.relates_to"]["is_falling_back"] is False
    assert answer.content["m.mentions"] in ({}, {"user_ids": [jo.user_id]})


async def test_ping_within_a_thread_is_answered_in_that_thread(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    root = await jo.send(room, "Qui vient demain ?")
    question = await jo.send(room, "!ping", thread=root)

    answer = await bot.answer_to(jo, question)

    assert (answer.relation, answer.related_to) == ("m.thread", root)


async def test_ping_is_answered_once(jo: Member, room: RoomId, bot: RunningBot) -> None:
    question = await jo.send(room, "!ping")

    [given] = await bot.settled_answers(jo, room, question)

    assert len(given) == 1


async def test_notice_is_not_answered(jo: Member, room: RoomId, bot: RunningBot) -> None:
    notice = await jo.send(room, "!ping", msgtype="m.notice")

    [given] = await bot.settled_answers(jo, room, notice)

    assert given == []


async def test_chatter_and_commands_of_other_bots_are_not_answered(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    said = [
        await jo.send(room, words)
        for words in ("Bonjour à toutes et tous !", "!", "!zzqqxx", "!!!", "! ping", "ping")
    ]

    given = await bot.settled_answers(jo, room, *said)

    assert given == [[]] * len(said)


async def test_bot_called_by_its_pill_answers(jo: Member, room: RoomId, bot: RunningBot) -> None:
    question = await jo.send(
        room,
        f"{bot.user_id}: ping",
        mentions=[bot.user_id],
        formatted_body=f'<a href="https://matrix.to/#/{bot.user_id}">compagnon</a>: ping',
    )

    answer = await bot.answer_to(jo, question)

    assert "pong" in answer.body


async def test_command_before_the_bot_came_is_not_answered(
    jo: Member, room: RoomId, make_bot: MakeBot
) -> None:
    early = await jo.send(room, "!ping")
    bot = await make_bot(room)

    [given] = await bot.settled_answers(jo, room, early)

    assert given == []


async def test_unknown_command_close_to_one_is_answered_with_it(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    answer = await bot.answer(jo, room, "!partge Une chose → une autre")

    assert "!partage" in answer.body
