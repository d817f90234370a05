"""What members say of themselves: filled, hidden, cleared, corrected and taken back."""

import pytest

from bot.ids import UserId, direct_room
from bot.services import profile
from bot.services.profile import FIELD_NAMES, LIMITS, Field, World, read_field, read_world
from bot.storage import profile as stored
from bot.storage.stem import searched
from bot.text import fold
from tests.scene import CATALOGUE, JO, MAX, PAIR, ROOM, Scene


async def found(scene: Scene, words: str) -> set[UserId]:
    async with scene.database.read() as reader:
        return set(await stored.find(reader, searched(words), [JO, MAX]))


async def said(scene: Scene, user: UserId = JO) -> dict[str, str]:
    async with scene.database.read() as reader:
        return {item.field.value: item.value for item in await profile.of_user(reader, user)}


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("talents facilitation, dataviz", "talents", "facilitation, dataviz"),
        ("Talents : facilitation", "talents", "facilitation"),
        ("métier facilitatrice", "job", "facilitatrice"),
        ("metier  facilitatrice   de rue ", "job", "facilitatrice de rue"),
        ("world civil society", "world", "civil"),
        ("monde une mairie", "world", "public"),
        ("bio deux lignes\nsur moi", "about", "deux lignes\nsur moi"),
        ("bio\ndeux lignes", "about", "deux lignes"),
        ("taille 50 personnes", "size", "50 personnes"),
    ],
)
async def test_field_is_filled(scene: Scene, words: str, field: str, value: str) -> None:
    await scene.say(f"!moi {words}")

    assert await said(scene) == {field: value}


async def test_field_is_filled_over_what_it_held(scene: Scene) -> None:
    await scene.say("!moi lieu Lyon")
    await scene.say("!me place Grenoble", sender=JO)

    assert await said(scene) == {"place": "Grenoble"}
    assert await found(scene, "lyon") == set()
    assert await found(scene, "grenoble") == {JO}


async def test_profile_is_whose_it_is(scene: Scene) -> None:
    await scene.say("!moi lieu Nantes", sender=JO)
    await scene.say("!moi lieu Lille", sender=MAX)

    [_, told] = await scene.say("!moi", sender=JO)
    assert (told.room, "Nantes" in told.body) == (direct_room(JO), True)
    [_, told] = await scene.say("!moi", sender=MAX)
    assert (told.room, "Nantes" in told.body) == (direct_room(MAX), False)


async def test_profile_that_is_empty_shows_how_to_begin(scene: Scene) -> None:
    assert "!moi talents" in await scene.answer("!moi")


async def test_hidden_field_is_shown_to_its_member_alone(scene: Scene) -> None:
    await scene.say("!moi lieu Nantes")
    await scene.say("!moi métier facilitatrice")
    await scene.say("!moi cacher lieu")

    assert "Nantes" in await scene.answer("moi", room=PAIR)
    [in_room, told] = await scene.say("!moi", room=ROOM)
    assert "Nantes" not in in_room.body
    assert "Nantes" in told.body
    assert await found(scene, "nantes") == set()


async def test_hidden_field_stays_hidden_when_it_is_filled_anew(scene: Scene) -> None:
    await scene.say("!moi cacher lieu, taille")
    answer = await scene.answer("!moi lieu Lyon")

    assert "Personne d’autre" in answer
    assert await found(scene, "lyon") == set()
    await scene.say("!moi montrer tout")
    assert await found(scene, "lyon") == {JO}


@pytest.mark.parametrize("words", ["effacer lieu", "clear place", "lieu -", "vider lieu et taille"])
async def test_field_is_cleared(scene: Scene, words: str) -> None:
    await scene.say("!moi lieu Lyon")
    await scene.say(f"!moi {words}")

    assert await said(scene) == {}
    assert await found(scene, "lyon") == set()


async def test_clearing_what_is_empty_says_so(scene: Scene) -> None:
    assert "rien à effacer" in await scene.answer("!moi effacer lieu")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("facilitation", "facilitation"),
        ("cacher", "!moi cacher lieu"),
        ("cacher machin", "machin"),
        ("monde des affaires", "quatre mondes"),
        ("nom " + "x" * 81, "81"),
        ("bio " + "x" * 1001, "1001"),
    ],
)
async def test_mistake_is_answered_with_an_example(scene: Scene, words: str, hint: str) -> None:
    answer = await scene.answer(f"!moi {words}")

    assert hint in answer
    assert "!moi" in answer
    assert await said(scene) == {}


async def test_edited_command_corrects_the_field(scene: Scene) -> None:
    message = scene.message("!moi lieu Lion")
    await scene.hear(message)
    await scene.edit(message, "!moi lieu Lyon")

    assert await said(scene) == {"place": "Lyon"}


async def test_redacted_command_takes_the_field_back(scene: Scene) -> None:
    message = scene.message("!moi lieu Lyon")
    await scene.hear(message)
    await scene.say("!moi taille 12")
    await scene.redact(message.event_id)

    assert await said(scene) == {"size": "12"}
    assert await found(scene, "lyon") == set()


async def test_command_handled_twice_changes_nothing_more(scene: Scene) -> None:
    entry = await scene.record(scene.message("!moi lieu Lyon"))
    await scene.router.handle(entry)
    before = await scene.acts()
    await scene.router.handle(entry)

    assert await scene.acts() == before


async def test_profile_is_found_by_any_spelling_of_its_words(scene: Scene) -> None:
    await scene.say("!moi talents Évaluation d’expérimentations, élus")

    for words in ("evaluations", "experimentation", "élu", "éval"):
        assert await found(scene, words) == {JO}


async def test_profile_is_shown_in_the_language_of_the_member(scene: Scene) -> None:
    await scene.say("!lang en")
    await scene.say("!me world mairie")
    await scene.say("!me hide world")

    assert "world (🔒 hidden): public action" in await scene.answer("!me", room=PAIR)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("field", Field)
def test_field_has_a_label_that_can_be_typed(field: Field, language: str) -> None:
    label = CATALOGUE.text(f"profile.field.{field}", language)

    assert read_field(label) is field
    assert LIMITS[field] > 0


def test_names_of_fields_are_folded_and_unique() -> None:
    names = [name for names in FIELD_NAMES.values() for name in names]

    assert [fold(name) for name in names] == names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("words", "world"),
    [
        ("Société civile", World.CIVIL),
        ("associations", World.CIVIL),
        ("l’action publique", World.PUBLIC),
        ("une collectivité", World.PUBLIC),
        ("Économie", World.ECONOMY),
        ("Research", World.SCIENCE),
        ("une association de recherche", None),
        ("ailleurs", None),
        ("", None),
    ],
)
def test_world_is_read_from_what_people_say(words: str, world: World | None) -> None:
    assert read_world(words) is world
