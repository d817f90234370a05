"""Who is found, by what, where; and who must not be."""

import pytest

from bot.storage import room
from bot.storage.room import Room
from tests.scene import ANIMATOR, BOT, JO, MAX, OTHER_ROOM, PAIR, ROOM, Scene


@pytest.fixture
async def people(scene: Scene) -> Scene:
    """A scene in which Max and Anne say who they are."""
    rooms = [
        Room(ROOM, joined_count=4),
        Room(OTHER_ROOM, joined_count=3),
        Room(PAIR, joined_count=2),
    ]
    await scene.database.write(lambda t: room.save(t, rooms))
    await scene.say("!moi talents facilitation d’expérimentations, dataviz", sender=MAX)
    await scene.say("!moi lieu Nantes", sender=MAX)
    await scene.say("!moi outils dataviz", sender=ANIMATOR, room=OTHER_ROOM)
    return scene


@pytest.mark.parametrize("words", ["facilitation", "FACILITATIONS", "experimentation", "facil"])
async def test_people_are_found_with_the_reason(people: Scene, words: str) -> None:
    answer = await people.answer(f"!qui {words}")

    assert f"Max ({MAX})" in answer
    assert "talents\u00a0: facilitation d’expérimentations, dataviz" in answer
    assert "Nantes" not in answer


async def test_hidden_lines_find_nobody_and_are_not_shown(people: Scene) -> None:
    await people.say("!moi cacher talents", sender=MAX)

    assert "personne" in await people.answer("!qui facilitation")
    answer = await people.answer("!qui nantes")
    assert "facilitation" not in answer.partition("\n")[2]


async def test_who_withdrew_from_the_directory_is_not_found(people: Scene) -> None:
    await people.say("!partage Une facilitation ratée → recommencer", sender=MAX)
    await people.say("!confidentialité non annuaire", sender=MAX)
    assert MAX not in await people.answer("!qui facilitation")

    await people.say("!privacy yes directory", sender=MAX)
    assert MAX in await people.answer("!qui facilitation")


async def test_people_are_found_by_what_they_shared(people: Scene) -> None:
    await people.say("!partage Un lexique incompris → des mots simples", sender=MAX)

    assert "a partagé E1" in await people.answer("!qui lexiques")


async def test_only_those_who_share_a_room_with_the_asker_are_found(people: Scene) -> None:
    people.server.members[ROOM] = {JO, MAX, BOT}

    in_pair = await people.answer("qui dataviz", room=PAIR)

    assert MAX in in_pair
    assert ANIMATOR not in in_pair
    people.server.members[OTHER_ROOM] = {JO, ANIMATOR, BOT}
    assert ANIMATOR in await people.answer("qui dataviz", room=PAIR)


async def test_in_a_room_only_its_members_are_found(people: Scene) -> None:
    people.server.members[ROOM] = {JO, MAX, BOT}
    people.server.members[OTHER_ROOM] = {JO, ANIMATOR, BOT}

    assert ANIMATOR not in await people.answer("!qui dataviz", room=ROOM)


async def test_server_is_asked_once_a_room(people: Scene) -> None:
    people.server.asked.clear()
    await people.say("!qui dataviz")

    assert [what for what in people.server.asked if what.startswith("members_of")] == [
        f"members_of {ROOM}"
    ]


async def test_the_asker_is_not_listed(people: Scene) -> None:
    assert "personne pour" in await people.answer("!qui facilitation", sender=MAX)
    assert MAX not in await people.answer("!qui facilitation", sender=MAX)


async def test_words_are_needed(people: Scene) -> None:
    assert "!qui facilitation" in await people.answer("!qui")


async def test_long_lists_are_paged_and_hiding_takes_effect_at_once(people: Scene) -> None:
    for n in range(12):
        user = type(JO)(f"@m{n:02}:example.org")
        people.server.members[ROOM].add(user)
        await people.say("!moi outils tricot", sender=user)
    [first, *_] = await people.say("!qui tricot")
    assert "12 personnes" in first.body
    assert "!suite" in first.body
    await people.say("!moi cacher outils", sender=type(JO)("@m11:example.org"))

    assert "@m11:example.org" not in (await people.say("!suite"))[0].body


async def test_who_is_found_is_shown_with_their_picture_and_not_told(scene: Scene) -> None:
    scene.server.members[ROOM] = {JO, MAX}
    await scene.say("!moi talents poterie", room=PAIR)
    [found] = await scene.say("!qui poterie", sender=MAX)
    assert f'<a href="https://matrix.to/#/{JO}">Jo</a>' in found.html
    assert found.content["m.mentions"] == {}
