"""The desk: what waits for the animators on one page, and only for them."""

from datetime import timedelta

import pytest

from bot.ids import Oid
from bot.storage import newcomer, outbox, room
from bot.storage.newcomer import Newcomer
from bot.storage.newcomer import State as Coming
from bot.storage.outbox import Parcel, State
from bot.storage.room import Room
from tests.scene import ANIMATOR, ANIMATORS_ROOM, JO, NOW, OTHER_ROOM, ROOM, Scene


@pytest.fixture
async def place(scene: Scene) -> Scene:
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9), Room(ANIMATORS_ROOM)]
    await scene.database.write(lambda t: room.save(t, rooms))
    return scene


async def test_empty_desk_says_so(place: Scene) -> None:
    assert "vide" in await place.answer("!bureau", sender=ANIMATOR)


async def test_desk_shows_what_waits_each_with_its_command(place: Scene) -> None:
    await place.say("!annonce demain 9h | À confirmer", sender=ANIMATOR)
    await place.say("!annonce jeudi 9h | Prévue", sender=ANIMATOR)
    await place.say("!annonce confirme A2", sender=ANIMATOR)
    await place.say("!lettre programme vendredi 9h", sender=ANIMATOR)

    shown = await place.answer("!bureau", sender=ANIMATOR)

    for part in ("!annonce montre A1", "!annonce montre A2", f"!lettre aperçu {ROOM}"):
        assert part in shown
    assert shown.index("A1") < shown.index("A2") < shown.index("!lettre aperçu")


async def test_desk_counts_what_could_not_be_sent(place: Scene) -> None:
    now = place.clock.now()
    dead = Parcel(Oid("x"), ROOM, ROOM, "m.room.message", {"body": "x"}, now)
    await place.database.write(lambda t: _enqueue(t, dead))
    await place.database.write(
        lambda t: outbox.mark_stopped(t, dead.oid, State.DEAD, "M_FORBIDDEN")
    )

    assert "a refusés\u00a0: 1" in await place.answer("!bureau", sender=ANIMATOR)


async def test_desk_shows_requests_that_nobody_answered_and_silent_newcomers(place: Scene) -> None:
    await place.say("!demande Qui a refait un formulaire ?")
    await place.say("!demande Déjà réglée ?")
    await place.say("!demande réglée Q2")
    came = NOW - timedelta(days=5)
    for n, has_stepped in enumerate((True, False, False)):
        item = Newcomer(ROOM, f"p{n}", Coming.GREETED, came, came, has_stepped=has_stepped)
        await place.database.write(lambda t, item=item: newcomer.save(t, item))  # type: ignore[misc]  # a test's lambda

    shown = await place.answer("!bureau", sender=ANIMATOR)

    assert "Qui a refait un formulaire" in shown
    assert "!demande réglée Q1" in shown
    assert "Déjà réglée ?" not in shown
    assert "sans premier pas depuis deux jours ou plus\u00a0: 2" in shown


async def test_desk_is_for_animators(place: Scene) -> None:
    await place.say("!annonce demain 9h | Secret", sender=ANIMATOR)

    shown = await place.answer("!bureau", sender=JO)

    assert "A1" not in shown
    assert "Secret" not in shown


async def test_desk_reads_in_english(place: Scene) -> None:
    await place.say("!lang en", sender=ANIMATOR)
    await place.say("!announce tomorrow 9am | To confirm", sender=ANIMATOR)

    shown = await place.answer("!desk", sender=ANIMATOR)

    assert "To decide" in shown
    assert "!announce show A1" in shown


async def _enqueue(transaction: object, parcel: Parcel) -> None:
    outbox.enqueue(transaction, parcel)  # type: ignore[arg-type]  # of the test
