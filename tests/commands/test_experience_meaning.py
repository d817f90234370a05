"""With the extra: what means much the same is shown with a share and in a search, to who may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.meaning import Meaning
from bot.storage import forgetting
from bot.storage.database import Database
from bot.storage.experience_vector import experience_vector
from tests.meaning import TopicEncoder
from tests.scene import ANIMATOR, JO, MAX, OTHER_ROOM, PAIR, ROOM, Scene

FIRST = "!partage Trop de restes à la cantine → une balance"
SECOND = "!partage Le gaspillage nous coûte cher → des portions"
STRANGE = "!partage Un vélo pour les tournées"


@pytest.fixture
def encoder() -> TopicEncoder:
    return TopicEncoder()


@pytest.fixture
async def scene(database: Database, encoder: TopicEncoder) -> Scene:
    opened = Scene(database, encoder=encoder)
    await opened.preferences.load()
    return opened


@pytest.fixture
def meaning(database: Database, encoder: TopicEncoder) -> Meaning:
    return Meaning(database, encoder)


async def vectors(database: Database) -> dict[int, str]:
    async with database.read() as reader:
        return {
            row.experience_id: row.model for row in await reader.execute(select(experience_vector))
        }


async def test_share_shows_what_is_similar_with_its_number(scene: Scene, meaning: Meaning) -> None:
    assert "proche" not in await scene.answer(FIRST)
    await scene.answer(STRANGE)
    await meaning.catch_up()

    answer = await scene.answer(SECOND, sender=MAX)

    assert answer.startswith("Merci")
    assert "Des expériences proches de la vôtre" in answer
    assert "E1" in answer
    assert "E2" not in answer


async def test_share_of_something_new_shows_nothing_else(scene: Scene, meaning: Meaning) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()

    assert "proche" not in await scene.answer(STRANGE)


async def test_share_shows_nothing_of_another_room_unless_its_author_lets(
    scene: Scene, meaning: Meaning
) -> None:
    await scene.say(FIRST, sender=ANIMATOR, room=OTHER_ROOM)
    await meaning.catch_up()

    before = await scene.answer(SECOND)
    await scene.say("!exp visible E1 communauté", sender=ANIMATOR, room=OTHER_ROOM)
    await meaning.catch_up()
    after = await scene.answer("!partage Des restes → un compost")

    assert "proche" not in before
    assert "E1" in after


async def test_share_shows_nothing_of_a_room_of_trust(scene: Scene, meaning: Meaning) -> None:
    scene.server.members[OTHER_ROOM].add(JO)
    await scene.say(FIRST, sender=ANIMATOR, room=OTHER_ROOM)
    await meaning.catch_up()
    before = await scene.answer("!cherche gaspillage", room=PAIR)
    await scene.say("!réglages capture off", sender=ANIMATOR, room=OTHER_ROOM)
    after = await scene.answer("!cherche gaspillage", room=PAIR)

    assert ("E1" in before, "E1" in after) == (True, False)


async def test_guided_share_shows_what_is_similar_to_its_author(
    scene: Scene, meaning: Meaning
) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()
    await scene.say("!partage", sender=JO)
    for said in ("Le gaspillage nous coûte cher", "des portions", "aperçu"):
        await scene.say(said, room=PAIR)

    acts = await scene.say("publier", room=PAIR)

    answer, card = [act for act in acts if act.type == "m.room.message"]
    assert (answer.room, card.room) == (PAIR, ROOM)
    assert "Des expériences proches de la vôtre" in answer.body
    assert "E1" in answer.body
    assert "E1" not in card.body


async def test_edit_of_a_share_shows_nothing_similar(scene: Scene, meaning: Meaning) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()
    original = scene.message(STRANGE)
    await scene.hear(original)

    [edit] = await scene.edit(original, SECOND)

    assert "proche" not in edit.body


async def test_share_is_handled_once_and_shows_what_is_similar_once(
    scene: Scene, meaning: Meaning
) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()
    message = scene.message(SECOND)

    first, second = await scene.hear(message), await scene.hear(message)

    assert (len(first), second) == (1, [])


async def test_what_showed_a_withdrawn_experience_is_taken_back(
    scene: Scene, meaning: Meaning, database: Database
) -> None:
    told = scene.message(FIRST)
    await scene.hear(told)
    await meaning.catch_up()
    [shown] = await scene.say(SECOND, sender=MAX)
    await scene.deliver()

    await scene.redact(told.event_id)
    acts = await scene.wait(timedelta(seconds=1))

    assert shown.oid in {(act.target or "").removeprefix("oid:") for act in acts}
    assert 1 not in await vectors(database)


async def test_search_shows_what_is_close_in_meaning_after_the_words(
    scene: Scene, meaning: Meaning
) -> None:
    for told in (FIRST, STRANGE, SECOND):
        await scene.answer(told)
    await meaning.catch_up()

    answer = await scene.answer("!cherche gaspillage")

    words, _, near = answer.partition("Proche par le sens")
    assert ("E3" in words, "E1" in words) == (True, False)
    assert ("E1" in near, "E2" in near, "E3" in near) == (True, False, False)


async def test_search_that_finds_no_word_says_so_and_shows_what_is_close(
    scene: Scene, meaning: Meaning
) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()

    answer = await scene.answer("search leftovers waste", room=PAIR)

    assert "Rien ne contient" in answer
    assert "E1" in answer


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("#compost gaspillage", False),
        ("#cantine gaspillage", True),
        ("by:@max gaspillage", False),
        ("by:@jo gaspillage", True),
        ("depuis:2030-01-01 gaspillage", False),
        ("in:!ailleurs:example.org gaspillage", False),
        ("vélo", False),
    ],
)
async def test_filters_count_for_what_is_close_too(
    scene: Scene, meaning: Meaning, words: str, is_found: bool
) -> None:
    await scene.answer(FIRST + " #cantine")
    await scene.answer("!partage Autre #compost", sender=MAX)
    await meaning.catch_up()

    assert ("E1" in await scene.answer(f"!cherche {words}")) == is_found


async def test_search_alone_shows_what_is_close_of_all_rooms_of_the_member(
    scene: Scene, meaning: Meaning
) -> None:
    await scene.say(FIRST, sender=ANIMATOR, room=OTHER_ROOM)
    await meaning.catch_up()

    before = await scene.answer("search gaspillage", room=PAIR)
    scene.server.members[OTHER_ROOM].add(JO)
    after = await scene.answer("search gaspillage", room=PAIR)

    assert ("E1" in before, "E1" in after) == (False, True)


async def test_search_finds_words_while_the_model_is_not_ready_or_breaks(
    scene: Scene, meaning: Meaning, encoder: TopicEncoder
) -> None:
    await scene.answer(FIRST)
    await meaning.catch_up()

    encoder.is_ready = False
    assert "E1" in await scene.answer("!cherche restes")
    assert "E1" not in await scene.answer("!cherche gaspillage")
    encoder.is_ready, encoder.breaks = True, MemoryError()
    assert "E1" in await scene.answer("!cherche restes")
    assert "E1" not in await scene.answer("!cherche gaspillage")


async def test_words_that_change_are_encoded_anew(
    scene: Scene, meaning: Meaning, database: Database
) -> None:
    told = scene.message(FIRST)
    await scene.hear(told)
    await meaning.catch_up()

    await scene.edit(told, "!partage Réunions sans fin → debout")
    between = await vectors(database)
    meaning.add([1])
    await meaning.encode_told()

    assert (list(between), list(await vectors(database))) == ([], [1])
    assert "E1" not in await scene.answer("!cherche gaspillage")
    assert "E1" in await scene.answer("!cherche assemblée")


async def test_forgotten_author_takes_the_vectors_along(
    scene: Scene, meaning: Meaning, database: Database
) -> None:
    await scene.answer(FIRST)
    await scene.answer(SECOND, sender=MAX)
    await meaning.catch_up()

    await database.write(lambda t: forgetting.erase(t, JO, keeps_words=False))

    assert list(await vectors(database)) == [2]
