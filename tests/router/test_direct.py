"""Where the bot speaks alone with somebody follows from what they do."""

from bot.ids import RoomId, UserId
from bot.storage import direct_room
from bot.storage.direct_room import DirectRoom, State
from tests.scene import JO, MAX, PAIR, ROOM, Scene

NEW = RoomId("!new:example.org")


async def standing(scene: Scene, user: UserId = JO) -> DirectRoom | None:
    async with scene.database.read() as snapshot:
        return await direct_room.get(snapshot, user)


async def room_of(scene: Scene, user: UserId = JO) -> tuple[State, RoomId | None] | None:
    item = await standing(scene, user)
    return (item.state, item.room_id) if item else None


async def test_room_that_somebody_opens_is_the_one(scene: Scene) -> None:
    await scene.invite(NEW, is_direct=True)
    assert await room_of(scene) == (State.OPEN, NEW)


async def test_room_of_several_is_nobodys(scene: Scene) -> None:
    await scene.invite(NEW)
    assert await room_of(scene) is None


async def test_room_opened_later_takes_the_place_of_an_earlier_one(scene: Scene) -> None:
    await scene.say("ping", room=PAIR)
    await scene.invite(NEW, is_direct=True)
    assert await room_of(scene) == (State.OPEN, NEW)


async def test_room_of_two_in_which_somebody_writes_is_the_one(scene: Scene) -> None:
    await scene.say("!ping", room=ROOM)
    assert await room_of(scene) is None
    await scene.say("ping", room=PAIR)
    assert await room_of(scene) == (State.OPEN, PAIR)


async def test_writing_elsewhere_keeps_an_open_room(scene: Scene) -> None:
    await scene.invite(NEW, is_direct=True)
    await scene.say("ping", room=PAIR)
    assert await room_of(scene) == (State.OPEN, NEW)


async def test_who_leaves_is_not_written_to_until_they_write(scene: Scene) -> None:
    await scene.say("ping", room=PAIR)
    await scene.move(JO, "leave", "join", room=PAIR)
    assert await room_of(scene) == (State.LEFT, PAIR)
    await scene.say("ping", room=PAIR)
    assert await room_of(scene) == (State.OPEN, PAIR)


async def test_who_declines_is_not_written_to(scene: Scene) -> None:
    at = scene.clock.now()
    planned = DirectRoom(JO, 1, State.OPEN, at, room_id=NEW)
    await scene.database.write(lambda t: direct_room.save(t, planned))
    await scene.move(JO, "leave", "invite", room=NEW)
    assert await room_of(scene) == (State.LEFT, NEW)


async def test_another_who_leaves_changes_nothing(scene: Scene) -> None:
    await scene.say("ping", room=PAIR)
    await scene.move(MAX, "leave", "join", room=PAIR)
    assert await room_of(scene) == (State.OPEN, PAIR)


async def test_replaced_room_stays_the_one(scene: Scene) -> None:
    await scene.say("ping", room=PAIR)
    scene.server.predecessors[NEW] = PAIR
    await scene.upgrade(PAIR, NEW)
    assert await room_of(scene) == (State.OPEN, NEW)


async def test_redacted_command_takes_back_what_was_told_alone(scene: Scene) -> None:
    command = scene.message("!commencer")
    told = [act for act in await scene.hear(command) if act.room.startswith("direct:")]
    await scene.deliver()
    taken_back = await scene.redact(command.event_id)
    targets = {act.target for act in taken_back}
    assert {f"oid:{act.oid}" for act in told if act.type == "m.room.message"} <= targets
    assert {act.room for act in taken_back if act.target == f"oid:{told[0].oid}"} == {told[0].room}
