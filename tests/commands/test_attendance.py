"""Answers to a meeting: by reaction or typed, one counts; places are few, cards follow."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bot.ids import EventId, UserId
from bot.model import Membership
from bot.storage import attendee
from bot.storage.attendee import Answer
from tests.commands.calendar import fire, later, messages, told
from tests.scene import ANIMATOR, JO, MAX, OTHER_ROOM, ROOM, Act, Scene, sent

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 12h30-14h | Lyon"


async def posted(scene: Scene, *settings: str) -> EventId:
    """Hold a workshop and return the event of its card."""
    card, *_ = await scene.say(WORKSHOP)
    for words in settings:
        await scene.say(f"!rdv modifier C1 {words}")
    await scene.deliver()
    scene.server.members[ROOM] |= {UserId(f"@u{n}:example.org") for n in range(30)}
    return sent(card.oid)


async def answer_of(scene: Scene, user: UserId) -> Answer:
    async with scene.database.read() as snapshot:
        found = await attendee.get(snapshot, 1, "", user)
    return found.answer if found is not None else Answer.NONE


def reactions(acts: list[Act]) -> list[Act]:
    return [act for act in acts if act.type == "m.reaction"]


@pytest.mark.parametrize(
    ("key", "words", "answer"),
    [
        ("👍", "!going C1", Answer.GOING),
        ("❔", "!maybe C1", Answer.MAYBE),
        ("👎", "!notgoing C1", Answer.NOT_GOING),
        ("👍", "!participe c-1", Answer.GOING),
        ("❔", "!peut-être C1", Answer.MAYBE),
        ("👎", "!absent C1", Answer.NOT_GOING),
    ],
)
async def test_reaction_and_typed_twin_do_the_same(
    scene: Scene, key: str, words: str, answer: Answer
) -> None:
    card = await posted(scene)

    assert await scene.react(card, key, sender=MAX) == []
    said = await scene.answer(words, sender=ANIMATOR)

    assert "C1" in said
    assert await answer_of(scene, MAX) is await answer_of(scene, ANIMATOR) is answer


async def test_reply_to_a_card_means_its_meeting(scene: Scene) -> None:
    card = await posted(scene)
    await scene.say("!participe", sender=MAX, reply_to=card)
    assert await answer_of(scene, MAX) is Answer.GOING
    assert "De quel" in await scene.answer("!participe", sender=MAX)


async def test_last_answer_counts_and_taking_it_back_leaves_the_earlier(scene: Scene) -> None:
    card = await posted(scene)
    up = scene.reaction(card, "👍", sender=MAX)
    down = scene.reaction(card, "👎", sender=MAX)
    await scene.hear(up)
    await scene.hear(down)
    assert await answer_of(scene, MAX) is Answer.NOT_GOING

    await scene.redact(down.event_id, sender=MAX)
    assert await answer_of(scene, MAX) is Answer.GOING
    await scene.redact(up.event_id, sender=MAX)
    assert await answer_of(scene, MAX) is Answer.NONE


async def test_taking_the_older_reaction_back_changes_nothing(scene: Scene) -> None:
    card = await posted(scene)
    up = scene.reaction(card, "👍", sender=MAX)
    await scene.hear(up)
    await scene.react(card, "❔", sender=MAX)

    await scene.redact(up.event_id, sender=MAX)

    assert await answer_of(scene, MAX) is Answer.MAYBE


async def test_answers_of_two_devices_at_once_leave_one(scene: Scene) -> None:
    card = await posted(scene)
    entries = [
        await scene.record(scene.reaction(card, key, sender=MAX)) for key in ("👍", "👎", "❔") * 3
    ]
    await asyncio.gather(*(scene.router.handle(entry) for entry in entries))

    async with scene.database.read() as snapshot:
        assert sum((await attendee.counts(snapshot, 1, "")).values()) == 1


async def test_freed_place_goes_to_the_next_who_is_told_and_can_decline(scene: Scene) -> None:
    card = await posted(scene, "places 1")
    await scene.react(card, "👍", sender=JO)
    waiting = told(await scene.react(card, "👍", sender=MAX))
    await scene.react(card, "👍", sender=ANIMATOR)
    assert "position 1" in waiting[MAX][0]
    assert await answer_of(scene, MAX) is Answer.WAITING

    await scene.say("!absent C1", sender=JO)
    news = await fire(scene)

    assert "place s’est libérée" in told(news)[MAX][0]
    assert await answer_of(scene, MAX) is Answer.GOING
    assert await answer_of(scene, ANIMATOR) is Answer.WAITING
    [free] = [act for act in news if act.room == f"direct:{MAX}"]
    await scene.deliver()
    await scene.react(sent(free.oid), "👎", sender=MAX)
    assert list(told(await fire(scene))) == [ANIMATOR]
    assert await answer_of(scene, ANIMATOR) is Answer.GOING


async def test_place_of_somebody_who_leaves_the_room_goes_to_the_next(scene: Scene) -> None:
    card = await posted(scene, "places 1")
    for user in (JO, MAX, ANIMATOR):
        await scene.react(card, "👍", sender=user)
    await scene.deliver()

    await scene.move(JO, "leave", "join")
    news = await later(scene, seconds=5)

    assert await answer_of(scene, JO) is Answer.NONE
    assert list(told(news)) == [MAX]
    assert "place s’est libérée" in told(news)[MAX][0]
    assert await answer_of(scene, MAX) is Answer.GOING
    assert await answer_of(scene, ANIMATOR) is Answer.WAITING
    assert [act for act in news if act.target is not None]  # the card follows
    assert JO not in told(await later(scene, days=14))


async def test_who_waits_and_leaves_the_room_is_waited_for_no_more(scene: Scene) -> None:
    card = await posted(scene, "places 1")
    for user in (JO, MAX, ANIMATOR):
        await scene.react(card, "👍", sender=user)
    await scene.deliver()
    await scene.move(MAX, "leave", "join")
    assert told(await fire(scene)) == {}

    await scene.say("!absent C1", sender=JO)

    assert list(told(await fire(scene))) == [ANIMATOR]


async def test_leaving_another_room_or_after_the_meeting_changes_no_answer(scene: Scene) -> None:
    card = await posted(scene)
    await scene.react(card, "👍", sender=JO)
    await scene.move(JO, "leave", "join", room=OTHER_ROOM)
    assert await answer_of(scene, JO) is Answer.GOING
    await later(scene, days=30)
    await scene.move(JO, "leave", "join")
    assert await answer_of(scene, JO) is Answer.GOING


async def test_leaving_handled_twice_gives_one_place(scene: Scene) -> None:
    card = await posted(scene, "places 1")
    for user in (JO, MAX, ANIMATOR):
        await scene.react(card, "👍", sender=user)
    at = scene.clock.now()
    gone = Membership(EventId("$gone"), ROOM, JO, at, at, JO, "leave", "join")
    entry = await scene.record(gone)
    await asyncio.gather(scene.router.handle(entry), scene.router.handle(entry))

    assert list(told(await fire(scene))) == [MAX]


async def test_more_places_let_those_in_who_wait(scene: Scene) -> None:
    card = await posted(scene, "places 1")
    users = [UserId(f"@u{n}:example.org") for n in range(5)]
    for user in users:
        await scene.react(card, "👍", sender=user)

    await scene.say("!rdv modifier C1 places 3")

    assert sorted(told(await fire(scene))) == users[1:3]
    assert await answer_of(scene, users[3]) is Answer.WAITING


async def test_many_at_once_never_get_more_places_than_there_are(scene: Scene) -> None:
    card = await posted(scene, "places 7")
    entries = [
        await scene.record(scene.reaction(card, "👍", sender=UserId(f"@u{n}:example.org")))
        for n in range(20)
    ]
    await asyncio.gather(*(scene.router.handle(entry) for entry in entries))

    async with scene.database.read() as snapshot:
        counts = await attendee.counts(snapshot, 1, "")
    assert counts == {Answer.GOING: 7, Answer.WAITING: 13}


async def test_after_the_deadline_nobody_new_comes_but_one_may_leave(scene: Scene) -> None:
    card = await posted(scene, "limite 3 avril 18h")
    await scene.react(card, "👍", sender=MAX)
    scene.clock.at = datetime(2026, 4, 4, 8, tzinfo=UTC)

    refused = told(await scene.react(card, "👍", sender=ANIMATOR))
    typed = await scene.answer("!participe C1", sender=ANIMATOR)
    await scene.react(card, "👎", sender=MAX)

    assert "close" in refused[ANIMATOR][0]
    assert "close" in typed
    assert await answer_of(scene, ANIMATOR) is Answer.NONE
    assert await answer_of(scene, MAX) is Answer.NOT_GOING


async def test_card_shows_counts_by_one_silent_edit_in_five_seconds(scene: Scene) -> None:
    card = await posted(scene)
    await fire(scene)
    for number in range(20):
        await scene.react(card, "👍", sender=UserId(f"@u{number}:example.org"))
    edits = [act for act in await later(scene, seconds=5) if act.target]

    [edit] = edits
    assert "Oui\u00a0: 20" in edit.body
    assert edit.content["m.mentions"] == {}
    assert [act for act in await later(scene, seconds=60) if act.target] == []


async def test_card_is_edited_at_most_every_five_seconds(scene: Scene) -> None:
    card = await posted(scene)
    times = []
    for number in range(24):
        await scene.react(card, "👍", sender=UserId(f"@u{number}:example.org"))
        times += [scene.clock.at for act in await later(scene, seconds=1.1) if act.target]

    times += [scene.clock.at for act in await later(scene, seconds=6) if act.target]
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert min(gaps) >= 4.9
    assert len(times) >= 5


@pytest.mark.parametrize(("choice", "alone", "named"), [
    ("message", 1, 0), ("mention", 0, 1), ("non", 0, 0),
])  # fmt: skip
async def test_reminder_comes_as_each_person_chose(
    scene: Scene, choice: str, alone: int, named: int
) -> None:
    card = await posted(scene)
    await scene.say(f"!prévenir {choice}", sender=MAX)
    await scene.react(card, "👍", sender=MAX)

    scene.clock.at = datetime(2026, 4, 6, 10, 30, tzinfo=UTC)
    acts = await fire(scene)

    mentions = [act for act in acts if act.content.get("m.mentions") == {"user_ids": [MAX]}]
    assert len(told(acts).get(MAX, [])) == alone
    assert len(mentions) == named
    assert len(messages(acts, ROOM)) == 1 + named


async def test_bell_subscribes_and_taking_it_away_ends_it(scene: Scene) -> None:
    card = await posted(scene)
    bell = scene.reaction(card, "🔔", sender=MAX)
    await scene.hear(bell)
    scene.clock.at = datetime(2026, 4, 6, 10, 30, tzinfo=UTC)
    assert len(told(await fire(scene))[MAX]) == 1

    await scene.redact(bell.event_id, sender=MAX)

    scene.clock.at = datetime(2026, 4, 7, 9, 30, tzinfo=UTC)
    assert told(await fire(scene)) == {}


async def test_somebody_outside_of_the_room_cannot_answer(scene: Scene) -> None:
    await posted(scene)
    scene.rooms.pairs.add(ROOM.__class__("!eve:example.org"))
    eve, alone = UserId("@eve:example.org"), ROOM.__class__("!eve:example.org")
    scene.rooms.open.add(alone)
    assert "C1" in await scene.answer("participe C1", sender=eve, room=alone)
    assert await answer_of(scene, eve) is Answer.NONE
