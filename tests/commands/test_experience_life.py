"""An experience is completed, classified, widened, taken up, and withdrawn everywhere."""

from datetime import timedelta

import pytest

from bot.config.settings import RetentionSettings
from bot.ids import RoomId, UserId
from bot.jobs.retention import retention_job
from bot.storage import experience, experience_showing
from bot.storage.experience import Experience, Status, Visibility
from bot.storage.room import Room
from bot.storage.room import save as save_rooms
from tests.scene import ANIMATOR, BOT, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent

SHARE = "!partage Personne ne lit le règlement → une page dessinée"
MAX_PAIR = RoomId("!max-and-the-bot:example.org")


async def stored(scene: Scene, number: int = 1) -> Experience:
    async with scene.database.read() as snapshot:
        found = await experience.get(snapshot, number)
    assert found is not None
    return found


async def is_gone(scene: Scene, number: int = 1) -> bool:
    async with scene.database.read() as snapshot:
        return await experience.get(snapshot, number) is None


async def later(scene: Scene, **time: float) -> list[Act]:
    """Let time pass and return what the bot does by itself."""
    scene.clock.pass_by(timedelta(**time))
    return await scene.fire()


@pytest.fixture
async def shared(scene: Scene) -> Scene:
    scene.rooms.pairs.add(MAX_PAIR)
    scene.rooms.open.add(MAX_PAIR)
    scene.server.members[MAX_PAIR] = {MAX, BOT}
    rooms = [Room(ROOM, joined_count=4), Room(OTHER_ROOM, joined_count=3)]
    await scene.database.write(lambda t: save_rooms(t, rooms))
    await scene.say(SHARE)
    return scene


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("modifier E1 comment Un atelier de deux heures", "how", "Un atelier de deux heures"),
        ("edit E1 how: A workshop", "how", "A workshop"),
        ("E1 contexte Une mairie", "context", "Une mairie"),
        ("edit e-1 à adapter la durée", "to_adapt", "la durée"),
        ("corriger E1 TITRE  Le règlement\n dessiné", "title", "Le règlement dessiné"),
        ("edit E1 monde une mairie", "world", "public"),
        (
            "edit E1 résultat\nplus de questions\nà l’accueil",
            "result",
            "plus de questions\nà l’accueil",
        ),
        ("edit E1 solution une affiche", "solution", "une affiche"),
    ],
)
async def test_field_is_told(shared: Scene, words: str, field: str, value: str) -> None:
    answer = await shared.answer(f"!exp {words}")

    assert "E1" in answer
    assert getattr(await stored(shared), field) == value


async def test_field_is_emptied(shared: Scene) -> None:
    await shared.say("!exp edit E1 how A workshop")
    await shared.say("!exp edit E1 how -")

    assert (await stored(shared)).how is None


@pytest.mark.parametrize(
    "words",
    [
        "edit E1 couleur rouge",
        "edit E1 comment",
        "edit E1 monde la lune",
        "edit E1 titre " + "x" * 121,
        "edit E1 comment " + "x" * 2001,
        "tag E1",
        "visibility E1 moon",
        "status E1 perhaps",
        "edit",
        "edit E9 comment x",
        "undo E1",
        "useful E1",
    ],
)
async def test_what_makes_no_sense_is_refused_with_an_example(shared: Scene, words: str) -> None:
    before = await stored(shared)

    assert len(await shared.answer(f"!exp {words}")) < 300
    assert await stored(shared) == before


async def test_fields_are_explained(shared: Scene) -> None:
    answer = await shared.answer("!exp edit E1")

    assert "comment" in answer
    assert "appris" in answer


async def test_nothing_told_is_refused(shared: Scene) -> None:
    await shared.say("!exp edit E1 problème -")

    assert "supprimer" in await shared.answer("!exp edit E1 solution -")
    assert (await stored(shared)).solution == "une page dessinée"


async def test_completed_experience_is_found_by_its_new_words_and_tags(shared: Scene) -> None:
    await shared.say("!exp modifier E1 comment Avec une illustratrice")
    await shared.say("!exp tag E1 #Accueil, #dessin")

    assert "E1" in await shared.answer("!cherche illustratrices")
    assert "E1" in await shared.answer("!exps #accueil")
    await shared.say("!exp tag E1 -#accueil")
    assert "E1" not in await shared.answer("!exps #accueil")
    assert (await stored(shared)).tags == {"dessin"}


