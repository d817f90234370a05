"""Meetings: put into the calendar in a sentence, shown, changed, moved, called off."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.storage import meeting, occurrence
from bot.storage.meeting import Meeting, State
from tests.commands.calendar import fire, later, messages, told
from tests.scene import ANIMATOR, JO, MAX, PAIR, ROOM, Act, Scene, sent

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 12h30-14h | Lyon, Le Tuba | Venez nombreux"


async def stored(scene: Scene, number: int = 1) -> Meeting:
    async with scene.database.read() as snapshot:
        found = await meeting.get(snapshot, number)
    assert found is not None
    return found


async def card_of(acts: list[Act]) -> Act:
    return next(act for act in acts if act.type == "m.room.message")


async def test_one_line_makes_a_card_with_reactions(scene: Scene) -> None:
    card, *seeds = await scene.say(WORKSHOP)

    for part in ("C1", "Atelier lexique", "mardi 7 avril de 12h30 à 14h (Europe/Paris)",
                 "Lyon, Le Tuba", "Venez nombreux"):  # fmt: skip
        assert part in card.body
    assert card.card == "meeting:1"
    assert "m.relates_to" not in card.content
    assert [act.content["m.relates_to"] for act in seeds] == [
        {"rel_type": "m.annotation", "key": key} for key in ("👍", "❔", "👎", "🔔", "📅")
    ]
    item = await stored(scene)
    assert item.starts_at == datetime(2026, 4, 7, 10, 30, tzinfo=UTC)
    assert (item.duration_minutes, item.zone, item.organiser) == (90, "Europe/Paris", JO)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("!event Word workshop | tuesday 7 april 12:30-14:00 | Lyon", "12h30"),
        ("!evt Atelier | 7 avril 14h", "mardi 7 avril à 14h"),
        ("!rdv Atelier\n7 avril 14h\nLyon", "Lyon"),
        ("!rdv Assises | du 7 au 9 avril", "du mardi 7 avril au jeudi 9 avril"),
        ("!rdv Café | chaque premier jeudi du mois à 12h30", "chaque premier jeudi du mois"),
        ("!rdv Atelier | 7 avril 14h | Visio https://visio.example.org/a", "visio.example.org"),
        ("!rdv Atelier | 7 avril 14h heure de Montréal", "America/Toronto"),
    ],
)
async def test_when_is_understood(scene: Scene, words: str, part: str) -> None:
    card, *_ = await scene.say(words)
    assert part in card.body


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("!rdv", "Par exemple"),
        ("!rdv | jeudi 14h", "titre"),
        ("!rdv Atelier | mardi 32", "mardi 32"),
        ("!rdv Atelier | 4 mars 2020 14h", "déjà passé"),
        ("!rdv Atelier | jeudi 14h-12h", "la fin vient avant le début"),
        ("!rdv Atelier | du 9 au 7 avril 2026", "la fin vient avant le début"),
        ("!rdv Atelier | jeudi 14h heure de Gotham", "Gotham"),
        ("!rdv Atelier | 29 mars 2026 à 2h30", "n’existe pas"),
        ("!rdv Atelier | demain matin", "trop vague"),
        ("!rdv Atelier | vendredi 25 mars", "ne vont pas ensemble"),
        ("!rdv modifier C9 places 20", "C9"),
        ("!rdv modifier", "De quel"),
        ("!rdv C9", "C9"),
    ],
)
async def test_what_is_not_understood_is_refused(scene: Scene, words: str, part: str) -> None:
    answer = await scene.answer(words)

    assert part in answer
    async with scene.database.read() as snapshot:
        assert await meeting.get(snapshot, 1) is None


async def test_past_date_rolls_forward_and_says_so(scene: Scene) -> None:
    acts = await scene.say("!rdv Atelier | 4 mars à 10h")
    assert "2027" in acts[0].body
    assert "déjà passée" in acts[-1].body


async def test_hour_shown_twice_is_asked_about(scene: Scene) -> None:
    question, *seeds = await scene.say("!rdv Veille | 25 octobre 2026 à 2h30")
    assert "UTC+0200" in question.body
    assert "UTC+0100" in question.body
    assert len(seeds) == 2
    assert (await stored(scene)).state is State.DRAFT
    await scene.deliver()

    card, *_ = await scene.react(sent(question.oid), "2️⃣")

    assert "C1" in card.body
    assert (await stored(scene)).starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


async def test_far_date_is_asked_about(scene: Scene) -> None:
    question, _seed = await scene.say("!rdv Congrès | 20 octobre 2029 14h")
    assert "deux ans" in question.body
    assert await scene.answer("!agenda") != ""
    assert "Aucun" in await scene.answer("!agenda")

    card, *_ = await scene.say("!rdv oui C1")

    assert "samedi 20 octobre 2029" in card.body
    assert "1 participant" not in card.body
    assert "rien à confirmer" in await scene.answer("!rdv oui C1")


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("places 20", "capacity", 20),
        ("capacity 20", "capacity", 20),
        ("lieu Grenoble", "place", "Grenoble"),
        ("lien https://a.example/b", "link", "https://a.example/b"),
        ("titre Autre chose", "title", "Autre chose"),
        ("description Bonjour", "description", "Bonjour"),
        ("programme 9h café\n10h atelier", "programme", "9h café\n10h atelier"),
        ("limite 3 avril 18h", "deadline", datetime(2026, 4, 3, 16, tzinfo=UTC)),
        ("rappels 2j, 30min", "offsets", "2d,30m"),
        ("rappels non", "offsets", ""),
        ("quand mercredi 8 avril 9h", "starts_at", datetime(2026, 4, 8, 7, tzinfo=UTC)),
        ("fuseau Montréal", "starts_at", datetime(2026, 4, 7, 16, 30, tzinfo=UTC)),
    ],
)
async def test_field_is_set_by_its_organiser(
    scene: Scene, words: str, field: str, value: object
) -> None:
    await scene.say(WORKSHOP)

    answer = await scene.answer(f"!rdv modifier C1 {words}")

    assert "C1" in answer
    item = await stored(scene)
    assert getattr(item, field) == value
    assert item.sequence == 1


@pytest.mark.parametrize(
    "words",
    ["places zéro", "lien là", "limite 9 avril", "rappels souvent", "quand hier", "couleur bleu",
     "quand samedi à minuit", "fuseau Gotham", "titre"],
)  # fmt: skip
async def test_field_that_does_not_fit_is_refused(scene: Scene, words: str) -> None:
    await scene.say(WORKSHOP)

    await scene.say(f"!rdv modifier C1 {words}")

    assert (await stored(scene)).sequence == 0


async def test_only_those_entitled_change_a_meeting(scene: Scene) -> None:
    await scene.say(WORKSHOP)

    assert JO in await scene.answer("!rdv modifier C1 places 5", sender=MAX)
    assert "C1" in await scene.answer("!rdv modifier C1 places 6", sender=ANIMATOR)
    await scene.say(f"!rdv modifier C1 coorganisateurs {MAX}")
    await scene.say("!rdv modifier C1 places 7", sender=MAX)

    assert (await stored(scene)).capacity == 7


async def test_edit_of_the_command_corrects_the_same_meeting(scene: Scene) -> None:
    command = scene.message(WORKSHOP)
    await scene.hear(command)

    [correction] = await scene.edit(command, "!rdv Atelier mots | mercredi 8 avril 9h | Lyon")

    assert "Atelier mots" in correction.body
    assert correction.target is not None
    item = await stored(scene)
    assert (item.id, item.sequence, item.title) == (1, 1, "Atelier mots")


async def test_redaction_takes_the_meeting_back(scene: Scene) -> None:
    command = scene.message(WORKSHOP)
    await scene.hear(command)

    await scene.redact(command.event_id)

    async with scene.database.read() as snapshot:
        assert await meeting.get(snapshot, 1) is None
    assert messages(await later(scene, days=13), ROOM) == []


async def test_cancelled_meeting_is_told_to_those_going_and_reminds_nobody(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!participe C1", sender=MAX)

    assert "annulé" in await scene.answer("!rdv annuler C1")

    assert "Annulé" in told(await fire(scene))[MAX][0]
    assert told(await later(scene, days=15)) == {}
    assert "annulé" in await scene.answer("!participe C1")


async def test_moved_meeting_is_told_and_reminds_at_its_new_time(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!participe C1", sender=MAX)

    answer = await scene.answer("!rdv déplacer C1 jeudi 9 avril 15h")

    assert "jeudi 9 avril de 15h à 16h30" in answer
    [news] = told(await fire(scene))[MAX]
    assert "mardi 7 avril" in news
    assert "jeudi 9 avril" in news
    scene.clock.at = datetime(2026, 4, 9, 11, 59, tzinfo=UTC)
    before = told(await fire(scene))
    assert len(before.get(MAX, [])) <= 1  # of those that fell due meanwhile only the last
    assert len(told(await later(scene, minutes=1))[MAX]) == 1


async def test_one_date_of_a_series_is_moved_and_one_cancelled(scene: Scene) -> None:
    await scene.say("!rdv Café | chaque mardi à 15h30 pendant 1h")
    await scene.say("!participe C1 toutes", sender=MAX)

    moved = await scene.answer("!rdv déplacer C1 31 mars | mercredi 1er avril 10h")
    cancelled = await scene.answer("!rdv annuler C1 7 avril")

    assert "mercredi 1er avril de 10h à 11h" in moved
    assert "mardi 7 avril" in cancelled
    agenda = await scene.answer("!agenda avril")
    assert "1er avril" in agenda
    assert "7 avril" not in agenda
    assert "14 avril" in agenda
    news = told(await fire(scene))[MAX]
    assert len(news) == 2
    async with scene.database.read() as snapshot:
        assert len(await occurrence.of_meeting(snapshot, 1)) == 2
    assert "n’a pas lieu" in await scene.answer("!rdv annuler C1 8 avril")


async def test_series_ends_before_a_date(scene: Scene) -> None:
    await scene.say("!rdv Café | chaque mardi à 15h30")

    await scene.say("!rdv annuler C1 à partir du 14 avril")

    agenda = await scene.answer("!agenda avril")
    assert "7 avril" in agenda
    assert "14 avril" not in agenda


async def test_meeting_is_shown_in_its_room_and_to_its_members_alone(scene: Scene) -> None:
    await scene.say(WORKSHOP)

    assert "Atelier" in (await scene.say("!rdv C1", sender=MAX))[0].body
    assert "Atelier" in await scene.answer("rdv C1", room=PAIR)
    scene.server.members[ROOM].discard(JO)
    assert "Atelier" not in await scene.answer("rdv C1", room=PAIR)


async def test_agenda_shows_what_comes_by_month_town_and_mine(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!rdv Visite | 12 mai 14h | Grenoble", sender=MAX)
    await scene.say("!participe C2")

    everything = await scene.answer("!agenda")
    assert everything.index("C1") < everything.index("C2")
    assert "C2" not in await scene.answer("!agenda avril")
    assert "C1" not in await scene.answer("!agenda Grenoble")
    mine = await scene.answer("!agenda mes", sender=ANIMATOR)
    assert "C1" not in mine
    assert "C2" in await scene.answer("agenda mine", room=PAIR)
    assert "Nulle-Part" in await scene.answer("!agenda Nulle-Part")


async def test_long_agenda_is_paged(scene: Scene) -> None:
    for day in range(1, 13):
        await scene.say(f"!rdv Atelier {day} | {day} mai 14h")

    first, _seed = await scene.say("!agenda")
    assert "C10" in first.body
    assert "C11" not in first.body
    assert "C11" in await scene.answer("!suite")


async def test_closing_days_skip_or_shift_what_repeats(scene: Scene) -> None:
    await scene.say("!rdv Café | chaque mardi à 15h30")

    await scene.say("!réglages closed 2026-04-06..2026-04-08", sender=ANIMATOR)
    assert "mardi 7 avril" not in await scene.answer("!agenda avril")
    await scene.say("!réglages closing shift", sender=ANIMATOR)
    assert "jeudi 9 avril" in await scene.answer("!agenda avril")
    assert "2026" in await scene.answer("!réglages closed demain", sender=ANIMATOR)


async def test_room_chooses_its_reminders(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!participe C1", sender=MAX)
    await scene.say("!réglages rappels 15min", sender=ANIMATOR)

    scene.clock.at = datetime(2026, 4, 7, 10, 14, tzinfo=UTC)
    assert told(await fire(scene)) == {}
    assert len(told(await later(scene, minutes=1))[MAX]) == 1


async def test_who_lists_the_answers(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    assert "Personne" in await scene.answer("!rdv qui C1")
    await scene.say("!participe C1", sender=MAX)
    assert MAX in await scene.answer("!rdv qui C1")


async def test_command_handled_twice_makes_one_meeting(scene: Scene) -> None:
    command = scene.message(WORKSHOP)
    entry = await scene.record(command)
    await scene.router.handle(entry)
    acts = len(await scene.acts())
    await scene.router.handle(entry)

    assert len(await scene.acts()) == acts
    async with scene.database.read() as snapshot:
        assert await meeting.get(snapshot, 2) is None


async def test_hostile_title_stays_a_title(scene: Scene) -> None:
    card, *_ = await scene.say("!rdv <b>@room</b> [x](http://y) | 7 avril 14h | @max:example.org")
    assert card.content["m.mentions"] == {}
    assert "<b>@room" not in card.html
    await scene.say("!participe C1", sender=MAX)
    scene.clock.at += timedelta(days=7)
    for act in await fire(scene):
        assert act.content.get("m.mentions", {}) == {}
