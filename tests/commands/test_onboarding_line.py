"""``!welcome question`` and ``!welcome us``: what newcomers are told and asked, in the chat."""

import pytest

from bot.ids import RoomId
from bot.services import profile
from bot.services.profile import Field
from bot.storage import onboarding_line
from tests.onboarding import begin, said, write
from tests.scene import ANIMATOR, JO, ROOM, Scene

NEW_ROOM = RoomId("!suite:example.org")


async def decide(scene: Scene, words: str) -> str:
    return await scene.answer(words, sender=ANIMATOR)


async def test_questions_are_listed(scene: Scene) -> None:
    listed = await decide(scene, "!accueil question")

    assert "1. Où travaillez-vous" in listed
    assert "3. Que pouvez-vous apporter" in listed
    assert "(réponse dans\u00a0: offre)" in listed


async def test_question_is_added_and_asked_at_once(scene: Scene) -> None:
    assert "question 4" in await decide(scene, "!welcome question add Qu’est-ce qui vous amène ?")

    await begin(scene)
    [asked] = said(await write(scene, "oui", "passer", "passer", "passer"))

    assert "4 sur 4. Qu’est-ce qui vous amène ?" in asked
    await write(scene, "la curiosité")
    async with scene.database.read() as snapshot:
        told = {item.field: item.value for item in await profile.of_user(snapshot, JO)}
    assert told == {Field.ABOUT: "la curiosité"}


async def test_answer_goes_into_the_field_that_is_named(scene: Scene) -> None:
    await decide(scene, "!accueil question ajouter fr talents: Que savez-vous faire ?")
    await begin(scene)

    await write(scene, "oui", "passer", "passer", "passer", "dessiner")

    async with scene.database.read() as snapshot:
        told = {item.field: item.value for item in await profile.of_user(snapshot, JO)}
    assert told == {Field.TALENTS: "dessiner"}


async def test_two_questions_for_one_field_are_both_kept(scene: Scene) -> None:
    await decide(scene, "!accueil question ajouter Une ?")
    await decide(scene, "!accueil question ajouter Deux ?")
    await begin(scene)

    await write(scene, "oui", "passer", "passer", "passer", "un", "deux")

    async with scene.database.read() as snapshot:
        [told] = await profile.of_user(snapshot, JO)
    assert told.value == "un\ndeux"


async def test_question_is_worded_anew_in_each_language(scene: Scene) -> None:
    await decide(scene, "!accueil question modifier 2 fr Quel est votre rêve ?")
    await decide(scene, "!welcome question edit 2 en What is your dream?")
    await begin(scene)

    [asked] = said(await write(scene, "oui", "passer"))
    assert "Quel est votre rêve ?" in asked

    await write(scene, "!lang en")
    [asked] = said(await write(scene, "back", "skip", "skip"))
    assert "dream" in asked or "offer" in asked


async def test_removed_question_is_not_asked(scene: Scene) -> None:
    await decide(scene, "!accueil question retirer 1")
    await begin(scene)

    [asked] = said(await write(scene, "oui"))

    assert "1 sur 2. Que cherchez-vous" in asked


async def test_question_removed_in_the_middle_is_not_waited_for(scene: Scene) -> None:
    await begin(scene)
    await write(scene, "oui", "mairie")
    await decide(scene, "!accueil question retirer 2")

    acts = said(await write(scene, "des idées"))

    assert "2 sur 2. Que pouvez-vous apporter" in acts[-1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("!accueil question modifier 9 Quoi ?", "pas de question 9"),
        ("!accueil question retirer deux", "pas de question deux"),
        ("!accueil question retirer 0", "pas de question 0"),
        ("!accueil question ajouter", "manque les mots"),
        ("!accueil question ajouter fr", "manque les mots"),
        ("!accueil question danser", "danser"),
        ("!accueil question ajouter " + "x" * 501, "500"),
        ("!accueil nous", "manque les mots"),
    ],
)
async def test_wish_that_is_not_understood_is_met_with_an_example(
    scene: Scene, words: str, expected: str
) -> None:
    answer = await decide(scene, words)

    assert expected in answer
    async with scene.database.read() as snapshot:
        assert await onboarding_line.of_room(snapshot, ROOM) == []


async def test_there_are_no_more_than_six_questions_and_at_least_one(scene: Scene) -> None:
    for _ in range(3):
        await decide(scene, "!accueil question ajouter Et encore ?")
    assert "déjà 6 questions" in await decide(scene, "!accueil question ajouter Et encore ?")

    for _ in range(5):
        await decide(scene, "!accueil question retirer 1")
    assert "la dernière question" in await decide(scene, "!accueil question retirer 1")


async def test_community_says_in_its_own_words_who_it_is(scene: Scene) -> None:
    await decide(scene, "!accueil nous fr Nous réparons *le* service public.")
    await decide(scene, "!welcome us en We mend public service.")

    assert "Nous réparons *le* service public." in said(await begin(scene))[0]
    assert "Nous réparons" in await decide(scene, "!accueil question")


async def test_usual_words_come_back(scene: Scene) -> None:
    await decide(scene, "!accueil nous Nous réparons.")
    await decide(scene, "!accueil nous défaut")

    assert "Les praticiens" in said(await begin(scene))[0]


async def test_only_animators_decide(scene: Scene) -> None:
    assert ANIMATOR in await scene.answer("!accueil question ajouter Quoi ?")
    async with scene.database.read() as snapshot:
        assert await onboarding_line.of_room(snapshot, ROOM) == []


async def test_lines_move_with_their_room_and_go_with_it(scene: Scene) -> None:
    await decide(scene, "!accueil question ajouter Quoi ?")

    await scene.database.write(lambda t: onboarding_line.move(t, ROOM, NEW_ROOM))
    async with scene.database.read() as snapshot:
        assert len(await onboarding_line.of_room(snapshot, NEW_ROOM)) == 4

    await scene.database.write(lambda t: onboarding_line.forget(t, [NEW_ROOM]))
    async with scene.database.read() as snapshot:
        assert await onboarding_line.of_room(snapshot, NEW_ROOM) == []
