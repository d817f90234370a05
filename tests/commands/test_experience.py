"""An experience from its first line to its withdrawal."""

import pytest

from bot.ids import EventId
from bot.storage import experience
from bot.storage.experience import Experience
from tests.scene import ANIMATOR, BOT, JO, MAX, OTHER_ROOM, PAIR, ROOM, Scene, sent

SHARE = "!partage Personne ne lit le règlement → une page dessinée"


async def stored(scene: Scene, number: int = 1) -> Experience | None:
    async with scene.database.read() as snapshot:
        return await experience.get(snapshot, number)


@pytest.mark.parametrize(
    "words",
    [
        "!partage Un problème → une solution",
        "!share Un problème -> une solution",
        "!exp Un problème => une solution",
        "!expérience Un problème\nune solution",
        "compagnon, partage Un problème → une solution",
    ],
)
async def test_share_of_one_line_is_kept(scene: Scene, words: str) -> None:
    [answer] = await scene.say(words)

    item = await stored(scene)
    assert item is not None
    assert (item.problem, item.solution) == ("Un problème", "une solution")
    assert (item.author, item.room_id) == (JO, ROOM)
    assert "<code>E1</code>" in answer.html


async def test_share_without_separator_is_a_note(scene: Scene) -> None:
    await scene.say("!partage Tester le formulaire avant")

    shown = await scene.answer("!exp E1")

    assert "Tester le formulaire avant" in shown


@pytest.mark.parametrize("words", ["!partage →", "!exp →", "!partage " + "x" * 5_000])
async def test_share_of_nothing_or_too_much_is_refused(scene: Scene, words: str) -> None:
    assert len(await scene.answer(words)) < 300
    assert await stored(scene) is None


@pytest.mark.parametrize("name", ["E1", "e1", "E-1", "e 1", "#E1"])
async def test_experience_is_shown_by_its_number(scene: Scene, name: str) -> None:
    await scene.say(SHARE)

    shown, *_ = await scene.say(f"!exp {name}", sender=MAX)

    assert "une page dessinée" in shown.body
    assert "24 mars" in shown.body
    assert shown.card == "experience:1"
    assert shown.content["m.mentions"] == {}


async def test_experience_is_shown_to_nobody_of_another_room(scene: Scene) -> None:
    await scene.say(SHARE)

    elsewhere = await scene.answer("!exp E1", sender=ANIMATOR, room=OTHER_ROOM)

    assert "règlement" not in elsewhere


async def test_experience_is_shown_alone_to_a_member_of_its_room(scene: Scene) -> None:
    await scene.say(SHARE)

    assert "règlement" in await scene.answer("exp E1", sender=JO, room=PAIR)
    scene.server.members[ROOM].remove(JO)
    assert "règlement" not in await scene.answer("exp E1", sender=JO, room=PAIR)


async def test_experience_shared_alone_is_not_shown_in_a_room(scene: Scene) -> None:
    await scene.say("partage Un secret → bien gardé", room=PAIR)

    assert "secret" not in await scene.answer("!exp E1", room=ROOM)


async def test_own_message_is_captured_by_a_reply(scene: Scene) -> None:
    told = scene.message("Les agents testent le formulaire avant les habitants")
    scene.server.messages[told.event_id] = told

    [answer] = await scene.say("!partage", reply_to=told.event_id)

    item = await stored(scene)
    assert item is not None
    assert item.source_event_id == told.event_id
    assert "E1" in answer.body


@pytest.mark.parametrize("msgtype", ["m.image", "m.file", "m.notice"])
async def test_what_is_no_text_is_not_captured(scene: Scene, msgtype: str) -> None:
    told = scene.message("photo.jpg", msgtype=msgtype)
    scene.server.messages[told.event_id] = told

    await scene.say("!partage", reply_to=told.event_id)

    assert await stored(scene) is None


async def test_message_that_is_gone_is_not_captured(scene: Scene) -> None:
    assert "Problème" in await scene.answer("!partage", reply_to=EventId("$gone"))


async def test_edited_share_keeps_its_number(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)

    [correction] = await scene.edit(command, "!partage Trop long → une affiche")

    item = await stored(scene)
    assert item is not None
    assert item.solution == "une affiche"
    assert "E1" in correction.body
    assert await stored(scene, 2) is None


async def test_share_that_was_refused_and_corrected_can_be_corrected_again(scene: Scene) -> None:
    command = scene.message("!partage")
    await scene.hear(command)
    await scene.edit(command, "!partage A → B")
    await scene.edit(command, "!partage A → C")

    item = await stored(scene)
    assert item is not None
    assert item.solution == "C"
    assert await stored(scene, 2) is None


