"""Retour: one question the morning after, words shown as their authors approved, and posted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.storage import attendee, room, voice
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.voice import State
from tests.commands.calendar import fire, later, messages, told
from tests.scene import ANIMATOR, JO, MAX, PAIR, ROOM, Act, Scene, sent

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 14h-16h | Lyon"
MORNING = datetime(2026, 4, 8, 7, tzinfo=UTC)
"""9 h in Paris, the day after."""

MAX_PAIR = RoomId("!max-and-the-bot:example.org")
GOLDEN = Path(__file__).parent.parent / "golden"

SPOKEN = {
    "fr": {
        "series": "!rdv Café | chaque premier jeudi du mois à 12h30 pendant 1h30",
        "yes": "oui",
        "back": "retour",
        "small": "On peut commencer petit",
        "fear": "Le lexique fait peur",
        "anonymous": "anonyme",
        "there": "j’y étais",
        "long": "Trop long → couper en deux",
        "present": "présents",
        "withdraw": "retirer",
    },
    "en": {
        "series": "!event Coffee | every first thursday of the month at 12:30 for 1h30",
        "yes": "yes",
        "back": "back",
        "small": "One can start small",
        "fear": "The glossary frightens",
        "anonymous": "anonymous",
        "there": "I was there",
        "long": "Too long → cut in two",
        "present": "present",
        "withdraw": "withdraw",
    },
}


@pytest.fixture
async def held(scene: Scene) -> EventId:
    """Jo holds a workshop, to which Max and the animator come as well; return its card."""
    scene.rooms.pairs.add(MAX_PAIR)
    scene.rooms.open.add(MAX_PAIR)
    card, *_ = await scene.say(WORKSHOP)
    for user in (JO, MAX, ANIMATOR):
        await scene.say("!participe C1", sender=user)
    await scene.deliver()
    scene.clock.at = datetime(2026, 4, 7, 15, tzinfo=UTC)
    await fire(scene)
    return sent(card.oid)


async def morning(scene: Scene) -> list[Act]:
    scene.clock.at = MORNING
    return await morning_of(scene)


async def take(scene: Scene, words: str, *, sender: UserId = JO) -> list[Act]:
    """Let somebody answer where they are alone with the bot."""
    scene.clock.pass_by(timedelta(seconds=10))
    room = PAIR if sender == JO else MAX_PAIR
    acts = await scene.say(words, sender=sender, room=room)
    await scene.deliver()
    return acts


async def approved(scene: Scene, words: str, choice: str = "oui", *, sender: UserId = JO) -> str:
    """Let somebody say what they take away and approve of it; return how it was shown to them."""
    [asked, *_] = await take(scene, words, sender=sender)
    await take(scene, choice, sender=sender)
    return asked.body


async def voices(scene: Scene, name: str = "") -> list[str | None]:
    async with scene.database.read() as snapshot:
        return [each.text for each in await voice.shown(snapshot, 1, name)]


@pytest.mark.usefixtures("held")
async def test_who_said_going_is_asked_once_the_morning_after(scene: Scene) -> None:
    await scene.say("!retour C1 pas venue", sender=ANIMATOR)
    scene.clock.at = MORNING - timedelta(minutes=1)
    assert told(await fire(scene)) == {}

    asked = await morning(scene)

    assert set(told(asked)) == {JO, MAX}
    assert "qu’en retenez-vous" in told(asked)[JO][0]
    assert [act.content["m.relates_to"]["key"] for act in asked if act.room == f"direct:{JO}"
            and act.type == "m.reaction"] == ["🙋", "⏭"]  # type: ignore[index]  # fmt: skip
    await scene.say("!rdv C1")  # whatever plans anew asks nobody again
    assert told(await later(scene, days=2)) == {}


@pytest.mark.usefixtures("held")
async def test_question_waits_for_quiet_hours_and_pauses_and_is_dropped_when_late(
    scene: Scene,
) -> None:
    await scene.say("!fuseau America/Montreal", sender=MAX)
    await scene.say("!pause 3 jours", sender=JO)
    await scene.say("!pause 3 semaines", sender=ANIMATOR)

    assert told(await morning(scene)) == {}
    assert set(told(await later(scene, hours=5))) == {MAX}  # 8 h in Montréal
    assert set(told(await later(scene, days=3))) == {JO}
    assert told(await later(scene, days=30)) == {}


@pytest.mark.usefixtures("held")
async def test_who_wants_no_messages_is_named_in_the_room_or_not_asked(scene: Scene) -> None:
    await scene.say("!prévenir mention", sender=MAX)
    await scene.say("!prévenir rien", sender=ANIMATOR)

    acts = await morning(scene)

    assert set(told(acts)) == {JO}
    [named] = messages(acts, ROOM)
    assert "@max" in named
    assert "!retour C1" in named


async def test_nobody_is_asked_of_what_was_called_off_moved_or_said_in_trust(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!rdv Autre | mardi 7 avril 14h-16h")
    for number in (1, 2):
        await scene.say(f"!participe C{number}", sender=MAX)
    await scene.say("!rdv annuler C1")
    await scene.say("!rdv déplacer C2 jeudi 9 avril 14h-16h")
    await scene.say("!réglages capture off", sender=ANIMATOR)
    await fire(scene)
    for day in range(1, 20):
        scene.clock.at = MORNING + timedelta(days=day - 1)
        assert not [text for texts in told(await fire(scene)).values() for text in texts
                    if "retenez" in text]  # fmt: skip
    assert "salon de confiance" in await scene.answer("!retour C2")


async def test_words_are_shown_only_as_their_author_approved(scene: Scene, held: EventId) -> None:
    await morning(scene)
    [asked, *_] = await take(scene, "On peut commencer petit")
    assert "« On peut commencer petit » — jo" in asked.body.replace("\xa0", " ")
    assert "quelqu’un qui y était" in asked.body
    assert await voices(scene) == []
    assert "Personne n’a encore" in await scene.answer("!retour C1")

    await take(scene, "oui")
    assert await voices(scene) == ["On peut commencer petit"]
    await approved(scene, "Le lexique fait peur", "anonyme", sender=MAX)

    acts = await scene.say("!retour C1")
    posted, reopened = (act for act in acts if act.type == "m.room.message")
    body = posted.body.replace("\xa0", " ")
    assert "Retour sur Atelier lexique" in body
    assert "« On peut commencer petit » — jo" in body
    assert "« Le lexique fait peur » — quelqu’un qui y était" in body
    assert "max" not in posted.html
    assert "Présence : 2 personnes" in body
    assert "Contributions : 2" in body
    assert posted.content["msgtype"] == "m.text"
    assert reopened.content["m.relates_to"] == {"rel_type": "m.thread"}
    assert reopened.target == f"oid:{str(held).removeprefix('$sent-')}"


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("words", "came"),
    [
        ("🙋", True),
        ("j’y étais", True),
        ("passer", None),
        ("⏭", None),
        ("🚫", False),
        ("pas venue", False),
    ],
)
async def test_one_word_or_tap_is_enough(scene: Scene, words: str, came: bool | None) -> None:
    asked = [act for act in await morning(scene) if act.room == f"direct:{JO}"]
    if len(words) == 1:
        await scene.react(sent(asked[0].oid), words, room=PAIR)
    else:
        await take(scene, words)

    async with scene.database.read() as snapshot:
        found = await attendee.get(snapshot, 1, "", JO)
        noted = await voice.get(snapshot, 1, "", JO)
    assert found is not None
    assert found.came is came
    assert noted is not None
    assert noted.state is State.DECLINED
    assert told(await later(scene, days=3)) == {}


@pytest.mark.usefixtures("held")
async def test_later_asks_once_more_the_day_after(scene: Scene) -> None:
    await morning(scene)
    await take(scene, "plus tard")
    again = told(await later(scene, days=1))
    assert "retenez" in again[JO][0]
    await scene.deliver()
    assert "Voici comment" in (await take(scene, "On peut commencer petit"))[0].body


@pytest.mark.usefixtures("held")
async def test_what_is_not_understood_leaves_the_question_open(scene: Scene) -> None:
    await morning(scene)
    assert "pas compris" in (await take(scene, "oui"))[0].body
    assert "caractères" in (await take(scene, "a" * 500))[0].body
    await take(scene, "On peut commencer petit")
    assert "pas compris" in (await take(scene, "aperçu"))[0].body
    assert "Et ensuite" in (await take(scene, "Et ensuite grandir"))[0].body
    await take(scene, "signé")
    assert await voices(scene) == ["Et ensuite grandir"]


@pytest.mark.usefixtures("held")
async def test_declined_words_are_not_kept(scene: Scene) -> None:
    await morning(scene)
    await approved(scene, "Un secret", "non")
    async with scene.database.read() as snapshot:
        found = await voice.get(snapshot, 1, "", JO)
    assert found is not None
    assert found.text is None


@pytest.mark.usefixtures("held")
async def test_answer_is_corrected_by_an_edit_and_taken_back_by_a_redaction(scene: Scene) -> None:
    await morning(scene)
    said = scene.message("On peut comencer", room=PAIR)
    await scene.hear(said)
    await take(scene, "oui")
    [asked, *_] = await scene.edit(said, "On peut commencer")
    assert "On peut commencer »" in asked.body.replace("\xa0", " ")
    assert await voices(scene) == []
    await take(scene, "oui")
    assert await voices(scene) == ["On peut commencer"]

    await scene.redact(said.event_id, room=PAIR)
    assert await voices(scene) == []


@pytest.mark.usefixtures("held")
async def test_who_was_not_asked_can_say_it_too(scene: Scene) -> None:
    await morning(scene)
    other = UserId("@lea:example.org")
    scene.server.members[ROOM].add(other)
    acts = await scene.say("!retour C1 C’était bien", sender=other)
    assert "C’était bien" in told(acts)[other][0]
    assert "en privé" in messages(acts, ROOM)[0]


@pytest.mark.usefixtures("held")
async def test_withdrawn_words_leave_what_was_posted(scene: Scene) -> None:
    await morning(scene)
    await approved(scene, "On peut commencer petit")
    await approved(scene, "Le lexique fait peur", sender=MAX)
    posted, *_ = await scene.say("!retour C1")
    await approved(scene, "!retour C1 Finalement tout va bien")
    [edit, *_] = await scene.say("!retour C1")
    assert "Finalement" in edit.body
    await scene.deliver()

    acts = await take(scene, "!retour C1 retirer")

    gone = {act.target for act in acts if act.type == "m.room.redaction"}
    assert gone >= {f"oid:{edit.oid}"}
    [again] = messages(acts, ROOM)
    assert "Finalement" not in again
    assert "Le lexique fait peur" in again
    assert posted.oid
    assert "rien dit" in (await take(scene, "!retour C1 retirer"))[0].body


@pytest.mark.usefixtures("held")
async def test_forgotten_member_leaves_what_was_posted(scene: Scene) -> None:
    await morning(scene)
    await approved(scene, "On peut commencer petit")
    await approved(scene, "Le lexique fait peur", sender=MAX)
    await scene.database.write(lambda t: room.save(t, [Room(ROOM, joined_count=4)]))
    posted, *_ = await scene.say("!retour C1", sender=ANIMATOR)
    await scene.deliver()

    acts = await take(scene, "!oubliezmoi effacer", sender=MAX)
    assert f"$sent-{posted.oid}" in {act.target for act in acts if act.type == "m.room.redaction"}
    [again] = messages(await later(scene, minutes=5), ROOM)
    assert "commencer petit" in again
    assert "lexique fait peur" not in again


@pytest.mark.usefixtures("held")
async def test_only_those_who_hold_it_post_it_once(scene: Scene) -> None:
    assert "n’a pas encore eu lieu" in await _early(scene)
    await morning(scene)
    await approved(scene, "On peut commencer petit")
    refused = await scene.answer("!retour C1", sender=MAX)
    assert "organis" in refused

    first = await scene.say("!retour C1", sender=ANIMATOR)
    second = await scene.say("!retour C1")
    assert len([act for act in first if act.room == ROOM]) == 2
    assert [act.target for act in second if act.target] == [f"oid:{first[0].oid}"]
    assert "à jour" in messages(second, ROOM)[0]


async def _early(scene: Scene) -> str:
    await scene.say("!rdv Plus tard | 30 avril 14h")
    return await scene.answer("!retour C2")


@pytest.mark.usefixtures("held")
async def test_attendance_is_counted_apart(scene: Scene) -> None:
    await morning(scene)
    assert "14 personnes" in await scene.answer("!retour C1 présents 14")
    await approved(scene, "On peut commencer petit")
    posted, *_ = await scene.say("!retour C1")
    assert "Présence\xa0: 14 personnes · 💬 Contribution\xa0: 1" in posted.body
    named = await scene.answer("!retour C1 présents @max:example.org @anne:example.org")
    assert "3 personnes" in named
    assert "par exemple" in await scene.answer("!retour C1 présents beaucoup")
    assert "organis" in await scene.answer("!retour C1 présents 3", sender=MAX)


async def test_experiences_told_under_the_card_are_linked(scene: Scene, held: EventId) -> None:
    await scene.say("!partage Trop long → couper en deux", sender=MAX, thread=held)
    await scene.say("!partage Ailleurs → rien", sender=MAX)
    await scene.say("!partage Pas clair → un lexique #C1", sender=ANIMATOR)

    acts = await scene.say("!retour C1")

    posted, reopened = (act for act in acts if act.type == "m.room.message")
    assert "Contributions\xa0: 2" in posted.body
    assert "E1" in reopened.body
    assert "E3" in reopened.body
    assert "E2" not in reopened.body
    assert "matrix.to/#/!accueil:example.org/" in reopened.html


async def test_next_date_begins_with_what_was_said(scene: Scene) -> None:
    await scene.say("!rdv Café | chaque premier jeudi du mois à 12h30 pendant 1h30")
    await scene.say("!participe C1")
    scene.clock.at = datetime(2026, 4, 3, 7, tzinfo=UTC)
    assert set(told(await fire(scene))) == {JO}
    await scene.deliver()
    await approved(scene, "On peut commencer petit")
    posted, *_ = await scene.say("!retour C1")
    await scene.deliver()
    assert "2 avril" in posted.body

    scene.clock.at = datetime(2026, 4, 30, 10, 30, tzinfo=UTC)
    recalled, card = (body.replace("\xa0", " ") for body in messages(await fire(scene), ROOM))
    assert "La dernière fois (jeudi 2 avril" in recalled
    assert "« On peut commencer petit » — jo" in recalled
    assert "7 mai" in card

    scene.clock.at = datetime(2026, 5, 8, 7, tzinfo=UTC)
    assert "retenez" not in str(told(await fire(scene)))  # nobody said going to that one
    assert "2 avril" in (await scene.say("!retour C1 2 avril"))[0].body


@pytest.mark.usefixtures("held")
async def test_question_is_asked_once_though_its_portion_is_handled_again(scene: Scene) -> None:
    await morning(scene)
    async with scene.database.read() as snapshot:
        found = await voice.states(snapshot, 1, "", [JO, MAX, ANIMATOR])
    assert found == dict.fromkeys((JO, MAX, ANIMATOR), State.ASKED)
    await scene.say("!rdv modifier C1 lieu Paris")
    assert told(await fire(scene)) == {}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_word_of_it_is_as_in_the_golden_file(
    database: Database, language: str, request: pytest.FixtureRequest
) -> None:
    """The whole way, from the question to the next date; Jo signs, Max does not."""
    scene = Scene(database, language=language)
    await scene.preferences.load()
    scene.rooms.pairs.add(MAX_PAIR)
    scene.rooms.open.add(MAX_PAIR)
    words = SPOKEN[language]
    said: list[str] = []

    def note(title: str, acts: list[Act]) -> None:
        bodies = [act.body for act in acts if act.type == "m.room.message"]
        said.extend([f"=== {title} ===", "", *(f"{body}\n" for body in bodies)])

    await scene.say(words["series"])
    for user in (JO, MAX, ANIMATOR):
        await scene.say("!going C1", sender=user)
    note("too early", await scene.say("!retour C1"))
    scene.clock.at = datetime(2026, 4, 3, 7, tzinfo=UTC)
    note("the question", [act for act in await morning_of(scene) if JO in act.room])
    note("unclear", await take(scene, words["yes"]))
    note("the choice", await take(scene, words["small"]))
    note("unclear choice", await take(scene, words["back"]))
    note("signed", await take(scene, words["yes"]))
    await take(scene, words["fear"], sender=MAX)
    note("anonymous", await take(scene, words["anonymous"], sender=MAX))
    note("was there", await take(scene, f"!retour C1 {words['there']}", sender=MAX))
    await scene.say(f"!share {words['long']} #C1", sender=MAX)
    note("present", await scene.say(f"!retour C1 {words['present']} 14"))
    note("the retour", await scene.say("!retour C1"))
    await scene.deliver()
    scene.clock.at = datetime(2026, 4, 30, 10, 30, tzinfo=UTC)
    note("the next date", [act for act in await fire(scene) if act.room == ROOM])
    await scene.deliver()
    note("withdrawn", await take(scene, f"!retour C1 {words['withdraw']}", sender=MAX))
    page_file = GOLDEN / f"retour.{language}.txt"
    text = "\n".join(said)
    if request.config.getoption("--golden"):
        page_file.write_text(text, encoding="utf-8")
    assert text == page_file.read_text(encoding="utf-8")


async def morning_of(scene: Scene) -> list[Act]:
    acts = await fire(scene)
    await scene.deliver()
    return acts
