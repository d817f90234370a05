"""What somebody else said is kept only if they agree; until then nothing of it is anywhere."""

from datetime import timedelta

import pytest

from bot.ids import UserId
from bot.model import Media, Message
from bot.storage import experience, experience_consent, experience_media, reaction
from bot.storage.experience import Experience
from tests.scene import ANIMATOR, JO, MAX, Act, Scene, sent

PHOTO = Media("m.image", "affiche.jpg", "image/jpeg", "mxc://example.org/1")
WORDS = "Les agents testent le formulaire avant les habitants"


async def stored(scene: Scene, number: int = 1) -> Experience | None:
    async with scene.database.read() as snapshot:
        return await experience.get(snapshot, number)


def said_by(scene: Scene, sender: str = MAX, words: str = WORDS) -> Message:
    told = scene.message(words, sender=sender)  # type: ignore[arg-type]  # a user id
    scene.server.messages[told.event_id] = told
    return told


async def ask(scene: Scene) -> tuple[Message, Act]:
    told = said_by(scene)
    [question, *_] = await scene.say("!partage", reply_to=told.event_id)
    await scene.deliver()
    return told, question


async def test_author_is_asked_and_nothing_is_kept_until_then(scene: Scene) -> None:
    _, question = await ask(scene)

    assert question.content["m.mentions"] == {"user_ids": [MAX]}
    assert "testent" not in question.body
    assert await stored(scene) is None
    assert "E1" not in await scene.answer("!cherche formulaire")


@pytest.mark.parametrize("answer", ["✅", "oui"])
async def test_yes_keeps_it_for_its_author(scene: Scene, answer: str) -> None:
    told, question = await ask(scene)

    if answer == "✅":
        await scene.react(sent(question.oid), answer, sender=MAX)
    else:
        await scene.say(answer, sender=MAX, reply_to=sent(question.oid))

    item = await stored(scene)
    assert item is not None
    assert (item.author, item.note, item.source_event_id) == (MAX, WORDS, told.event_id)


@pytest.mark.parametrize("sender", [JO, ANIMATOR])
async def test_yes_of_somebody_else_is_none(scene: Scene, sender: str) -> None:
    _, question = await ask(scene)

    await scene.react(sent(question.oid), "✅", sender=sender)  # type: ignore[arg-type]  # a user id

    assert await stored(scene) is None


async def test_no_forgets_the_question(scene: Scene) -> None:
    told, question = await ask(scene)

    await scene.react(sent(question.oid), "❌", sender=MAX)

    assert await stored(scene) is None
    async with scene.database.read() as snapshot:
        assert await experience_consent.of_source(snapshot, told.event_id) is None


async def test_no_answer_in_a_week_is_no(scene: Scene) -> None:
    told, question = await ask(scene)
    scene.clock.pass_by(timedelta(days=7))
    await scene.fire()

    await scene.react(sent(question.oid), "✅", sender=MAX)

    assert await stored(scene) is None
    async with scene.database.read() as snapshot:
        assert await experience_consent.of_source(snapshot, told.event_id) is None


async def test_same_message_is_asked_for_once(scene: Scene) -> None:
    told, question = await ask(scene)

    assert "déjà" in await scene.answer("!share", reply_to=told.event_id, sender=ANIMATOR)
    await scene.react(sent(question.oid), "✅", sender=MAX)
    assert "E1" in await scene.answer("!share", reply_to=told.event_id, sender=ANIMATOR)


async def test_message_that_is_gone_by_then_is_not_kept(scene: Scene) -> None:
    told, question = await ask(scene)
    del scene.server.messages[told.event_id]

    await scene.react(sent(question.oid), "✅", sender=MAX)

    assert await stored(scene) is None


async def test_pin_of_the_author_keeps_it(scene: Scene) -> None:
    told = said_by(scene)

    [answer] = await scene.react(told.event_id, "📌", sender=MAX)

    item = await stored(scene)
    assert item is not None
    assert item.author == MAX
    assert "E1" in answer.body