@pytest.mark.parametrize("words", ["titre Le règlement", "tag E1 #x", "lieu Lyon"])
async def test_animator_classifies_and_the_author_is_told(shared: Scene, words: str) -> None:
    command = f"!exp {words}" if words.startswith("tag") else f"!exp edit E1 {words}"
    await shared.say(command, sender=ANIMATOR)

    [told] = [act for act in await later(shared) if act.room == f"direct:{JO}"]

    assert ANIMATOR in told.body
    assert "!exp annuler E1" in told.body
    assert "C’est fait" in await shared.answer("!exp undo E1")
    item = await stored(shared)
    assert (item.title, item.place, item.tags) == (None, None, frozenset())


async def test_animator_does_not_tell_for_the_author(shared: Scene) -> None:
    await shared.say("!exp edit E1 how Tout autrement", sender=ANIMATOR)
    await shared.say("!exp edit E1 how Tout autrement", sender=MAX)
    await shared.say("!exp tag E1 #x", sender=MAX)
    await shared.say("!exp status E1 stopped", sender=MAX)
    await shared.say("!exp undo E1", sender=MAX)

    item = await stored(shared)
    assert (item.how, item.tags, item.status) == (None, frozenset(), None)


async def test_author_is_not_told_during_a_pause(shared: Scene) -> None:
    await shared.say("!pause 2 semaines")
    await shared.say("!exp tag E1 #x", sender=ANIMATOR)

    assert not [act for act in await later(shared, hours=1) if act.room == f"direct:{JO}"]
    assert [act for act in await later(shared, days=14) if act.room == f"direct:{JO}"]


async def test_card_follows_what_changes(shared: Scene) -> None:
    card, *_ = await shared.say("!exp E1", sender=MAX)
    await shared.deliver()

    await shared.say("!exp edit E1 titre Le règlement dessiné")
    [edit] = [act for act in await later(shared, seconds=20) if act.target == f"oid:{card.oid}"]

    assert "Le règlement dessiné" in edit.body
    assert edit.content["m.relates_to"] == {"rel_type": "m.replace"}


async def test_correction_of_the_source_changes_the_card_and_nothing_else(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)
    await scene.say("!exp edit E1 comment Avec une illustratrice")
    card, *_ = await scene.say("!exp E1", sender=MAX)

    await scene.edit(command, "!partage Trop long → une affiche")
    [edit] = [act for act in await later(scene, seconds=20) if act.target == f"oid:{card.oid}"]

    assert "une affiche" in edit.body
    assert "illustratrice" in edit.body


async def test_redacted_source_is_withdrawn_wherever_it_is_shown(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)
    shown = [
        (await scene.say("!exp E1", sender=MAX))[0],
        (await scene.say("exp E1", room=PAIR))[0],
        (await scene.say("!cherche règlement", sender=MAX))[0],
        (await scene.say("!exps"))[0],
        (await scene.say("!exp tree E1"))[0],
    ]
    await scene.deliver()

    await scene.redact(command.event_id)
    redacted = {act.target for act in await later(scene) if act.type == "m.room.redaction"}

    assert {f"oid:{act.oid}" for act in shown} <= redacted
    async with scene.database.read() as snapshot:
        assert await experience_showing.of(snapshot, 1) == []


async def test_edit_of_a_card_is_withdrawn_with_it(shared: Scene) -> None:
    await shared.say("!exp E1", sender=MAX)
    await shared.say("!exp tag E1 #x")
    edits = [act for act in await later(shared, seconds=20) if act.target is not None]
    await shared.deliver()

    await shared.say("!exp delete E1 yes")
    redacted = {act.target for act in await later(shared)}

    assert {f"oid:{act.oid}" for act in edits} <= redacted


async def test_rest_of_a_list_shows_nothing_that_was_withdrawn(scene: Scene) -> None:
    for n in range(13):
        await scene.say(f"!partage Problème {n} → solution {n}")
    assert "encore 3" in await scene.answer("!exps", sender=MAX)
    await scene.say("!exp delete E2 yes")

    rest = await scene.answer("!suite", sender=MAX)

    assert "E3" in rest
    assert "E1 " in rest
    assert "E2 " not in rest


async def test_rest_of_a_list_is_for_who_is_still_a_member(scene: Scene) -> None:
    for n in range(13):
        await scene.say(f"!partage Problème {n} → solution {n}", sender=MAX)
    await scene.say("exps", room=PAIR)
    scene.server.members[ROOM].remove(JO)

    assert "Problème" not in await scene.answer("suite", room=PAIR)


async def test_deletion_is_asked_for_and_confirmed_by_reaction(shared: Scene) -> None:
    question, offered = await shared.say("!exp supprimer E1")
    await shared.deliver()
    assert "✅" in str(offered.content)
    assert not await is_gone(shared)

    await shared.react(sent(question.oid), "✅", sender=MAX)
    assert not await is_gone(shared)
    await shared.react(sent(question.oid), "✅")
    assert await is_gone(shared)


