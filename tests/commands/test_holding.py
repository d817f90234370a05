"""Reminders that fall into quiet hours or a pause: none is lost that is the only one."""

from datetime import UTC, datetime

from tests.commands.calendar import fire, messages, told
from tests.scene import MAX, ROOM, Scene, sent

EARLY = "!rdv Lever du jour | mercredi 8 avril 7h | Lyon"
"""At 7 in Paris, which is 5 UTC: quiet hours end at 8."""


async def held(scene: Scene, words: str, offsets: str) -> None:
    """Hold something that Max comes to, with reminders of its own."""
    card, *_ = await scene.say(words)
    await scene.say(f"!rdv modifier C1 rappels {offsets}")
    await scene.deliver()
    await scene.react(sent(card.oid), "👍", sender=MAX)
    await fire(scene)


async def at(scene: Scene, day: int, hour: int, minute: int = 0) -> tuple[int, int]:
    """Go to a moment of April (UTC); return how often Max and the room are reminded then."""
    scene.clock.at = datetime(2026, 4, day, hour, minute, tzinfo=UTC)
    acts = await fire(scene)
    return len(told(acts).get(MAX, [])), len(messages(acts, ROOM))


async def test_only_reminder_is_said_in_quiet_hours_that_end_too_late(scene: Scene) -> None:
    await held(scene, EARLY, "1h")
    assert await at(scene, 8, 4) == (1, 1)
    assert await at(scene, 8, 6) == (0, 0)


async def test_quiet_hours_take_one_reminder_where_another_was_said(scene: Scene) -> None:
    await held(scene, EARLY, "1d,1h")
    assert await at(scene, 7, 5) == (0, 0)
    assert await at(scene, 7, 6) == (1, 1)
    assert await at(scene, 8, 4) == (0, 0)
    assert await at(scene, 8, 6) == (0, 0)


async def test_who_said_yes_after_the_first_reminder_hears_the_last(scene: Scene) -> None:
    card, *_ = await scene.say(EARLY)
    await scene.say("!rdv modifier C1 rappels 1d,1h")
    await scene.deliver()
    assert await at(scene, 7, 6) == (0, 1)
    await scene.react(sent(card.oid), "👍", sender=MAX)
    assert await at(scene, 8, 4) == (1, 0)


async def test_pause_that_ends_in_time_holds_the_only_reminder(scene: Scene) -> None:
    await held(scene, "!rdv Atelier | mercredi 8 avril 14h", "1d")
    scene.clock.at = datetime(2026, 4, 7, 9, tzinfo=UTC)
    await scene.say("!pause 24h", sender=MAX)
    assert await at(scene, 7, 12) == (0, 1)
    assert await at(scene, 8, 9) == (1, 0)


async def test_pause_that_ends_in_quiet_hours_leaves_the_rest_of_the_night(scene: Scene) -> None:
    await held(scene, EARLY, "1d")
    scene.clock.at = datetime(2026, 4, 7, 4, tzinfo=UTC)
    await scene.say("!pause 24h", sender=MAX)
    assert await at(scene, 7, 6) == (0, 1)
    assert await at(scene, 8, 4) == (1, 0)


async def test_pause_over_the_whole_meeting_is_kept(scene: Scene) -> None:
    await held(scene, "!rdv Atelier | mercredi 8 avril 14h", "1h")
    scene.clock.at = datetime(2026, 4, 8, 9, tzinfo=UTC)
    await scene.say("!pause 1 semaine", sender=MAX)
    assert await at(scene, 8, 11) == (0, 1)
    assert await at(scene, 20, 8) == (0, 0)


async def test_two_reminders_held_together_are_said_as_one(scene: Scene) -> None:
    await held(scene, "!rdv Atelier | mercredi 8 avril 14h", "1d,6h")
    scene.clock.at = datetime(2026, 4, 7, 9, tzinfo=UTC)
    await scene.say("!pause 24h", sender=MAX)
    assert await at(scene, 7, 12) == (0, 1)
    assert await at(scene, 8, 6) == (0, 1)
    assert await at(scene, 8, 9) == (1, 0)