async def test_pin_of_an_animator_asks_the_author(scene: Scene) -> None:
    told = said_by(scene)

    question, *_ = await scene.react(told.event_id, "📌\ufe0f", sender=ANIMATOR)
    await scene.deliver()
    assert await stored(scene) is None
    await scene.react(sent(question.oid), "✅", sender=MAX)

    assert await stored(scene) is not None


async def test_pin_of_others_is_nothing(scene: Scene) -> None:
    told = said_by(scene)

    assert await scene.react(told.event_id, "📌", sender=JO) == []
    assert await scene.react(told.event_id, "👍", sender=MAX) == []
    assert await stored(scene) is None


async def test_edit_of_a_captured_message_corrects_it(scene: Scene) -> None:
    told = said_by(scene)
    await scene.react(told.event_id, "📌", sender=MAX)

    await scene.edit(told, "Les élus testent → tout va mieux")
    item = await stored(scene)
    assert item is not None
    assert item.problem == "Les élus testent"
    await scene.edit(told, "Autre chose", sender=JO)
    item = await stored(scene)
    assert item is not None
    assert item.problem == "Les élus testent"


async def test_pin_in_a_room_of_trust_keeps_nothing(scene: Scene) -> None:
    await scene.say("!settings capture off", sender=ANIMATOR)
    told = said_by(scene)

    await scene.react(told.event_id, "📌", sender=MAX)
    await scene.react(told.event_id, "📌", sender=ANIMATOR)
    await scene.say("!partage", reply_to=told.event_id)

    assert await stored(scene) is None
    async with scene.database.read() as snapshot:
        assert await experience_consent.of_source(snapshot, told.event_id) is None


async def test_pin_taken_away_before_the_answer_drops_the_question(scene: Scene) -> None:
    told = said_by(scene)
    pin = scene.reaction(told.event_id, "📌", sender=ANIMATOR)
    [question, *_] = await scene.hear(pin)
    await scene.deliver()

    acts = await scene.redact(pin.event_id, sender=ANIMATOR)

    assert f"oid:{question.oid}" in {act.target for act in acts}
    async with scene.database.read() as snapshot:
        assert await experience_consent.of_source(snapshot, told.event_id) is None
    await scene.react(sent(question.oid), "✅", sender=MAX)
    assert await stored(scene) is None


async def test_pin_taken_away_after_the_answer_changes_nothing(scene: Scene) -> None:
    told = said_by(scene)
    pin = scene.reaction(told.event_id, "📌", sender=ANIMATOR)
    [question, *_] = await scene.hear(pin)
    await scene.deliver()
    await scene.react(sent(question.oid), "✅", sender=MAX)

    assert await scene.redact(pin.event_id, sender=ANIMATOR) == []
    assert await stored(scene) is not None


async def test_pin_of_somebody_not_entitled_leaves_nothing(scene: Scene) -> None:
    told = said_by(scene)
    pin = scene.reaction(told.event_id, "📌", sender=JO)
    assert await scene.hear(pin) == []

    async with scene.database.read() as snapshot:
        assert await reaction.get(snapshot, pin.event_id) is None
        assert await experience_consent.of_source(snapshot, told.event_id) is None


def pictured(scene: Scene, words: str = "", sender: UserId = MAX) -> Message:
    """Let somebody send a picture, with a caption or without."""
    told = scene.message(words, sender=sender, msgtype="m.image", media=PHOTO)
    scene.server.messages[told.event_id] = told
    return told


async def senders(scene: Scene, number: int = 1) -> list[str]:
    """Return who brought the files of an experience."""
    async with scene.database.read() as snapshot:
        return [piece.sender for piece in await experience_media.of(snapshot, number)]


async def test_picture_with_words_is_kept_whole_when_its_author_agrees(scene: Scene) -> None:
    told = pictured(scene, "Une affiche par étage → moins de questions")
    question, *_ = await scene.say("!partage", reply_to=told.event_id)
    await scene.deliver()
    assert await stored(scene) is None
    await scene.react(sent(question.oid), "✅", sender=MAX)
    item = await stored(scene)
    assert item is not None
    assert (item.author, item.problem) == (MAX, "Une affiche par étage")
    assert await senders(scene) == [MAX]