async def test_widened_experience_is_shown_in_the_other_rooms(shared: Scene) -> None:
    assert "E1" not in await shared.answer("!cherche règlement", sender=ANIMATOR, room=OTHER_ROOM)
    await shared.say("!exp visibilité E1 communauté")

    assert "E1" in await shared.answer("!cherche règlement", sender=ANIMATOR, room=OTHER_ROOM)
    assert "E1" in await shared.answer("!exps par:@jo", sender=ANIMATOR, room=OTHER_ROOM)
    assert "page dessinée" in await shared.answer("!exp E1", sender=ANIMATOR, room=OTHER_ROOM)
    assert "toute la communauté" in await shared.answer("!exp E1")


async def test_narrowed_experience_is_taken_back_from_the_other_rooms(shared: Scene) -> None:
    await shared.say("!exp visibility E1 public")
    there, *_ = await shared.say("!exp E1", sender=ANIMATOR, room=OTHER_ROOM)
    here, *_ = await shared.say("!exp E1", sender=MAX)
    await shared.deliver()

    await shared.say("!exp visibility E1 room", sender=ANIMATOR)
    redacted = {act.target for act in await later(shared) if act.type == "m.room.redaction"}

    assert f"oid:{there.oid}" in redacted
    assert f"oid:{here.oid}" not in redacted
    assert "règlement" not in await shared.answer("!exp E1", sender=ANIMATOR, room=OTHER_ROOM)


async def test_only_the_author_widens(shared: Scene) -> None:
    await shared.say("!exp visibility E1 community", sender=ANIMATOR)
    await shared.say("!exp visibility E1 community", sender=MAX)

    assert (await stored(shared)).visibility == Visibility.ROOM


async def test_stranger_alone_with_the_bot_sees_nothing_of_the_community(shared: Scene) -> None:
    await shared.say("!exp visibility E1 public")
    stranger = UserId("@stranger:example.org")

    assert "règlement" in await shared.answer("exp E1", sender=MAX, room=MAX_PAIR)
    shared.server.members[MAX_PAIR] = {stranger, BOT}
    assert "page" not in await shared.answer("exp E1", sender=stranger, room=MAX_PAIR)
    assert "E1" not in await shared.answer("cherche dessinée", sender=stranger, room=MAX_PAIR)


async def test_widened_experience_of_a_room_of_trust_is_shown_nowhere(shared: Scene) -> None:
    await shared.say("!exp visibility E1 community")
    await shared.say("!settings capture off", sender=ANIMATOR)

    for words in ("!cherche dessinée", "!exps", "!exp E1"):
        assert "règlement" not in await shared.answer(words, sender=ANIMATOR, room=OTHER_ROOM)


async def test_reuse_is_a_child_and_its_author_hears_of_it(shared: Scene) -> None:
    answer = await shared.answer("!reprendre E1 Trois semaines au lieu de deux", sender=MAX)
    [told] = [act for act in await later(shared) if act.room == f"direct:{JO}"]

    assert "E2" in answer
    child = await stored(shared, 2)
    assert (child.parent_id, child.note, child.author) == (1, "Trois semaines au lieu de deux", MAX)
    assert MAX in told.body
    assert "E2" in told.body
    assert "Reprise une fois" in await shared.answer("!exp E1")
    assert "Reprend E1" in await shared.answer("!exp E2")


async def test_own_reuse_is_told_nobody(shared: Scene) -> None:
    await shared.say("!reuse E1 Encore une fois")

    assert not [act for act in await later(shared) if act.room == f"direct:{JO}"]


@pytest.mark.parametrize("words", ["", "E1", "E9 quelque chose", "quelque chose"])
async def test_reuse_of_nothing_is_refused(shared: Scene, words: str) -> None:
    assert len(await shared.answer(f"!reuse {words}", sender=MAX)) < 300
    assert await is_gone(shared, 2)


async def test_tree_shows_the_lineage(shared: Scene) -> None:
    await shared.say("!reuse E1 À Lyon", sender=MAX)
    await shared.say("!reuse E2 À Lille", sender=ANIMATOR)
    await shared.say("!reuse E1 À Brest", sender=MAX)

    tree = await shared.answer("!exp arbre E3")

    assert tree.index("E1") < tree.index("E2") < tree.index("E3") < tree.index("E4")
    assert "3 reprises" in tree