async def test_redacted_share_is_withdrawn_with_its_answer(scene: Scene) -> None:
    command = scene.message(SHARE)
    [answer] = await scene.hear(command)

    [redaction] = await scene.redact(command.event_id)

    assert await stored(scene) is None
    assert redaction.target == f"oid:{answer.oid}"
    assert "E1" not in await scene.answer("!cherche règlement")


@pytest.mark.parametrize("ack", ["message", "reaction"])
async def test_captured_experience_is_withdrawn_with_the_command(scene: Scene, ack: str) -> None:
    await scene.say(f"!settings ack {ack}", sender=ANIMATOR)
    told = scene.message("Les agents testent le formulaire")
    scene.server.messages[told.event_id] = told
    command = scene.message("!partage", reply_to=told.event_id)
    await scene.hear(command)
    assert await stored(scene) is not None

    await scene.redact(command.event_id)

    assert await stored(scene) is None


async def test_captured_experience_is_withdrawn_with_its_message(scene: Scene) -> None:
    told = scene.message("Les agents testent le formulaire")
    scene.server.messages[told.event_id] = told
    await scene.say("!partage", reply_to=told.event_id)

    await scene.redact(told.event_id)

    assert await stored(scene) is None


async def test_redacted_question_takes_nothing_back(scene: Scene) -> None:
    await scene.say(SHARE)
    question = scene.message("!exp E1")
    await scene.hear(question)

    await scene.redact(question.event_id)

    assert await stored(scene) is not None


async def test_edit_does_not_bring_a_deleted_experience_back(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)
    await scene.say("!exp supprime E1 oui")

    await scene.edit(command, "!partage A → B")

    assert await stored(scene, 1) is None
    assert await stored(scene, 2) is None


@pytest.mark.parametrize("verb", ["delete", "supprime", "supprimer", "EFFACE", "retire"])
@pytest.mark.parametrize("who", [JO, ANIMATOR])
async def test_experience_is_deleted_by_its_author_or_an_animator(
    scene: Scene, verb: str, who: str
) -> None:
    await scene.say(SHARE)

    assert "E1" in await scene.answer(f"!exp {verb} E1 oui", sender=who)
    assert await stored(scene) is None


async def test_experience_is_not_deleted_by_others(scene: Scene) -> None:
    await scene.say(SHARE)

    await scene.say("!exp delete E1 yes", sender=MAX)
    await scene.say("!exp delete E1 yes", sender=ANIMATOR, room=OTHER_ROOM)

    assert await stored(scene) is not None


async def test_creator_of_a_room_of_two_is_no_animator_of_other_rooms(scene: Scene) -> None:
    await scene.say(SHARE, sender=MAX)
    scene.server.levels[JO] = 100

    await scene.say("exp delete E1 yes", sender=JO, room=PAIR)

    assert await stored(scene) is not None


async def test_sentence_that_begins_like_a_verb_is_shared(scene: Scene) -> None:
    await scene.say("!exp Supprimer les réunions → une lettre")

    item = await stored(scene)
    assert item is not None
    assert item.problem == "Supprimer les réunions"


@pytest.mark.parametrize("words", ["!exp E99", "!exp E99999999999999999999", "!exp E1 plus"])
async def test_experience_that_is_not_there_is_refused(scene: Scene, words: str) -> None:
    assert len(await scene.say(words)) == 1


async def test_nothing_is_kept_or_shown_in_a_room_of_trust(scene: Scene) -> None:
    await scene.say(SHARE)
    await scene.say("!settings capture off", sender=ANIMATOR)

    refused = await scene.answer("!partage A → B")
    shown = await scene.answer("!exp E1")
    found = await scene.answer("!cherche règlement")
    elsewhere = await scene.answer("cherche règlement", room=PAIR)

    assert await stored(scene, 2) is None
    assert "reste" in refused
    assert "une page" not in shown
    assert "une page" not in found + elsewhere
    assert "E1" not in found + elsewhere


async def test_share_handled_twice_is_kept_once(scene: Scene) -> None:
    entry = await scene.record(scene.message(SHARE))

    await scene.router.handle(entry)
    await scene.router.handle(entry)

    assert await stored(scene, 2) is None
    assert len(await scene.acts()) == 1


async def test_share_cannot_forge_a_mention_or_a_link(scene: Scene) -> None:
    forged = f'[x](https://matrix.to/#/{BOT}) <a href="https://x.org">x</a> @room → **b** <img>'
    acts = await scene.say(f"!partage {forged}") + await scene.say("!exp E1")

    for act in acts:
        assert "<a href" not in act.html
        assert "<img" not in act.html
        assert "<strong>b</strong>" not in act.html
        assert "@room" not in act.body
        assert act.content["m.mentions"] == {}


async def test_saved_answer_is_a_card(scene: Scene) -> None:
    [answer] = await scene.say(SHARE)
    await scene.deliver()

    assert answer.card == "experience:1"
    assert await scene.react(sent(answer.oid), "👍") == []
