"""Series: each date has its own answers, its own places and its own card."""

from datetime import UTC, datetime, timedelta

from bot.ids import EventId, UserId
from bot.services.meeting import following
from bot.storage import attendee, meeting
from bot.storage.attendee import Answer
from tests.commands.calendar import fire, later, messages, told
from tests.scene import ANIMATOR, JO, MAX, ROOM, Act, Scene, sent

CAFE = "!rdv Café | chaque premier jeudi du mois à 12h30 pendant 1h30"
"""From Tuesday, 24 March on: 2 April, 7 May, 4 June…"""


async def names(scene: Scene) -> list[str]:
    async with scene.database.read() as snapshot:
        item = await meeting.get(snapshot, 1)
        assert item is not None
        return await following.names(snapshot, item, scene.clock.now())


async def answer_of(scene: Scene, name: str, user: UserId = MAX) -> Answer:
    async with scene.database.read() as snapshot:
        found = await attendee.get(snapshot, 1, name, user)
    return found.answer if found is not None else Answer.NONE


async def held(scene: Scene, *settings: str) -> EventId:
    card, *_ = await scene.say(CAFE)
    for words in settings:
        await scene.say(f"!rdv modifier C1 {words}")
    await scene.deliver()
    return sent(card.oid)


def card_among(acts: list[Act]) -> Act:
    [card] = [act for act in acts if (act.card or "").startswith("meeting:") and act.room == ROOM]
    return card


async def test_answer_is_to_the_next_date_alone(scene: Scene) -> None:
    card = await held(scene)
    await scene.react(card, "👍", sender=MAX)

    first, second, *_ = await names(scene)
    assert await answer_of(scene, first) is Answer.GOING
    assert await answer_of(scene, second) is Answer.NONE
    assert "2 avril" in await scene.answer("!agenda mes", sender=MAX)
    scene.clock.at = datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert "7 mai" not in await scene.answer("!agenda mes", sender=MAX)


async def test_date_is_named_or_all_are(scene: Scene) -> None:
    await held(scene)
    first, second, third, *_ = await names(scene)

    assert "7 mai" in await scene.answer("!participe C1 7 mai", sender=MAX)
    assert await answer_of(scene, first) is Answer.NONE
    assert await answer_of(scene, second) is Answer.GOING
    assert "n’a pas lieu" in await scene.answer("!participe C1 8 mai", sender=MAX)

    assert "60 prochaines dates" in await scene.answer("!participe C1 toutes", sender=MAX)
    await scene.say("!absent C1 7 mai", sender=MAX)
    answers = [await answer_of(scene, name) for name in (first, second, third)]
    assert answers == [Answer.GOING, Answer.NOT_GOING, Answer.GOING]


async def test_next_date_has_a_card_of_its_own(scene: Scene) -> None:
    card = await held(scene)
    await scene.react(card, "👍", sender=MAX)
    scene.clock.at = datetime(2026, 4, 2, 12, 30, tzinfo=UTC)
    await fire(scene)

    scene.clock.at = datetime(2026, 4, 30, 10, 30, tzinfo=UTC)
    acts = await fire(scene)

    new = card_among(acts)
    assert "7 mai" in new.body
    assert "👍 Oui\xa0: 0" in new.body
    assert new.content["msgtype"] == "m.text"
    assert [act.type for act in acts].count("m.reaction") == 5
    await scene.deliver()
    await scene.react(sent(new.oid), "👍", sender=JO)
    name, *_ = await names(scene)
    assert await answer_of(scene, name, JO) is Answer.GOING
    refused = told(await scene.react(card, "👍", sender=ANIMATOR))
    assert "passée ou annulée" in refused[ANIMATOR][0]

    scene.clock.at = datetime(2026, 5, 6, 10, 30, tzinfo=UTC)
    reminded = await fire(scene)
    assert [body[:1] for body in messages(reminded, ROOM)] == ["⏰"]  # the line, and no card
    assert set(told(reminded)) == {JO}


async def test_card_follows_its_date_alone(scene: Scene) -> None:
    card = await held(scene)
    await scene.say("!participe C1 7 mai", sender=MAX)
    assert [act for act in await later(scene, seconds=6) if act.target] == []

    await scene.react(card, "👍", sender=MAX)
    [edit] = [act for act in await later(scene, seconds=6) if act.target]
    assert "2 avril" in edit.body


