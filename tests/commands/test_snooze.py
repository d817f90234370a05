"""Reminders that are put off, done, followed by others, said to a room, or rest on closed days."""

from datetime import UTC, datetime

import pytest

from bot.storage import due
from tests.commands import calendar
from tests.commands.calendar import fire
from tests.scene import ANIMATOR, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent


async def later(scene: Scene, **length: float) -> list[Act]:
    """Let time pass; return what is said then, without the buttons under it."""
    acts = await calendar.later(scene, **length)
    return [act for act in acts if act.type == "m.room.message"]


async def said(scene: Scene, words: str = "!rappel dans 2h le café") -> Act:
    """Ask for a reminder and return what is said when it falls due."""
    await scene.say(words)
    [act] = await later(scene, hours=2)
    await scene.deliver()
    return act


async def next_at(scene: Scene) -> datetime | None:
    async with scene.database.read() as snapshot:
        return await due.next_at(snapshot)


@pytest.mark.parametrize(
    ("key", "words", "hours"),
    [("⏩", "!rappel repousser R1 1h", 1), ("🗓", "!remind snooze R1 1d", 24),
     ("⏩", "!rappel repousser R1", 1)],
)  # fmt: skip
@pytest.mark.parametrize("is_typed", [False, True])
async def test_snooze_says_it_once_more_later(
    scene: Scene, key: str, words: str, hours: int, is_typed: bool
) -> None:
    act = await said(scene)

    answers = await (scene.say(words) if is_typed else scene.react(sent(act.oid), key))

    assert "R1" in answers[0].body
    assert await fire(scene) == []
    [again] = await later(scene, hours=hours)
    assert "le café" in again.body
    assert await later(scene, days=3) == []


async def test_what_is_said_offers_what_may_be_done(scene: Scene) -> None:
    await scene.say("!rappel dans 2h le café")
    act, *buttons = await calendar.later(scene, hours=2)
    assert "R1" in act.body
    assert [button.content["m.relates_to"]["key"] for button in buttons] == ["⏩", "🗓", "✅"]  # type: ignore[index]  # JSON
    assert {button.target for button in buttons} == {f"oid:{act.oid}"}


async def test_what_is_said_to_a_room_offers_nothing(scene: Scene) -> None:
    await scene.say("!rappel salon dans 2h les badges", sender=ANIMATOR)
    assert len(await calendar.later(scene, hours=2)) == 1


async def test_put_off_again_it_is_said_once_at_the_last_time(scene: Scene) -> None:
    act = await said(scene)
    await scene.react(sent(act.oid), "⏩")
    await scene.say("!rappel plus tard R1 3h")
    assert await later(scene, hours=1) == []
    [again] = await later(scene, hours=2)
    assert "le café" in again.body
    assert await later(scene, days=3) == []


async def test_what_is_still_to_come_is_put_off(scene: Scene) -> None:
    await scene.say("!rappel dans 2h le café")
    await scene.say("!remind put off R1 3h")
    assert "17h" in await scene.answer("!rappel liste")
    assert await later(scene, hours=2) == []
    assert len(await later(scene, hours=1)) == 1
    assert await later(scene, days=3) == []


async def test_only_the_owner_snoozes(scene: Scene) -> None:
    act = await said(scene)
    assert await scene.react(sent(act.oid), "⏩", sender=MAX) == []
    assert "R1" in await scene.answer("!rappel repousser R1 1h", sender=MAX)
    assert await next_at(scene) is None


async def test_done_ends_what_was_put_off(scene: Scene) -> None:
    act = await said(scene)
    await scene.react(sent(act.oid), "⏩")
    assert await scene.react(sent(act.oid), "✅") == []
    assert await next_at(scene) is None


async def test_repeating_reminder_keeps_its_dates_when_put_off(scene: Scene) -> None:
    act = await said(scene, "!rappel tous les jours à 16h boire")
    regular = await next_at(scene)
    await scene.react(sent(act.oid), "⏩")

    [again] = await later(scene, hours=1)
    assert "boire" in again.body
    assert await next_at(scene) == regular
    await scene.react(sent(act.oid), "✅")
    assert await next_at(scene) == regular


