"""``!start`` and the conversation with a newcomer: every step, interruption and correction."""

from datetime import timedelta

import pytest

from bot.ids import EventId, direct_room
from bot.services import profile
from bot.services.profile import Field
from bot.storage import onboarding as stored
from bot.storage import question
from bot.storage.onboarding import State
from tests.onboarding import begin, said, state, tap, wait, write
from tests.scene import JO, MAX, PAIR, ROOM, Scene, sent

ALL = ("oui", "Mairie de Lyon, action publique", "des idées", "animer un atelier")
DAY = timedelta(days=1)


async def filled(scene: Scene) -> dict[Field, str]:
    async with scene.database.read() as snapshot:
        return {item.field: item.value for item in await profile.of_user(snapshot, JO)}


async def test_newcomer_is_told_who_we_are_and_asked_whether_to_begin(scene: Scene) -> None:
    acts = await begin(scene)

    introduction, notice, hello = said(acts)
    assert "Les praticiens" in introduction
    assert "oubliezmoi" in notice
    assert "3 petites questions" in hello
    assert {act.room for act in acts} == {direct_room(JO)}
    assert acts[0].content["msgtype"] == "m.text"
    keys = [act.content["m.relates_to"] for act in acts if act.type == "m.reaction"]
    assert [key["key"] for key in keys if isinstance(key, dict)] == ["✅", "🕐", "⏹"]


async def test_newcomer_is_greeted_once(scene: Scene) -> None:
    await begin(scene)

    assert await begin(scene) == []


async def test_at_most_five_short_messages_are_typed(scene: Scene) -> None:
    await begin(scene)

    acts = await write(scene, "oui", "service innovation", "économie", "des idées", "du temps")

    recap, steps = said(acts)
    assert "des idées" in recap
    assert "commencer" not in steps
    assert (await state(scene)).state is State.DONE


async def test_answers_go_into_the_profile_at_the_end(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:-1])
    assert await filled(scene) == {}

    [recap, _] = said(await write(scene, ALL[-1]))

    assert await filled(scene) == {
        Field.ORGANISATION: "Mairie de Lyon",
        Field.WORLD: "public",
        Field.SEEKS: "des idées",
        Field.OFFERS: "animer un atelier",
    }
    assert "action publique" in recap
    assert "!moi cacher offre" in recap


async def test_world_is_asked_for_where_it_was_not_said(scene: Scene) -> None:
    await begin(scene)

    [asked] = said(await write(scene, "oui", "Chez Martin & filles"))
    assert "quel monde" in asked
    await tap(scene, "💼")

    assert "2 sur 3" in said(await scene.acts())[-1]
    await write(scene, "passer", "passer")
    assert (await filled(scene))[Field.WORLD] == "economy"


@pytest.mark.parametrize("words", ["3", "Économie", "plutôt l’économie", "entreprise"])
async def test_world_can_be_typed(scene: Scene, words: str) -> None:
    await begin(scene)

    await write(scene, "oui", "Chez Martin", words, "passer", "passer")

    assert (await filled(scene))[Field.WORLD] == "economy"


async def test_everything_can_be_skipped(scene: Scene) -> None:
    await begin(scene)

    [recap, steps] = said(await write(scene, "oui", "passer", "skip", "⏭"))

    assert "rien dit de vous" in recap
    assert "compagnonnage" in steps
    assert await filled(scene) == {}


async def test_everything_can_be_tapped(scene: Scene) -> None:
    await begin(scene)
    for key in ("✅", "⏭", "⏭"):
        await tap(scene, key)

    [recap, _] = said(await tap(scene, "⏭"))

    assert "rien dit de vous" in recap


async def test_one_can_go_back(scene: Scene) -> None:
    await begin(scene)

    [asked] = said(await write(scene, "oui", "mairie de Lyon", "retour"))

    assert "quel monde" in asked
    assert "action publique" in asked
    await write(scene, "science", "rien", "rien")
    assert (await filled(scene))[Field.WORLD] == "science"


