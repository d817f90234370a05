"""Questions: a command asks a person; their next words or a reaction are the answer."""

from datetime import timedelta

import pytest

from bot.command import Command, Context, Gathering, Intent, listed
from bot.commands import COMMANDS
from bot.errors import UserError
from bot.ids import EventId, UserId, direct_room
from bot.services.answer import Control, control
from bot.services.user_pattern import UserPatterns
from bot.storage import member, question
from bot.storage.database import Database
from bot.storage.inbox import Outcome
from bot.storage.question import Question, State
from tests.scene import BOT, JO, MAX, PAIR, ROOM, Act, Scene, sent

heard: list[tuple[str, str | None, bool]] = []


def _parse(rest: str, _gathering: Gathering) -> str:
    return rest


async def _ask(context: Context, rest: str) -> None:
    other = UserId(rest) if rest.startswith("@") else None
    text = context.text("error.did_you_mean", given=rest, name="asked")
    await context.ask(text, reference=rest, offers=("⏭",), buttons=("🔬",), user=other)


async def _hear(context: Context, asked: Question, answer: str | None) -> None:
    if answer == "wrong":
        raise UserError("error.argument_unknown", given=answer)
    heard.append((asked.reference, answer, context.is_edit))
    await member.set_timezone(context.transaction, context.person.user_id, answer)
    if asked.reference == "first" and not context.is_edit:
        await _ask(context, "second")


ASK: Command[str] = Command(
    noun="ping",
    english=("ask",),
    french=("demande",),
    intent=Intent.SHARE,
    run=_ask,
    parse=_parse,
    hear=_hear,
)


@pytest.fixture
async def asker(database: Database) -> Scene:
    """A router that also knows ``!ask``, which asks its words, and then another question."""
    heard.clear()
    real = [command for command in COMMANDS if command.noun not in ("ping", "request")]
    scene = Scene(database, commands=[*real, listed(ASK)], language="en")
    await scene.preferences.load()
    return scene


async def asked_in(scene: Scene, words: str, **more: object) -> EventId:
    """Let Jo have the bot ask something, and return the event that asks."""
    acts = await scene.say(words, **more)  # type: ignore[arg-type]  # a test's own words
    await scene.deliver()
    return sent(acts[0].oid)


async def open_question(scene: Scene, user: UserId = JO) -> Question | None:
    async with scene.database.read() as snapshot:
        return await question.newest(snapshot, user)


def messages(acts: list[Act]) -> list[Act]:
    return [act for act in acts if act.type == "m.room.message"]


async def test_question_is_asked_with_its_reactions(asker: Scene) -> None:
    asking, button = await asker.say("ask first", room=PAIR)

    assert asking.card == f"question:{asking.oid}"
    assert (button.type, button.target) == ("m.reaction", f"oid:{asking.oid}")
    assert button.content["m.relates_to"] == {"rel_type": "m.annotation", "key": "⏭"}


async def test_question_asked_in_a_room_of_many_is_put_to_the_person_alone(asker: Scene) -> None:
    [asking, button] = await asker.say("!ask first")

    assert {asking.room, button.room} == {direct_room(JO)}
    assert heard == []


async def test_free_text_is_the_answer(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)

    [asking, _] = await asker.say("At the town hall of Lyon", room=PAIR)

    assert heard == [("first", "At the town hall of Lyon", False)]
    assert "second" in asking.body
    found = await open_question(asker)
    assert found is not None
    assert found.reference == "second"


@pytest.mark.parametrize("words", ["!about", "about", "compagnon, about", "!ABOUT"])
async def test_command_in_between_leaves_the_question_open(asker: Scene, words: str) -> None:
    await asked_in(asker, "ask first", room=PAIR)

    assert "Compagnon" in await asker.answer(words, room=PAIR)

    assert heard == []
    assert await open_question(asker) is not None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("About three towns", "About three towns"),
        ("compagnon, at the town hall", "at the town hall"),
        ("!skip", "skip"),
        ("  Lyon\n", "Lyon"),
    ],
)
async def test_answer_may_look_like_a_command(asker: Scene, words: str, answer: str) -> None:
    await asked_in(asker, "ask first", room=PAIR)

    await asker.say(words, room=PAIR)

    assert heard == [("first", answer, False)]