async def test_bell_tells_others_as_well_until_it_is_taken_away(scene: Scene) -> None:
    asked = scene.message("!rappel tous les jours à 16h boire")
    [answer] = await scene.hear(asked)
    await scene.deliver()
    bell = scene.reaction(sent(answer.oid), "🔔", sender=MAX)
    await scene.hear(bell)

    [first] = await later(scene, hours=2)
    assert first.content["m.mentions"] == {"user_ids": sorted([JO, MAX])}
    await scene.redact(bell.event_id, sender=MAX)
    [second] = await later(scene, days=1)
    assert second.content["m.mentions"] == {"user_ids": [JO]}


async def test_reminder_of_somebody_alone_cannot_be_followed(scene: Scene) -> None:
    await scene.say("rappel dans 2h secret", room=PAIR)
    assert "R1" in await scene.answer("!rappel suivre R1", sender=MAX)
    [act] = await later(scene, hours=2)
    assert act.room == PAIR
    assert MAX not in str(act.content)


async def test_room_reminder_is_for_animators_and_names_nobody(scene: Scene) -> None:
    assert "anime" in await scene.answer("!rappel salon dans 2h les badges")
    await scene.say("!remind room in 2 hours the badges", sender=ANIMATOR)

    [act] = await later(scene, hours=2)

    assert act.room == ROOM
    assert act.content["m.mentions"] == {}
    assert "les badges" in act.body or "the badges" in act.body


async def test_room_reminder_is_cancelled_by_its_animators_alone(scene: Scene) -> None:
    scene.server.levels[MAX] = 50
    await scene.say("!rappel salon dans 2h les badges", sender=MAX)

    await scene.say("!rappel annuler R1")
    await scene.say("!rappel annuler R1", sender=ANIMATOR, room=OTHER_ROOM)
    assert await next_at(scene) is not None
    await scene.say("!rappel annuler R1", sender=ANIMATOR)
    assert await next_at(scene) is None


async def test_list_in_a_room_shows_ones_own_there_and_the_rooms(scene: Scene) -> None:
    await scene.say("!rappel dans 2h le café")
    await scene.say("!rappel salon dans 3h les badges", sender=ANIMATOR)
    await scene.say("!rappel dans 4h la salle", sender=MAX)
    await scene.say("!rappel salon dans 2h ailleurs", sender=ANIMATOR, room=OTHER_ROOM)

    shown = await scene.answer("!rappel liste")

    assert "le café" in shown
    assert "les badges" in shown
    assert "la salle" not in shown
    assert "ailleurs" not in shown


async def test_reminder_in_reply_links_to_the_message(scene: Scene) -> None:
    about = scene.message("Qui vient samedi ?", sender=MAX)
    await scene.say("!rappel dans 2h répondre", reply_to=about.event_id)
    [act] = await later(scene, hours=2)
    assert act.body.endswith("répondre")
    assert act.content["m.relates_to"] == {"m.in_reply_to": {"event_id": about.event_id}}


@pytest.mark.parametrize(
    ("words", "this"), [("!rappel dans 2h", "ce message"), ("!remind me in 2h", "ce message")]
)
async def test_message_alone_may_be_what_one_is_reminded_of(
    scene: Scene, words: str, this: str
) -> None:
    about = scene.message("Qui vient samedi ?", sender=MAX)
    [answer] = await scene.say(words, reply_to=about.event_id)
    assert answer.body.endswith(this)
    assert this in await scene.answer("!rappel liste")
    [act] = await later(scene, hours=2)
    assert act.body.endswith(this)


@pytest.mark.parametrize(("mode", "day"), [("skip", 14), ("shift", 9)])
async def test_repeating_reminder_rests_on_closed_days(scene: Scene, mode: str, day: int) -> None:
    await scene.say("!réglages closed 2026-03-31..2026-04-08", sender=ANIMATOR)
    await scene.say(f"!réglages closing {mode}", sender=ANIMATOR)
    await scene.say("!rappel chaque mardi à 16h la lettre")

    await later(scene, hours=2)

    # 31 March and 7 April are closed; put off to 9 April, the one of 31 March would come after 7.
    assert await next_at(scene) == datetime(2026, 4, day, 14, tzinfo=UTC)


async def test_late_reminder_says_so_however_short(scene: Scene) -> None:
    await scene.say("!rappel dans 2h le café")
    scene.clock.at = scene.clock.at.replace(hour=15, second=8)
    act, *_ = await fire(scene, is_late=True)
    assert "absent" in act.body
