"""What is withdrawn is not sent any more, and what was on the wire is taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.ids import Oid
from bot.model import Message
from bot.storage import echo, experience_showing, outbox
from bot.storage.outbox import State
from bot.storage.room import Room
from bot.storage.room import save as save_rooms
from tests.scene import ANIMATOR, MAX, OTHER_ROOM, ROOM, Act, Scene, sent

SHARE = "!partage Personne ne lit le règlement → une page dessinée"


async def in_state(scene: Scene, state: State) -> set[str]:
    async with scene.database.read() as snapshot:
        rows = await snapshot.execute(select(outbox.outbox.c.oid).filter_by(state=state))
        return {str(row[0]) for row in rows}


async def queued(scene: Scene) -> tuple[Message, Act]:
    """Let E1 be withdrawn while its card waits to be sent; return the command and the card."""
    command = scene.message(SHARE)
    await scene.hear(command)
    await scene.deliver()
    card = (await scene.say("!exp E1", sender=MAX))[0]
    await scene.redact(command.event_id)
    return command, card


async def test_what_waits_is_withdrawn_and_never_redacted(scene: Scene) -> None:
    _, card = await queued(scene)

    assert card.oid in await in_state(scene, State.WITHDRAWN)
    [row] = [act for act in await scene.acts() if act.oid == card.oid]
    assert row.content == {}
    assert not [act for act in await scene.wait(timedelta(minutes=5)) if "règlement" in act.body]
    redacted = [act.target for act in await scene.acts() if act.type == "m.room.redaction"]
    assert f"oid:{card.oid}" not in redacted
    async with scene.database.read() as snapshot:
        assert await experience_showing.of(snapshot, 1) == []


@pytest.mark.parametrize("is_known", [True, False])
async def test_what_was_on_the_wire_is_redacted_once_that_is_known(
    scene: Scene, *, is_known: bool
) -> None:
    _, card = await queued(scene)
    await scene.fire()
    oid, event, at = Oid(card.oid), sent(card.oid), scene.clock.now()
    if is_known:
        await scene.database.write(lambda t: outbox.mark_all_sent(t, {oid: (event, at)}))
    else:  # the process died before it could note it
        await scene.database.write(lambda t: echo.record(t, {event: oid}, at))

    acts = await scene.wait(timedelta(minutes=3))

    assert f"oid:{card.oid}" in {act.target for act in acts if act.type == "m.room.redaction"}


async def test_narrowed_experience_does_not_arrive_elsewhere(scene: Scene) -> None:
    rooms = [Room(ROOM, joined_count=4), Room(OTHER_ROOM, joined_count=3)]
    await scene.database.write(lambda t: save_rooms(t, rooms))
    await scene.say(SHARE)
    await scene.say("!exp visibilité E1 communauté")
    await scene.deliver()
    card = (await scene.say("!exp E1", sender=ANIMATOR, room=OTHER_ROOM))[0]
    here = (await scene.say("!exp E1", sender=MAX))[0]
    await scene.say("!exp visibilité E1 salon")

    gone = await in_state(scene, State.WITHDRAWN)
    assert card.oid in gone
    assert here.oid not in gone
