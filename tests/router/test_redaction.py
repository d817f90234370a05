"""Redactions: what a command made goes with it, and so does the answer."""

from bot.ids import EventId
from bot.storage.inbox import Outcome
from tests.router.conftest import kept
from tests.scene import ANIMATOR, OTHER_ROOM, Scene


async def test_redacted_command_takes_back_its_effect_and_its_answer(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    [answer] = await keeper.hear(command)

    [redaction] = await keeper.redact(command.event_id)

    assert await kept(keeper) == {}
    assert (redaction.type, redaction.target) == ("m.room.redaction", f"oid:{answer.oid}")
    assert redaction.conversation == answer.conversation


async def test_redaction_by_a_moderator_counts(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    assert len(await keeper.redact(command.event_id, sender=ANIMATOR)) == 1
    assert await kept(keeper) == {}


async def test_redaction_from_another_room_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    assert await keeper.redact(command.event_id, room=OTHER_ROOM) == []
    assert await kept(keeper) == {command.event_id: "one"}


async def test_redacted_command_takes_back_every_edit_of_the_answer(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    answers = await keeper.hear(command)
    answers += await keeper.edit(command, "!keep two")
    answers += await keeper.edit(command, "!keep three")

    redactions = await keeper.redact(command.event_id)

    assert {act.target for act in redactions} == {f"oid:{act.oid}" for act in answers}


async def test_redacted_command_takes_back_the_answers_to_its_correction(keeper: Scene) -> None:
    command = keeper.message("!keep wrong")
    answers = await keeper.hear(command)
    answers += await keeper.edit(command, "!keep one")
    answers += await keeper.edit(command, "!keep two")

    redactions = await keeper.redact(command.event_id)

    assert await kept(keeper) == {}
    assert {act.target for act in redactions} == {f"oid:{act.oid}" for act in answers}


async def test_redacted_command_that_waits_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    entry = await keeper.record(command)

    await keeper.redact(command.event_id)
    await keeper.router.handle(entry)

    assert await kept(keeper) == {}
    assert await keeper.acts() == []
    assert await keeper.outcome(command.event_id) is Outcome.IGNORED


async def test_redaction_handled_twice_takes_back_once(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    first = await keeper.redact(command.event_id)
    second = await keeper.redact(command.event_id)

    assert len(first) == 1
    assert second == []


async def test_redaction_of_what_the_bot_never_saw_has_no_effect(keeper: Scene) -> None:
    assert await keeper.redact(EventId("$chatter")) == []
