"""Stopped, killed, started again: every command is answered once, in order."""

import json
from pathlib import Path

from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import EventId, RoomId
from bot.matrix.http import Homeserver, client_path


async def answered_once_in_order(
    bot: RunningBot, member: Member, room: RoomId, asked: list[EventId]
) -> None:
    given = await bot.settled_answers(member, room, *asked)
    assert [len(one) for one in given] == [1] * len(asked)
    history = [event.event_id for event in await member.history(room)]
    places = [history.index(one[0].event_id) for one in given]
    assert places == sorted(places)


def token_of_the_bot(tmp_path: Path) -> str:
    """Return the access token that the only bot of the test keeps."""
    [kept] = tmp_path.glob("*/data/session.json")
    return str(json.loads(kept.read_bytes())["access_token"])


async def test_commands_that_waited_while_the_bot_was_stopped_are_answered_once(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()
    # More than a page of a sync answer, so that a gap has to be filled; under the rate limit.
    asked = []
    for _ in range(15):
        asked.append(await jo.send(room, "!ping"))
        for words in ("Et chez vous ?", "Pareil.") * 5:
            await jo.send(room, words)

    await bot.process.start()

    await answered_once_in_order(bot, jo, room, asked)


async def test_commands_around_a_kill_are_answered_once(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    asked = [await jo.send(room, "!ping") for _ in range(5)]
    await bot.process.kill()
    asked += [await jo.send(room, "!ping") for _ in range(5)]
    await bot.process.start()
    asked += [await jo.send(room, "!ping") for _ in range(5)]

    await answered_once_in_order(bot, jo, room, asked)


async def test_command_of_a_frozen_bot_that_is_killed_is_answered_once(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    bot.process.freeze()
    question = await jo.send(room, "!ping")
    await bot.process.kill()

    await bot.process.start()

    await answered_once_in_order(bot, jo, room, [question])


async def test_experience_survives_a_kill(jo: Member, room: RoomId, bot: RunningBot) -> None:
    await bot.answer(jo, room, "!partage Trop de réunions → une heure debout le lundi")
    await bot.process.kill()
    await bot.process.start()

    shown = await bot.answer(jo, room, "!exp E1")

    assert "une heure debout le lundi" in shown.body


async def test_stopped_bot_ends_with_zero(bot: RunningBot) -> None:
    assert await bot.process.stop() == 0


async def test_login_that_was_ended_while_the_bot_was_away_is_renewed(
    jo: Member, room: RoomId, bot: RunningBot, synapse: Synapse, tmp_path: Path
) -> None:
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()
    question = await jo.send(room, "!ping")
    async with Homeserver(synapse.home.base_url, token_of_the_bot(tmp_path)) as server:
        await server.request("POST", client_path("logout"), json={})

    await bot.process.start()

    await answered_once_in_order(bot, jo, room, [question])