async def test_places_and_deadline_are_those_of_a_date(scene: Scene) -> None:
    await held(scene, "places 1", "limite 31 mars 18h")
    first, second, *_ = await names(scene)
    await scene.say("!participe C1", sender=JO)
    await scene.say("!participe C1", sender=MAX)
    await scene.say("!participe C1 7 mai", sender=MAX)
    assert await answer_of(scene, first) is Answer.WAITING
    assert await answer_of(scene, second) is Answer.GOING

    scene.clock.at = datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert "close" in await scene.answer("!participe C1", sender=ANIMATOR)
    assert "attente" in await scene.answer("!participe C1 7 mai", sender=ANIMATOR)
    scene.clock.at = datetime(2026, 5, 5, 17, tzinfo=UTC)  # two days before, after 18 h in Paris
    await scene.say("!absent C1", sender=ANIMATOR)
    assert "close" in await scene.answer("!participe C1", sender=JO)
    assert "5 mai" in await scene.answer("!rdv C1")


async def test_freed_place_of_a_date_goes_to_the_next_of_that_date(scene: Scene) -> None:
    await held(scene, "places 1")
    for user in (JO, MAX):
        await scene.say("!participe C1 7 mai", sender=user)
    _, second, *_ = await names(scene)

    await scene.say("!absent C1 7 mai", sender=JO)

    assert "7 mai" in told(await fire(scene))[MAX][0]
    assert await answer_of(scene, second) is Answer.GOING


async def test_answers_and_card_follow_a_series_that_is_moved(scene: Scene) -> None:
    card = await held(scene)
    await scene.react(card, "👍", sender=MAX)
    await scene.say("!participe C1 7 mai", sender=JO)

    await scene.say("!rdv modifier C1 quand chaque premier vendredi du mois à 12h30 pendant 1h30")

    first, second, *_ = await names(scene)
    assert first.startswith("20260403")
    assert await answer_of(scene, first) is Answer.GOING
    assert await answer_of(scene, second, JO) is Answer.GOING
    assert set(told(await fire(scene))) == {JO, MAX}
    await scene.react(card, "👍", sender=ANIMATOR)
    assert await answer_of(scene, first, ANIMATOR) is Answer.GOING


async def test_answers_follow_a_meeting_that_becomes_a_series_and_back(scene: Scene) -> None:
    await scene.say("!rdv Café | 2 avril 12h30")
    await scene.say("!participe C1", sender=MAX)
    await scene.say("!rdv suivre C1", sender=MAX)

    await scene.say("!rdv modifier C1 quand chaque premier jeudi du mois à 12h30")
    first, *_ = await names(scene)
    assert await answer_of(scene, first) is Answer.GOING
    await scene.say("!rdv modifier C1 quand 2 avril 12h30")

    async with scene.database.read() as snapshot:
        [found] = await attendee.listed(snapshot, 1)
    assert (found.date, found.answer, found.is_subscribed) == ("", Answer.GOING, True)


async def test_moved_date_keeps_its_answers_and_its_card(scene: Scene) -> None:
    card = await held(scene)
    await scene.react(card, "👍", sender=MAX)
    await scene.say("!rdv déplacer C1 2 avril | 3 avril 12h30")
    await scene.react(card, "👍", sender=JO)
    first, *_ = await names(scene)
    assert await answer_of(scene, first, JO) is Answer.GOING

    await scene.say("!rdv annuler C1 3 avril")
    [edit, *_] = [act for act in await later(scene, seconds=6) if act.target == f"oid:{card[6:]}"]
    assert "Annulé" in edit.body
    assert "2 avril" in edit.body or "3 avril" in edit.body


async def test_who_came_to_which_date_is_listed(scene: Scene) -> None:
    await held(scene)
    await scene.say("!participe C1", sender=MAX)
    await scene.say("!participe C1 7 mai", sender=ANIMATOR)
    assert MAX in await scene.answer("!rdv qui C1")
    may = await scene.answer("!rdv qui C1 7 mai")
    assert ANIMATOR in may
    assert MAX not in may


async def test_who_leaves_gives_all_dates_to_come_back(scene: Scene) -> None:
    await held(scene)
    await scene.say("!participe C1 toutes", sender=MAX)
    first, *_ = await names(scene)
    scene.clock.pass_by(timedelta(days=10))
    await scene.move(MAX, "leave", "join")

    async with scene.database.read() as snapshot:
        assert await attendee.dates_of(snapshot, 1, user=MAX) == [first]