@pytest.mark.parametrize("words", ["stop", "Arrêter !", "⏹", "non merci", "laissez-moi tranquille"])
async def test_stop_is_final(scene: Scene, words: str) -> None:
    await begin(scene)

    [answer] = said(await write(scene, words))

    assert "je ne vous poserai plus" in answer
    assert await wait(scene, 30 * DAY) == []
    assert await begin(scene) == []
    assert (await state(scene)).state is State.STOPPED


async def test_stop_in_the_middle_keeps_nothing(scene: Scene) -> None:
    await begin(scene)

    await write(scene, *ALL[:-1], "stop")

    assert await filled(scene) == {}
    assert "idées" not in (await state(scene)).draft


async def test_later_asks_again_once_after_three_days(scene: Scene) -> None:
    await begin(scene)
    [answer] = said(await write(scene, "plus tard"))
    assert "trois jours" in answer

    assert await wait(scene, 2 * DAY) == []
    [again] = said(await wait(scene, 2 * DAY))
    assert again.startswith("Vous m’aviez dit")
    [answer] = said(await write(scene, "plus tard"))

    assert "ne vous relancerai plus" in answer
    assert await wait(scene, 30 * DAY) == []


async def test_later_in_the_middle_goes_on_where_it_was(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:2], "plus tard")

    [again] = said(await wait(scene, 3 * DAY))

    assert "2 sur 3" in again
    await write(scene, *ALL[2:])
    assert len(await filled(scene)) == 4


async def test_silence_is_met_by_one_reminder_and_then_rest(scene: Scene) -> None:
    await begin(scene)

    [reminder] = said(await wait(scene, 3 * DAY))
    assert reminder.startswith("Ma question vous a peut-être échappé")
    assert await wait(scene, 8 * DAY) == []

    assert (await state(scene)).state is State.RESTING
    [hint] = said(await write(scene, "bonjour"))
    assert "commandes" in hint


async def test_nothing_is_asked_at_night(scene: Scene) -> None:
    await begin(scene)

    assert await wait(scene, 2 * DAY + timedelta(hours=9)) == []
    [reminder] = said(await wait(scene, timedelta(hours=10)))

    assert "Ma question" in reminder


async def test_start_resumes_after_a_rest(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:2])
    await wait(scene, 3 * DAY)
    await wait(scene, 8 * DAY)

    [asked] = said(await write(scene, "!commencer"))

    assert "2 sur 3" in asked
    await write(scene, *ALL[2:])
    assert len(await filled(scene)) == 4


async def test_start_in_a_room_goes_on_in_private(scene: Scene) -> None:
    acts = await scene.say("!commencer")

    answer, *private = [act for act in acts if act.type == "m.room.message"]
    assert answer.room == ROOM
    assert {act.room for act in private} == {direct_room(JO)}
    assert "1 sur 3" in private[-1].body
    await write(scene, *ALL[1:])
    assert len(await filled(scene)) == 4


async def test_start_after_a_stop_begins_anew(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:2], "stop")

    [asked] = said(await write(scene, "commencer"))

    assert "1 sur 3" in asked


async def test_start_after_the_end_shows_what_was_said(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL)

    [recap] = said(await write(scene, "start"))

    assert "animer un atelier" in recap


async def test_command_in_between_leaves_the_question_open(scene: Scene) -> None:
    await begin(scene)
    await write(scene, "oui", "!ping", "aide")

    [asked] = said(await write(scene, "mairie de Lyon"))

    assert "2 sur 3" in asked


async def test_language_can_change_in_the_middle(scene: Scene) -> None:
    await begin(scene)
    await write(scene, "oui", "!lang en")

    [asked] = said(await write(scene, "Lyon town hall, public action"))

    assert "2 of 3" in asked
    [recap, _] = said(await write(scene, "ideas", "time"))
    assert "public action" in recap