async def test_withdrawn_parent_leaves_the_child_without_it(shared: Scene) -> None:
    await shared.say("!reuse E1 À Lyon", sender=MAX)
    await shared.say("!exp delete E1 yes")

    child = await stored(shared, 2)
    assert child.parent_id is None
    assert "E1" not in await shared.answer("!exp E2")


async def test_reaction_is_counted_once_and_undone(shared: Scene) -> None:
    card, offered = await shared.say("!exp E1", sender=MAX)
    await shared.deliver()
    assert "🔁" in str(offered.content)

    assert await shared.react(sent(card.oid), "🔁", sender=MAX) == []
    assert await shared.react(sent(card.oid), "🔁", sender=JO) == []
    [edit] = [act for act in await later(shared, seconds=20) if act.target == f"oid:{card.oid}"]
    assert "à une personne" in edit.body

    await shared.say("!exp utile E1 non", sender=MAX)
    assert "à une personne" not in await shared.answer("!exp E1")


async def test_status_is_dated_on_cards_and_in_lists(shared: Scene) -> None:
    await shared.say("!exp état E1 adaptée : trois semaines")

    item = await stored(shared)
    assert (item.status, item.status_reason) == (Status.ADAPTED, "trois semaines")
    card = await shared.answer("!exp E1")
    assert "Adaptée depuis (24 mars" in card.replace("mardi ", "")
    assert "trois semaines" in card
    assert "Adaptée" in await shared.answer("!exps")


async def test_undone_reaction_counts_no_more(shared: Scene) -> None:
    card = (await shared.say("!exp E1", sender=MAX))[0]
    await shared.deliver()
    reaction = shared.reaction(sent(card.oid), "🔁", sender=MAX)
    await shared.hear(reaction)
    assert "à une personne" in await shared.answer("!exp E1")

    assert await shared.redact(reaction.event_id, sender=MAX) == []

    assert "à une personne" not in await shared.answer("!exp E1")
    await later(shared, seconds=20)
    edits = [act for act in await shared.acts() if act.target == f"oid:{card.oid}"]
    assert "à une personne" not in edits[-1].body


async def test_withdrawal_takes_back_what_was_shown_months_ago(shared: Scene) -> None:
    asked = ("!exp E1", "!cherche règlement", "!exp tag E1 #accueil")
    [tree, *_] = await shared.say("!exp arbre E1", sender=MAX)
    shown = {(await shared.say(words, sender=ANIMATOR))[0].oid for words in asked} | {tree.oid}
    await shared.deliver()
    shared.clock.pass_by(timedelta(days=100))
    await retention_job(RetentionSettings()).run(shared.database, shared.clock.now())
    assert len(shown & {act.oid for act in await shared.acts()}) < len(shown)

    await shared.say("!exp supprime E1 oui")
    taken_back = {act.target for act in await shared.fire() if act.type == "m.room.redaction"}
    assert all({sent(oid), f"oid:{oid}"} & taken_back for oid in shown), (shown, taken_back)


@pytest.mark.parametrize("words", ["!partage", "!reprendre E1"])
async def test_edit_of_a_command_that_the_journal_forgot_corrects_the_words_alone(
    shared: Scene, words: str
) -> None:
    command = shared.message(f"{words} Trop de réunions → une heure debout", sender=MAX)
    await shared.hear(command)
    shared.clock.pass_by(timedelta(days=60))
    await retention_job(RetentionSettings()).run(shared.database, shared.clock.now())

    await shared.edit(command, f"{words} Trop de visites → une heure debout")
    item = await stored(shared, 2)
    assert (item.problem, item.solution) == ("Trop de visites", "une heure debout")
    await shared.edit(command, f"{words} Rien à voir", sender=JO)
    await shared.edit(command, "!rappel dans 2 heures arroser", sender=MAX)
    assert await stored(shared, 2) == item


async def test_reuse_of_what_was_withdrawn_since_is_still_corrected(shared: Scene) -> None:
    command = shared.message("!reprendre E1 une page par étage", sender=MAX)
    await shared.hear(command)
    await shared.say("!exp supprime E1 oui")
    await shared.edit(command, "!reprendre E1 une page par porte")
    assert (await stored(shared, 2)).note == "une page par porte"


async def test_going_back_brings_no_words_back_that_an_edit_replaced(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)
    await scene.say("!exp tag E1 #accueil", sender=ANIMATOR)
    await scene.say("!exp modifier E1 solution une bande dessinée")
    await scene.edit(command, "!partage Personne ne lit nos notes → une affiche")

    await scene.say("!exp annuler E1")
    item = await stored(scene)
    assert (item.problem, item.solution) == ("Personne ne lit nos notes", "une affiche")
    assert item.given_tags == ""
    assert "annul" in await scene.answer("!exp annuler E1")
