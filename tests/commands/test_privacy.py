"""What somebody agrees to is dated, and withdrawn at once; the notice says what is kept."""

from datetime import timedelta

import pytest

from bot.services import privacy
from bot.services.privacy import Choice
from bot.storage import consent
from tests.scene import JO, MAX, PAIR, Scene


async def agreed(scene: Scene) -> set[Choice]:
    async with scene.database.read() as reader:
        return set(await privacy.agreed(reader, JO))


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("oui annuaire", Choice.DIRECTORY),
        ("yes directory", Choice.DIRECTORY),
        ("lettre oui", Choice.LETTER),
        ("OUI Compagnonnage", Choice.COMPANION),
    ],
)
async def test_consent_is_given_and_withdrawn(scene: Scene, words: str, choice: Choice) -> None:
    await scene.say(f"!confidentialité {words}")
    assert await agreed(scene) == {choice}
    scene.clock.pass_by(timedelta(days=1))
    await scene.say(f"!privacy no {choice}")

    assert await agreed(scene) == set()
    async with scene.database.read() as reader:
        item = (await consent.of_user(reader, JO))[choice]
    assert item.withdrawn_at == item.given_at + timedelta(days=1)


async def test_withdrawn_directory_is_not_given_back_by_filling_the_profile(scene: Scene) -> None:
    await scene.say("!moi lieu Nantes")
    assert await agreed(scene) == {Choice.DIRECTORY}
    await scene.say("!confidentialité non annuaire")
    await scene.say("!moi lieu Lyon")

    assert await agreed(scene) == set()


async def test_notice_says_who_what_and_how_to_decide(scene: Scene) -> None:
    await scene.say("!confidentialité oui annuaire")
    answer = await scene.answer("confidentialité", room=PAIR)

    for words in ("Les praticiens", "24 mars", "!mesdonnées", "!oubliezmoi", "CNIL"):
        assert words in answer
    assert answer.count("✅") == 1
    assert "✅" not in await scene.answer("!privacy", sender=MAX)


@pytest.mark.parametrize("words", ["oui", "annuaire", "oui non annuaire", "oui tout"])
async def test_mistake_is_answered_with_an_example(scene: Scene, words: str) -> None:
    assert "!confidentialité non annuaire" in await scene.answer(f"!confidentialité {words}")
    assert await agreed(scene) == set()
