"""Which messages are commands, and what becomes of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ids import EventId, RoomId
from bot.storage.inbox import Outcome
from tests.router.conftest import kept
from tests.scene import ANIMATOR, ANIMATORS_ROOM, BOT, JO, MAX, PAIR, ROOM, Scene


async def test_command_is_answered_by_a_notice_in_reply(scene: Scene) -> None:
    question = scene.message("!ping")

    [answer] = await scene.hear(question)

    relation = answer.content["m.relates_to"]
    assert answer.content["msgtype"] == "m.notice"
    assert answer.body == "pong · version 1.2.3 · 0 ms"
    assert isinstance(relation, dict)
    assert relation["m.in_reply_to"] == {"event_id": question.event_id}
    assert await scene.outcome(question.event_id) is Outcome.ANSWERED


async def test_command_in_a_thread_is_answered_there(scene: Scene) -> None:
    root = EventId("$root")

    [answer] = await scene.say("!ping", thread=root)

    relation = answer.content["m.relates_to"]
    assert isinstance(relation, dict)
    assert (relation["rel_type"], relation["event_id"]) == ("m.thread", root)


@pytest.mark.parametrize(
    "words",
    ["!ping", "!PING", "!Ping", "  !ping  ", "Compagnon, ping", "compagnon: !ping", f"{BOT} ping"],
)
async def test_command_is_recognised_however_it_is_written(scene: Scene, words: str) -> None:
    assert (await scene.answer(words)).startswith("pong")


@pytest.mark.parametrize("words", ["!aide", "!AIDE", "!help", "!aide ", "!aïde", "!aide ?"])
async def test_command_answers_to_its_names_in_both_languages(scene: Scene, words: str) -> None:
    assert "!aide partage" in await scene.answer(words)


@pytest.mark.parametrize(
    "words",
    ["ping", "Bonjour !", "!", "!!!", "! ping", "!zzqqxx", "compagnons, ping", "> !ping", "\n", ""],
)
async def test_chatter_and_commands_of_other_bots_are_left_alone(scene: Scene, words: str) -> None:
    message = scene.message(words)

    assert await scene.hear(message) == []
    assert await scene.outcome(message.event_id) in {Outcome.IGNORED, Outcome.UNKNOWN}


@pytest.mark.parametrize("words", ["ping", "!ping", "Compagnon, ping", "Ping ?"])
async def test_in_a_room_of_two_no_prefix_is_needed(scene: Scene, words: str) -> None:
    assert (await scene.answer(words, room=PAIR)).startswith("pong")


async def test_notice_is_never_answered(scene: Scene) -> None:
    assert await scene.say("!ping", msgtype="m.notice") == []
    assert await scene.say("!ping", msgtype="m.notice", room=PAIR) == []


async def test_own_message_is_never_answered(scene: Scene) -> None:
    assert await scene.say("!ping", sender=BOT) == []


async def test_message_in_a_replaced_room_is_not_answered(scene: Scene) -> None:
    scene.rooms.open.remove(ROOM)

    assert await scene.say("!ping") == []


async def test_ping_counts_the_milliseconds_since_the_time_stamp(scene: Scene) -> None:
    sent_at = scene.clock.now() - timedelta(milliseconds=234)

    assert "234 ms" in await scene.answer("!ping", sent_at=sent_at)


async def test_ping_never_counts_backwards(scene: Scene) -> None:
    sent_at = scene.clock.now() + timedelta(days=400)

    assert " 0 ms" in await scene.answer("!ping", sent_at=sent_at)


@pytest.mark.parametrize(
    ("words", "meant"),
    [("!pnig", "!ping"), ("!pings", "!ping"), ("!aid", "!aide"), ("!hel", "!help")],
)
async def test_unknown_command_close_to_one_is_answered_with_it(
    scene: Scene, words: str, meant: str
) -> None:
    message = scene.message(words)

    [answer] = await scene.hear(message)

    assert meant in answer.body
    assert await scene.outcome(message.event_id) is Outcome.UNKNOWN


async def test_unknown_command_in_a_room_of_two_is_answered(scene: Scene) -> None:
    assert "zzqqxx" in await scene.answer("!zzqqxx", room=PAIR)


async def test_unknown_command_repeats_little_and_harmlessly(scene: Scene) -> None:
    [answer] = await scene.say("!zz@room<b>" + "q" * 5_000, room=PAIR)

    assert "@room" not in answer.body
    assert "<b>" not in answer.html
    assert len(answer.body) < 300
    assert answer.content["m.mentions"] == {}


async def test_free_text_in_a_room_of_two_is_hinted_at_once_a_day(scene: Scene) -> None:
    first = await scene.say("Il fait beau aujourd'hui", room=PAIR)
    second = await scene.say("N'est-ce pas", room=PAIR)
    scene.clock.pass_by(timedelta(days=1))
    third = await scene.say("Toujours aussi beau", room=PAIR)

    assert [len(first), len(second), len(third)] == [1, 0, 1]
    assert "!aide" in first[0].body


async def test_bot_called_by_its_name_alone_says_how_it_is_used(scene: Scene) -> None:
    assert "!aide" in await scene.answer("compagnon")


async def test_event_handled_twice_has_one_effect(keeper: Scene) -> None:
    message = keeper.message("!keep once")
    entry = await keeper.record(message)

    await keeper.router.handle(entry)
    await keeper.router.handle(entry)

    assert await kept(keeper) == {message.event_id: "once"}
    assert len(await keeper.acts()) == 1


async def test_answer_has_the_same_identity_however_often_it_is_made(scene: Scene) -> None:
    entry = await scene.record(scene.message("!ping"))

    await scene.router.handle(entry)
    await scene.router.handle(entry)

    assert len(await scene.acts()) == 1


async def test_refused_command_leaves_no_effect_and_is_answered(keeper: Scene) -> None:
    message = keeper.message("!keep refused")

    [answer] = await keeper.hear(message)

    assert "too long" in answer.body
    assert await kept(keeper) == {}
    assert await keeper.outcome(message.event_id) is Outcome.REFUSED


async def test_refusal_shows_an_example(keeper: Scene) -> None:
    answer = await keeper.answer("!keep wrong")

    assert answer == "I did not understand “wrong”. For example: !ping"


async def test_broken_command_leaves_no_effect_and_can_be_tried_again(keeper: Scene) -> None:
    entry = await keeper.record(keeper.message("!keep broken"))

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await keeper.router.handle(entry)

    assert await kept(keeper) == {}
    assert await keeper.acts() == []
    assert await keeper.outcome(entry.event_id) is None


async def test_command_given_up_is_said_to_its_sender_and_to_the_animators(keeper: Scene) -> None:
    entry = await keeper.record(keeper.message("!keep broken"))

    await keeper.router.give_up(entry)

    sorry, alert = await keeper.acts()
    assert (sorry.room, alert.room) == (ROOM, ANIMATORS_ROOM)
    assert "nothing is lost" in sorry.body
    assert sorry.content["m.relates_to"] == {"m.in_reply_to": {"event_id": entry.event_id}}
    assert entry.event_id in alert.body
    assert await keeper.outcome(entry.event_id) is Outcome.BROKEN


async def test_event_of_another_version_can_be_given_up(keeper: Scene) -> None:
    entry = await keeper.record(keeper.message("!ping"))
    foreign = replace(entry, payload={"event_id": "$x", "colour": "blue"})

    with pytest.raises((KeyError, TypeError)):
        await keeper.router.handle(foreign)
    await keeper.router.give_up(foreign)

    assert await keeper.outcome(entry.event_id) is Outcome.BROKEN


async def test_animator_command_is_for_those_the_server_calls_powerful(keeper: Scene) -> None:
    assert "kept" in await keeper.answer("!rule x", sender=ANIMATOR)


async def test_refused_permission_says_who_may(keeper: Scene) -> None:
    answer = await keeper.answer("!rule x", sender=JO)

    assert ANIMATOR in answer
    assert await kept(keeper) == {}


async def test_refused_permission_mentions_nobody(keeper: Scene) -> None:
    [answer] = await keeper.say("!rule x", sender=JO)

    assert answer.content["m.mentions"] == {}


async def test_right_is_asked_from_the_server_each_time(keeper: Scene) -> None:
    await keeper.say("!rule x", sender=MAX)
    keeper.server.levels[MAX] = 50
    allowed = await keeper.answer("!rule y", sender=MAX)
    keeper.server.levels[MAX] = 49
    refused = await keeper.answer("!rule z", sender=MAX)

    assert "kept" in allowed
    assert "kept" not in refused


async def test_ping_asks_the_server_nothing(scene: Scene) -> None:
    await scene.say("!ping")

    assert scene.server.asked == []


async def test_message_from_elsewhere_is_no_trouble(scene: Scene) -> None:
    message = scene.message("!ping", room=RoomId("!unknown:example.org"))

    assert await scene.hear(message) == []
