"""Finding experiences: by words, by filters, page by page, and never those of another room."""

from datetime import timedelta

import pytest

from tests.scene import ANIMATOR, JO, MAX, OTHER_ROOM, PAIR, ROOM, Scene


async def fill(scene: Scene) -> None:
    """Let three experiences be shared in the room, and one elsewhere."""
    await scene.say("!partage Personne ne lit le règlement → une page dessinée #accueil")
    scene.clock.pass_by(timedelta(days=40))
    await scene.say("!partage Réunions trop longues → debout #réunion", sender=MAX)
    await scene.say("!partage Une affiche à l'accueil des habitants #Accueil")
    await scene.say("!partage Le règlement d'ailleurs → autre", sender=ANIMATOR, room=OTHER_ROOM)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("reglements dessiner", {"E1"}),
        ("RÈGLEMENT", {"E1"}),
        ("accueil", {"E1", "E3"}),
        ("#accueil", {"E1", "E3"}),
        ("#accueil affiche", {"E3"}),
        ("by:@max:example.org", {"E2"}),
        ("par:@max", {"E2"}),
        ("by:@nobody", set()),
        ("since:30j", {"E2", "E3"}),
        ("depuis:2026-04-01 accueil", {"E3"}),
        ("in:!accueil:example.org règlement", {"E1"}),
        ("in:!ailleurs:example.org règlement", set()),
        ("dans:#accueil:example.org règlement", {"E1"}),
        ("in:#nowhere:example.org règlement", set()),
        ('"règlement*) -dessinée', {"E1"}),
    ],
)
async def test_search_finds(scene: Scene, words: str, found: set[str]) -> None:
    await fill(scene)
    scene.server.aliases["#accueil:example.org"] = ROOM

    answer = await scene.answer(f"!cherche {words}")

    assert {name for name in ("E1", "E2", "E3", "E4") if name in answer} == found


async def test_search_in_a_room_never_shows_another(scene: Scene) -> None:
    await fill(scene)

    assert "E1" not in await scene.answer("!search règlement", sender=ANIMATOR, room=OTHER_ROOM)
    assert "E4" in await scene.answer("!search règlement", sender=ANIMATOR, room=OTHER_ROOM)


async def test_search_alone_shows_all_rooms_of_the_member_and_no_other(scene: Scene) -> None:
    await fill(scene)

    before = await scene.answer("search règlement", room=PAIR)
    scene.server.members[OTHER_ROOM].add(JO)
    both = await scene.answer("search règlement", room=PAIR)
    narrowed = await scene.answer("search règlement in:!ailleurs:example.org", room=PAIR)

    assert ("E1" in before, "E4" in before) == (True, False)
    assert ("E1" in both, "E4" in both) == (True, True)
    assert ("E1" in narrowed, "E4" in narrowed) == (False, True)


async def test_search_says_that_nothing_was_found(scene: Scene) -> None:
    assert "zzqqxx" in await scene.answer("!cherche zzqqxx")


@pytest.mark.parametrize("words", ["", "since:never"])
async def test_search_for_nothing_sensible_is_refused(scene: Scene, words: str) -> None:
    assert "!cherche" in await scene.answer(f"!cherche {words}")


async def test_list_shows_the_newest_first(scene: Scene) -> None:
    await fill(scene)

    shown = await scene.answer("!exps")

    assert shown.index("E3") < shown.index("E2") < shown.index("E1")
    assert "max" in shown
    assert "E4" not in shown


@pytest.mark.parametrize(
    ("words", "found"), [("#accueil", "E3"), ("@max", "E2"), ("since:1d", "E2")]
)
async def test_list_is_filtered(scene: Scene, words: str, found: str) -> None:
    await fill(scene)

    shown = await scene.answer(f"!exps {words}")

    assert found in shown
    assert ("E1" in shown) == (words == "#accueil")


async def test_list_of_nothing_says_how_to_begin(scene: Scene) -> None:
    assert "!partage" in await scene.answer("!exps")


async def test_long_list_comes_in_pages(scene: Scene) -> None:
    for number in range(23):
        await scene.say(f"!partage Problème {number} → solution")

    first, offer = await scene.say("!exps")
    second, _offer = await scene.say("!suite")
    [third] = await scene.say("!suite")

    assert offer.type == "m.reaction"
    assert ("E23" in first.body, "E13" in first.body, "13" in first.body) == (True, False, True)
    assert ("E13" in second.body, "E4" in second.body) == (True, True)
    assert "E3" in third.body


async def test_list_names_authors_without_mentioning_them(scene: Scene) -> None:
    await fill(scene)

    [shown] = await scene.say("!exps")

    assert shown.content["m.mentions"] == {}