@pytest.mark.parametrize(
    ("said_before", "words", "expected"),
    [
        ([], "Qui êtes-vous ?", "si nous commençons"),
        (["oui"], "oui", "avec vos mots"),
        (["oui", "Chez Martin"], "ailleurs", "quatre mondes"),
        (["oui", "mairie"], "x" * 501, "un peu long"),
        (["oui"], "x" * 201, "un peu long"),
    ],
)
async def test_answer_that_is_none_is_met_kindly_and_leaves_the_question_open(
    scene: Scene, said_before: list[str], words: str, expected: str
) -> None:
    await begin(scene)
    await write(scene, *said_before)

    [answer] = said(await write(scene, words))

    assert expected in answer
    async with scene.database.read() as snapshot:
        assert await question.newest(snapshot, JO) is not None


async def test_edited_answer_replaces_the_earlier_one(scene: Scene) -> None:
    await begin(scene)
    await write(scene, "oui")
    answer = scene.message("mairie de Lion", room=PAIR)
    await scene.hear(answer)

    assert said(await scene.edit(answer, "mairie de Lyon")) == []
    await write(scene, "passer", "passer")

    assert (await filled(scene))[Field.ORGANISATION] == "mairie de Lyon"


async def test_answer_edited_after_the_end_corrects_profile_and_recap(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:2])
    answer = scene.message("des idees", room=PAIR)
    await scene.hear(answer)
    await write(scene, "du temps")

    [edit] = await scene.edit(answer, "des idées")

    assert edit.content["m.relates_to"] == {"rel_type": "m.replace"}
    assert (await filled(scene))[Field.SEEKS] == "des idées"


async def test_redacted_answer_leaves_draft_profile_and_recap(scene: Scene) -> None:
    await begin(scene)
    await write(scene, *ALL[:2])
    answer = scene.message("un secret", room=PAIR)
    await scene.hear(answer)
    await write(scene, "du temps")
    await scene.deliver()

    redaction, recap = await scene.redact(answer.event_id, room=PAIR)

    assert redaction.type == "m.room.redaction"
    assert "secret" not in recap.body
    assert Field.SEEKS not in await filled(scene)
    assert "secret" not in (await state(scene)).draft


async def test_reaction_taken_away_takes_the_answer_back(scene: Scene) -> None:
    await begin(scene)
    await write(scene, "oui", "Chez Martin")
    await tap(scene, "💼")
    async with scene.database.read() as snapshot:
        events = await question.answers(snapshot, JO, "onboarding")

    await scene.redact(EventId(events["world"]), room=PAIR)
    await write(scene, "passer", "passer")

    assert await filled(scene) == {Field.ORGANISATION: "Chez Martin"}


async def test_another_person_cannot_answer(scene: Scene) -> None:
    await begin(scene)
    await scene.deliver()

    assert await scene.say("oui", sender=MAX) == []
    assert (await state(scene)).state is State.GREETED


async def test_onboarding_moves_with_its_room(scene: Scene) -> None:
    await begin(scene)
    await scene.database.write(lambda t: stored.move(t, ROOM, PAIR))

    assert (await state(scene)).room_id == PAIR


async def test_tap_on_the_first_steps_asks_for_a_companion_and_taking_it_away_stops_it(
    scene: Scene,
) -> None:
    await begin(scene)
    acts = await write(scene, "oui", "passer", "passer", "passer")
    [steps] = [act for act in acts if (act.card or "").startswith("companion_offer:")]
    [button] = [act for act in acts if act.type == "m.reaction"]
    assert "🤝 un compagnon" in steps.body
    assert button.content["m.relates_to"]["key"] == "🤝"  # type: ignore[index]  # a mapping
    await scene.deliver()
    reaction = scene.reaction(sent(steps.oid), "🤝", room=PAIR)

    [begun] = await scene.hear(reaction)
    [stopped] = await scene.redact(reaction.event_id, room=PAIR)

    assert "Je cherche quelqu’un pour vous guider" in begun.body
    assert "C’est arrêté" in stopped.body
    assert await scene.react(sent(steps.oid), "🤝", sender=MAX, room=PAIR) == []
