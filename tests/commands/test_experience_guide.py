"""An experience is told in a conversation: as far as one likes, and kept across restarts."""

import pytest

from bot.storage import experience, question
from bot.storage.experience import Experience
from tests.scene import ANIMATOR, JO, MAX, PAIR, ROOM, Act, Scene, sent


async def stored(scene: Scene, number: int = 1) -> Experience | None:
    async with scene.database.read() as snapshot:
        return await experience.get(snapshot, number)


def words(acts: list[Act]) -> str:
    return "\n".join(act.body for act in acts if act.type == "m.room.message")


async def tell(scene: Scene, *answers: str) -> str:
    """Answer one question after the other in the direct message; return what is said last."""
    said = ""
    for answer in answers:
        said = words(await scene.say(answer, room=PAIR))
    return said


async def test_conversation_makes_an_experience_and_shows_it_in_its_room(scene: Scene) -> None:
    started = await scene.say("!partage")
    assert [act.room for act in started][:2] == [ROOM, f"direct:{JO}"]
    assert "⏭ passer" in words(started)

    preview = await tell(scene, "Personne ne lit le règlement", "une page dessinée", "aperçu")
    assert "une page dessinée" in preview
    assert await stored(scene) is None
    acts = await scene.say("publier", room=PAIR)

    item = await stored(scene)
    assert item is not None
    assert (item.room_id, item.problem, item.solution) == (
        ROOM,
        "Personne ne lit le règlement",
        "une page dessinée",
    )
    [card] = [act for act in acts if act.room == ROOM]
    assert "une page dessinée" in card.body
    assert "Par jo" in card.body


async def test_preview_is_taken_back_with_the_experience(scene: Scene) -> None:
    await scene.say("!partage")
    await scene.deliver()
    await tell(scene, "Personne ne lit le règlement", "une page dessinée")
    shown = await scene.say("aperçu", room=PAIR)
    [preview] = [act for act in shown if "une page dessinée" in act.body]
    await scene.deliver()
    await scene.say("publier", room=PAIR)
    await scene.deliver()

    await scene.say("!exp delete E1 yes")

    redacted = {act.target for act in await scene.fire() if act.type == "m.room.redaction"}
    assert f"oid:{preview.oid}" in redacted


async def test_other_name_of_the_command_asks_as_well(scene: Scene) -> None:
    await scene.say("!exp")
    await tell(scene, "Trop long", "fini", "publier")

    assert await stored(scene) is not None


async def test_every_field_can_be_told_or_skipped(scene: Scene) -> None:
    await scene.say("!partage")
    said = await tell(
        *(scene, "Trop long", "une affiche", "une mairie", "un atelier", "passer", "skip"),
        *("⏭", "la durée", "deux jours", "jo@example.org", "accueil #dessin", "mairie", "Lyon"),
    )
    assert "« Trop long »" in said.replace("\u00a0", " ")
    await tell(scene, "oui", "publier")

    item = await stored(scene)
    assert item is not None
    assert item.told == {
        "title": "Trop long",
        "context": "une mairie",
        "problem": "Trop long",
        "solution": "une affiche",
        "how": "un atelier",
        "to_adapt": "la durée",
        "means": "deux jours",
        "contact": "jo@example.org",
        "world": "public",
        "place": "Lyon",
    }
    assert item.tags == {"accueil", "dessin"}


async def test_draft_survives_and_commands_work_in_between(scene: Scene) -> None:
    await scene.say("!partage")
    await tell(scene, "Trop long")
    assert "pong" in words(await scene.say("!ping", room=PAIR)).lower()
    assert "partage" in await tell(scene, "plus tard")

    again = Scene(scene.database)
    await again.preferences.load()
    again._numbers = scene._numbers
    again.clock = scene.clock
    resumed = words(await again.say("!partage"))
    assert "a aidé" in resumed
    await tell(again, "une affiche", "fini", "publier")

    item = await stored(scene)
    assert item is not None
    assert (item.problem, item.solution) == ("Trop long", "une affiche")


async def test_stop_forgets_the_draft(scene: Scene) -> None:
    await scene.say("!partage")
    await tell(scene, "Trop long", "stop")

    assert "n’allait pas" in words(await scene.say("!partage"))
    assert await stored(scene) is None


async def test_what_does_not_fit_leaves_the_question_open(scene: Scene) -> None:
    await scene.say("!partage")
    await tell(scene, "Trop long", *("passer",) * 10)
    assert "monde" in await tell(scene, "la lune")

    async with scene.database.read() as snapshot:
        asked = await question.newest(snapshot, JO)
    assert asked is not None
    assert asked.reference == f"{ROOM}|world"


async def test_nothing_told_is_not_published(scene: Scene) -> None:
    await scene.say("!partage")

    assert "n’allait pas" in await tell(scene, "aperçu")


async def test_conversation_alone_with_the_bot_stays_there(scene: Scene) -> None:
    await scene.say("partage", room=PAIR)
    said = await tell(scene, "Trop long", "fini", "publier")

    item = await stored(scene)
    assert item is not None
    assert item.room_id == PAIR
    assert "communauté" in said


async def test_who_left_the_room_publishes_nothing_there(scene: Scene) -> None:
    await scene.say("!partage")
    await tell(scene, "Trop long", "fini")
    scene.server.members[ROOM].remove(JO)

    await tell(scene, "publier")

    assert await stored(scene) is None


async def test_nothing_is_asked_in_a_room_of_trust(scene: Scene) -> None:
    await scene.say("!settings capture off", sender=ANIMATOR)

    assert [act.room for act in await scene.say("!partage")] == [ROOM]


async def test_reactions_answer_as_well(scene: Scene) -> None:
    await scene.say("partage", room=PAIR)
    asked, *_ = await scene.say("Trop long", room=PAIR)
    await scene.deliver()
    preview, *_ = await scene.react(sent(asked.oid), "👁", room=PAIR)
    await scene.deliver()
    await scene.react(sent(preview.oid), "📣", room=PAIR)

    assert await stored(scene) is not None


@pytest.mark.parametrize("sender", [MAX, ANIMATOR])
async def test_others_answer_nothing(scene: Scene, sender: str) -> None:
    await scene.say("!partage")

    assert await scene.say("Un problème", sender=sender) == []  # type: ignore[arg-type]  # a user id