async def test_unknown_command_is_no_answer(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)

    assert "abuot" in await asker.answer("!abuot", room=PAIR)
    assert heard == []


async def test_reaction_on_the_question_is_the_answer(asker: Scene) -> None:
    asking = await asked_in(asker, "ask only", room=PAIR)

    await asker.react(asking, "🔬", room=PAIR)

    assert heard == [("only", "🔬", False)]
    assert await open_question(asker) is None


async def test_reaction_that_is_no_button_is_none(asker: Scene) -> None:
    asking = await asked_in(asker, "ask only", room=PAIR)

    await asker.react(asking, "❤", room=PAIR)
    await asker.react(asking, "⏭", room=PAIR, sender=MAX)

    assert heard == []


async def test_first_of_two_devices_wins(asker: Scene) -> None:
    asking = await asked_in(asker, "ask first", room=PAIR)
    first = asker.message("one", room=PAIR)
    second = asker.message("two", room=PAIR)
    asker.clock.pass_by(timedelta(milliseconds=50))

    await asker.hear(first)
    [absorbed] = await asker.hear(second)
    reacted = await asker.react(asking, "⏭", room=PAIR)

    assert heard == [("first", "one", False)]
    assert "already noted" in absorbed.body
    assert reacted == []


async def test_answer_that_was_on_its_way_is_not_for_the_next_question(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)
    first = asker.message("one", room=PAIR)
    asker.clock.pass_by(timedelta(seconds=1))
    await asker.hear(first)
    sent_before = asker.clock.now() - timedelta(milliseconds=500)

    [absorbed] = await asker.hear(asker.message("two", room=PAIR, sent_at=sent_before))

    assert "already noted" in absorbed.body
    assert heard == [("first", "one", False)]


async def test_answer_that_waited_for_the_bot_counts(asker: Scene) -> None:
    """The bot asked and was killed; the answer was written while it was away."""
    await asked_in(asker, "ask first", room=PAIR)
    asker.clock.pass_by(timedelta(minutes=10))
    waited = asker.message("one", room=PAIR, sent_at=asker.clock.now() - timedelta(minutes=9))

    await asker.hear(waited, is_late=True)

    assert heard == [("first", "one", False)]


async def test_edited_answer_is_heard_again(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)
    answer = asker.message("Lyon", room=PAIR)
    await asker.hear(answer)

    await asker.edit(answer, "about Lyon, in the east")

    assert heard == [("first", "Lyon", False), ("first", "about Lyon, in the east", True)]
    found = await open_question(asker)
    assert found is not None
    assert found.reference == "second"


async def test_edit_by_somebody_else_is_not_heard(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)
    answer = asker.message("Lyon", room=PAIR)
    await asker.hear(answer)

    await asker.edit(answer, "Paris", sender=MAX)

    assert heard == [("first", "Lyon", False)]


async def test_redacted_answer_is_taken_back_and_the_next_question_stays(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)
    answer = asker.message("Lyon", room=PAIR)
    await asker.hear(answer)

    acts = await asker.redact(answer.event_id, room=PAIR)

    assert heard == [("first", "Lyon", False), ("first", None, True)]
    assert acts == []
    assert await open_question(asker) is not None


async def test_reaction_taken_away_takes_the_answer_back(asker: Scene) -> None:
    asking = await asked_in(asker, "ask only", room=PAIR)
    await asker.react(asking, "🔬", room=PAIR)
    async with asker.database.read() as snapshot:
        found = await question.of_event(snapshot, asking)
    assert found is not None
    assert found.answer_event_id is not None

    await asker.redact(found.answer_event_id, room=PAIR)

    assert heard == [("only", "🔬", False), ("only", None, True)]


async def test_answer_that_is_not_understood_leaves_the_question_open(asker: Scene) -> None:
    await asked_in(asker, "ask only", room=PAIR)
    wrong = asker.message("wrong", room=PAIR)
    [refusal] = messages(await asker.hear(wrong))
    assert "wrong" in refusal.body
    assert await open_question(asker) is not None

    await asker.edit(wrong, "right")

    assert heard == [("only", "right", False)]
    assert await open_question(asker) is None


