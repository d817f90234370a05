"""The sections of the letter: each tells what it has to, and vanishes when there is nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import RoomId, UserId
from bot.storage import consent, letter, onboarding, room
from bot.storage.consent import Consent
from bot.storage.letter import State
from bot.storage.onboarding import Onboarding
from bot.storage.onboarding import State as Step
from bot.storage.room import Room
from tests.letter import FRIDAY, MARIE, a_week, tell
from tests.scene import ANIMATOR, ANIMATORS_ROOM, JO, MAX, NOW, OTHER_ROOM, ROOM, Act, Scene

GOLDEN = Path(__file__).parent.parent / "golden"
DAY = timedelta(days=1)
WORDS_PER_MINUTE = 200
"""How fast people read on a screen, at leisure."""


@pytest.fixture
async def place(scene: Scene) -> Scene:
    """A room that gets its letter on Fridays, unread by anybody before."""
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9), Room(ANIMATORS_ROOM)]
    await scene.database.write(lambda t: room.save(t, rooms))
    await scene.say("!lettre programme vendredi 9h", sender=ANIMATOR)
    await scene.say("!lettre relecture non", sender=ANIMATOR)
    return scene


async def letter_of(scene: Scene, where: RoomId = ROOM) -> str:
    """Return the letter of Friday, or nothing if there is none."""
    acts: list[Act] = await scene.wait(FRIDAY - scene.clock.at)
    said = [act.body for act in acts if act.room == where and "📰" in act.body]
    return said[0] if said else ""


async def come(scene: Scene, user: UserId, *, agrees: bool = True, withdrew: bool = False) -> None:
    """Let somebody come into the room, and agree to have it told in the letter or not."""
    item = Onboarding(user, ROOM, "{}", Step.DONE, NOW, NOW)
    await scene.database.write(lambda t: onboarding.create(t, item))
    if agrees:
        ended = NOW if withdrew else None
        await scene.database.write(lambda t: consent.put(t, Consent(user, "letter", 1, NOW, ended)))


async def all_of_it(scene: Scene) -> None:
    """Let a week happen in which there is something to tell in every section."""
    await a_week(scene.database, ROOM)
    await come(scene, JO)
    await scene.say("!demande Qui a déjà refait un formulaire d’état civil ?", sender=MAX)
    await scene.say("!rdv Atelier lexique | samedi 28 mars 14h-16h | Lyon", sender=ANIMATOR)
    await scene.say("!rdv modifier C1 limite vendredi 27 mars 18h", sender=ANIMATOR)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_full_letter_reads_as_in_the_golden_file_in_two_minutes(
    place: Scene, language: str, request: pytest.FixtureRequest
) -> None:
    await all_of_it(place)
    await place.say(f"!settings language {language}", sender=ANIMATOR)

    said = await letter_of(place)

    path = GOLDEN / f"letter.full.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == path.read_text(encoding="utf-8")
    assert len(said.split()) <= 2 * WORDS_PER_MINUTE


async def test_newcomers_are_named_who_agreed_and_stayed(place: Scene) -> None:
    await come(place, JO)
    await come(place, MAX, agrees=False)
    await come(place, ANIMATOR, withdrew=True)
    await come(place, MARIE)  # who is no member any more

    said = await letter_of(place)

    assert "Bienvenue à jo." in said


async def test_word_alone_is_no_letter(place: Scene) -> None:
    assert await letter_of(place) == ""
    async with place.database.read() as snapshot:
        found = await letter.issue(snapshot, ROOM, "2026-03-27")
    assert found is not None
    assert found.state is State.EMPTY


async def test_settled_and_foreign_requests_are_not_told(place: Scene) -> None:
    await place.say("!demande Encore ouverte ?", sender=MAX)
    await place.say("!demande Déjà réglée ?", sender=MAX)
    await place.say("!demande réglée Q2", sender=MAX)
    await place.say("!demande Ailleurs ?", sender=ANIMATOR, room=OTHER_ROOM)

    said = await letter_of(place)

    assert "Encore ouverte" in said
    assert "Déjà réglée" not in said
    assert "Ailleurs" not in said


async def test_request_taken_back_vanishes_before_the_letter(place: Scene) -> None:
    await tell(place.database, ROOM, "Un souci", NOW)
    command = place.message("!demande Retirée ?", sender=MAX)
    await place.hear(command)
    await place.redact(command.event_id, sender=MAX)

    assert "Retirée" not in await letter_of(place)


async def test_thanks_go_to_whose_experience_others_took_up_and_not_to_oneself(
    place: Scene,
) -> None:
    own = await tell(place.database, ROOM, "À moi", NOW, author=JO)
    theirs = await tell(place.database, ROOM, "À elle", NOW)
    await tell(place.database, ROOM, "Repris", NOW + DAY, author=JO, parent=own.id)
    await tell(place.database, ROOM, "Repris aussi", NOW + DAY, author=JO, parent=theirs.id)

    assert "Merci à marie, dont" in await letter_of(place)


async def test_registrations_that_close_later_are_not_told_yet(place: Scene) -> None:
    await tell(place.database, ROOM, "Un souci", NOW)
    await place.say("!rdv Université d’été | 10 juillet 9h | Lyon", sender=ANIMATOR)
    await place.say("!rdv modifier C1 limite 30 juin 18h", sender=ANIMATOR)

    assert "Université" not in await letter_of(place)
