"""Edits of commands: whose count, what they correct, and which answer they replace."""

import pytest

from bot.storage.inbox import Outcome
from tests.router.conftest import kept
from tests.scene import MAX, PAIR, ROOM, Act, Scene


def relation(act: Act) -> dict[str, object]:
    found = act.content["m.relates_to"]
    assert isinstance(found, dict)
    return found


async def test_edit_of_an_answered_command_replaces_its_effect_and_its_answer(
    keeper: Scene,
) -> None:
    command = keeper.message("!keep one")
    [answer] = await keeper.hear(command)

    [correction] = await keeper.edit(command, "!keep two")

    assert await kept(keeper) == {command.event_id: "two"}
    assert correction.target == f"oid:{answer.oid}"
    assert relation(correction)["rel_type"] == "m.replace"


async def test_edit_by_somebody_else_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    assert await keeper.edit(command, "!keep two", sender=MAX) == []
    assert await kept(keeper) == {command.event_id: "one"}


async def test_edit_from_another_room_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    assert await keeper.say("!keep two", room=PAIR, replaces=command.event_id) == []
    assert await kept(keeper) == {command.event_id: "one"}


async def test_edit_that_makes_a_command_of_what_the_bot_never_saw_has_no_effect(
    keeper: Scene,
) -> None:
    chatter = keeper.message("keep this in mind")

    assert await keeper.edit(chatter, "!keep this in mind") == []
    assert await kept(keeper) == {}


@pytest.mark.parametrize("failed", ["!keep wrong", "!kepe one", "!zzqqxx"])
async def test_edit_of_a_failed_command_runs_it(keeper: Scene, failed: str) -> None:
    command = keeper.message(failed)
    await keeper.hear(command)

    [answer] = await keeper.edit(command, "!keep one")

    assert await kept(keeper) == {command.event_id: "one"}
    assert answer.target is None
    assert relation(answer)["m.in_reply_to"] == {"event_id": command.event_id}
    assert await keeper.outcome(command.event_id) is Outcome.ANSWERED


async def test_edit_after_a_correction_replaces_the_answer_to_the_correction(
    keeper: Scene,
) -> None:
    command = keeper.message("!keep wrong")
    await keeper.hear(command)
    [answer] = await keeper.edit(command, "!keep one")

    [correction] = await keeper.edit(command, "!keep two")

    assert await kept(keeper) == {command.event_id: "two"}
    assert correction.target == f"oid:{answer.oid}"


async def test_edit_that_fails_leaves_the_first_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    [refusal] = await keeper.edit(command, "!keep refused")

    assert await kept(keeper) == {command.event_id: "one"}
    assert refusal.target is None


async def test_edit_into_another_command_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)

    assert await keeper.edit(command, "!help") == []


async def test_edit_of_a_command_that_is_not_editable_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!help")
    await keeper.hear(command)

    assert await keeper.edit(command, "!help keep") == []


async def test_edit_of_an_edit_has_no_effect(keeper: Scene) -> None:
    command = keeper.message("!keep one")
    await keeper.hear(command)
    edit = keeper.message("!keep two", replaces=command.event_id)
    await keeper.hear(edit)

    assert await keeper.edit(edit, "!keep three") == []
    assert await kept(keeper) == {command.event_id: "two"}


async def test_edit_of_a_command_that_was_given_up_runs_it(keeper: Scene) -> None:
    command = keeper.message("!keep broken")
    await keeper.router.give_up(await keeper.record(command))

    [answer] = await keeper.edit(command, "!keep one")

    assert "kept" in answer.body
    assert answer.room == ROOM
    assert await kept(keeper) == {command.event_id: "one"}