async def test_answer_handled_twice_is_heard_once(asker: Scene) -> None:
    await asked_in(asker, "ask first", room=PAIR)
    answer = asker.message("Lyon", room=PAIR)
    entry = await asker.record(answer)

    await asker.router.handle(entry)
    before = len(await asker.acts())
    await asker.router.handle(entry)

    assert heard == [("first", "Lyon", False)]
    assert len(await asker.acts()) == before


async def test_newest_question_gets_free_text(asker: Scene) -> None:
    await asked_in(asker, "ask old", room=PAIR)
    await asked_in(asker, "!ask new", room=PAIR)

    await asker.say("Lyon", room=PAIR)

    assert heard == [("new", "Lyon", False)]
    assert await open_question(asker) is None


async def test_reply_to_an_earlier_question_corrects_its_answer(asker: Scene) -> None:
    asking = await asked_in(asker, "ask first", room=PAIR)
    await asker.say("Lyon", room=PAIR)

    await asker.say("Paris", room=PAIR, reply_to=asking)

    assert heard == [("first", "Lyon", False), ("first", "Paris", True)]


async def test_somebody_is_asked_in_a_room_by_a_message_that_notifies(asker: Scene) -> None:
    [asking, _] = await asker.say(f"!ask {MAX}")

    assert asking.room == ROOM
    assert asking.content["msgtype"] == "m.text"


async def test_only_a_reply_of_who_was_asked_counts_in_a_room(asker: Scene) -> None:
    asking = await asked_in(asker, f"!ask {MAX}")

    await asker.say("yes", sender=MAX)
    await asker.say("yes", sender=JO, reply_to=asking)
    await asker.react(asking, "✅", sender=JO)
    assert heard == []

    await asker.say("yes", sender=MAX, reply_to=asking)
    await asker.say("no", sender=MAX, reply_to=asking)

    assert heard == [(MAX, "yes", False)]


async def test_question_in_a_room_does_not_take_free_text_elsewhere(asker: Scene) -> None:
    await asked_in(asker, f"!ask {JO}", sender=MAX)

    await asker.say("Lyon", room=PAIR)

    assert heard == []


async def test_reaction_of_who_was_asked_counts_in_a_room(asker: Scene) -> None:
    asking = await asked_in(asker, f"!ask {MAX}")

    await asker.react(asking, "✅", sender=MAX)

    assert [(who, control(answer or "")) for who, answer, _ in heard] == [(MAX, Control.YES)]


async def test_another_bot_never_answers(database: Database, asker: Scene) -> None:
    del database
    asking = await asked_in(asker, f"!ask {MAX}")
    object.__setattr__(asker.surroundings, "bots", UserPatterns(["@max:*"]))

    await asker.react(asking, "✅", sender=MAX)
    await asker.say("yes", sender=MAX, reply_to=asking)
    await asker.react(asking, "✅", sender=BOT)

    assert heard == []


async def test_free_text_without_a_question_is_met_as_before(asker: Scene) -> None:
    message = asker.message("bonjour", room=PAIR)
    await asker.hear(message)

    assert await asker.outcome(message.event_id) is Outcome.UNKNOWN


async def test_question_moves_with_its_room_and_is_forgotten_with_it(database: Database) -> None:
    item = Question(JO, "ping", "", PAIR, False, ["✅"], "oid", Scene(database).clock.now())  # type: ignore[arg-type]  # a plain string
    await database.write(lambda t: question.ask(t, item))

    await database.write(lambda t: question.move(t, PAIR, ROOM))
    async with database.read() as snapshot:
        [found] = [await question.newest(snapshot, JO)]
    assert found is not None
    assert (found.room_id, found.state, list(found.buttons)) == (ROOM, State.OPEN, ["✅"])

    await database.write(lambda t: question.forget_rooms(t, [ROOM]))
    async with database.read() as snapshot:
        assert await question.newest(snapshot, JO) is None
