"""Animators choose how newcomers of a room are greeted, and see it before anybody else does."""

from datetime import timedelta

import pytest

from bot.ids import UserId, direct_room
from tests.scene import ANIMATOR, JO, PAIR, ROOM, Scene

NEW = UserId("@new:example.org")
BATCH = timedelta(minutes=10)
OWN = "Présentez-vous ici en une phrase."


async def said_to(scene: Scene, user: UserId) -> str:
    await scene.move(user)
    return next(act.body for act in await scene.wait(BATCH) if act.room == ROOM)


async def test_own_words_count_from_the_next_arrival_on(scene: Scene) -> None:
    before = await said_to(scene, NEW)
    await scene.say(f"!accueil texte fr {OWN}", sender=ANIMATOR)
    after = await said_to(scene, UserId("@other:example.org"))
    assert (OWN in before, OWN in after) == (False, True)


async def test_words_change_while_somebody_waits(scene: Scene) -> None:
    await scene.move(NEW)
    await scene.say(f"!welcome text fr {OWN}", sender=ANIMATOR)
    assert OWN in (await scene.wait(BATCH))[0].body


async def test_words_of_another_language_wait_for_it(scene: Scene) -> None:
    await scene.say("!welcome text en Say hello.", sender=ANIMATOR)
    assert "Say hello" not in await said_to(scene, NEW)
    await scene.say("!settings language en", sender=ANIMATOR)
    assert "Say hello" in await said_to(scene, UserId("@other:example.org"))


async def test_usual_words_come_back(scene: Scene) -> None:
    await scene.say(f"!accueil texte fr {OWN}", sender=ANIMATOR)
    await scene.say("!accueil texte fr défaut", sender=ANIMATOR)
    assert OWN not in await said_to(scene, NEW)


async def test_preview_goes_to_who_asks_alone(scene: Scene) -> None:
    await scene.say(f"!accueil texte fr {OWN}", sender=ANIMATOR)
    acts = await scene.say("!accueil aperçu", sender=ANIMATOR)
    [preview] = [act for act in acts if act.room == direct_room(ANIMATOR)]
    [answer] = [act for act in acts if act.room == ROOM]
    assert OWN in preview.body
    assert OWN not in answer.body


async def test_animators_words_are_only_words(scene: Scene) -> None:
    await scene.say("!accueil texte fr <b>@room</b> [ici](https://evil) {names}", sender=ANIMATOR)
    await scene.move(NEW)
    [greeting] = [act for act in await scene.wait(BATCH) if act.room == ROOM]
    assert "<b>" not in greeting.html
    assert 'href="https://evil' not in greeting.html
    assert "@room" not in greeting.body
    assert "{names}" in greeting.body
    assert greeting.content["m.mentions"] == {"user_ids": [NEW]}


async def test_words_are_shown_with_who_chose_them(scene: Scene) -> None:
    await scene.say(f"!accueil texte fr {OWN}", sender=ANIMATOR)
    shown = await scene.answer("!accueil", sender=ANIMATOR)
    assert OWN in shown
    assert ANIMATOR in shown
    assert "en marche" in shown
    await scene.say("!accueil off", sender=ANIMATOR)
    assert "arrêté" in await scene.answer("!accueil voir", sender=ANIMATOR)


@pytest.mark.parametrize(
    "wrong",
    ["!accueil texte", "!accueil texte fr", "!accueil texte de Hallo", "!accueil chanter",
     f"!accueil texte fr {'a' * 501}"],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_with_an_example(scene: Scene, wrong: str) -> None:
    assert "!accueil texte fr Présentez-vous" in await scene.answer(wrong, sender=ANIMATOR)


async def test_only_animators_may(scene: Scene) -> None:
    assert ANIMATOR in await scene.answer(f"!accueil texte fr {OWN}", sender=JO)
    assert OWN not in await said_to(scene, NEW)


async def test_direct_message_is_no_room_to_greet_in(scene: Scene) -> None:
    scene.server.levels[JO] = 100
    assert "salon" in await scene.answer("!accueil off", sender=JO, room=PAIR)


async def test_edited_words_are_corrected_by_saying_them_again(scene: Scene) -> None:
    await scene.say("!accueil texte fr Un", sender=ANIMATOR)
    await scene.say("!accueil texte fr Deux", sender=ANIMATOR)
    greeting = await said_to(scene, NEW)
    assert ("Un" in greeting.split("!")[1], "Deux" in greeting) == (False, True)