@pytest.mark.parametrize("asker", [JO, MAX])
async def test_picture_without_words_is_no_experience_and_nobody_is_asked(
    scene: Scene, asker: UserId
) -> None:
    told = pictured(scene)
    [answer] = await scene.say("!partage", reply_to=told.event_id, sender=asker)
    assert "→" in answer.body
    assert answer.content["msgtype"] == "m.notice"
    assert await stored(scene) is None


async def asked_for(scene: Scene) -> tuple[Message, Act]:
    """Let Jo share E1 beside a picture of Max, and ask for it."""
    told = pictured(scene)
    saved, question, *_ = await scene.say(
        "!partage Trop de questions → une affiche", reply_to=told.event_id
    )
    await scene.deliver()
    assert "E1" in saved.body
    assert question.content["m.mentions"] == {"user_ids": [MAX]}
    return told, question


async def test_own_words_and_somebody_elses_picture_become_one_when_they_agree(
    scene: Scene,
) -> None:
    told, question = await asked_for(scene)
    assert await senders(scene) == []
    [thanks, *_] = await scene.react(sent(question.oid), "✅", sender=MAX)
    assert "E1" in thanks.body
    assert await senders(scene) == [MAX]
    item = await stored(scene)
    assert item is not None
    assert item.author == JO

    await scene.redact(told.event_id, sender=MAX)
    assert await senders(scene) == []
    assert await stored(scene) is not None


@pytest.mark.parametrize(("answer", "sender"), [("❌", MAX), ("✅", JO), ("✅", ANIMATOR)])
async def test_picture_stays_out_without_the_yes_of_who_sent_it(
    scene: Scene, answer: str, sender: UserId
) -> None:
    _, question = await asked_for(scene)
    await scene.react(sent(question.oid), answer, sender=sender)
    assert await senders(scene) == []


@pytest.mark.parametrize("what", ["picture", "experience"])
async def test_picture_of_what_is_gone_by_then_joins_nothing(scene: Scene, what: str) -> None:
    told, question = await asked_for(scene)
    if what == "picture":
        del scene.server.messages[told.event_id]
    else:
        await scene.say("!exp supprime E1 oui")
    [answer, *_] = await scene.react(sent(question.oid), "✅", sender=MAX)
    assert "je n’en garde rien" in answer.body
    assert await senders(scene) == []


async def test_somebody_elses_picture_is_asked_for_later_by_the_author_alone(scene: Scene) -> None:
    await scene.say("!partage Trop de questions → une affiche")
    told = pictured(scene)
    refusal = await scene.answer("!pièces E1 ajoute", reply_to=told.event_id, sender=ANIMATOR)
    assert "n’est pas la vôtre" in refusal
    question, *_ = await scene.say("!pièces E1 ajoute", reply_to=told.event_id)
    await scene.deliver()
    await scene.say("oui", sender=MAX, reply_to=sent(question.oid))
    assert await senders(scene) == [MAX]
    again = await scene.answer("!pièces E1 ajoute", reply_to=told.event_id)
    assert "y est déjà" in again

    await scene.say("!pièces E1 retire 1", sender=MAX)
    assert await senders(scene) == []


async def test_picture_is_asked_for_once_and_forgotten_after_a_week(scene: Scene) -> None:
    told, question = await asked_for(scene)
    assert "déjà" in await scene.answer("!pièces E1 ajoute", reply_to=told.event_id)
    scene.clock.pass_by(timedelta(days=7))
    await scene.fire()
    await scene.react(sent(question.oid), "✅", sender=MAX)
    assert await senders(scene) == []


async def test_edit_of_the_words_does_not_ask_again(scene: Scene) -> None:
    told = pictured(scene)
    command = scene.message("!partage Trop → une affiche", reply_to=told.event_id)
    await scene.hear(command)
    acts = await scene.edit(command, "!partage Trop → deux affiches")
    assert not [act for act in acts if "m.mentions" in act.content and MAX in str(act.content)]
