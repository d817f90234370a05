"""Room upgrades: what the bot keeps of a room moves along, if both rooms agree."""

from datetime import UTC, datetime

from bot.ids import EventId, RoomId
from bot.storage import experience, experience_search, room, room_setting
from bot.storage.experience import Experience
from bot.storage.experience_index import Filter
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Transaction
from tests.scene import ANIMATOR, BOT, JO, OTHER_ROOM, ROOM, Scene

NEW = RoomId("!new:example.org")
AT = datetime(2026, 1, 1, tzinfo=UTC)


async def furnish(scene: Scene) -> None:
    """Give the room a setting and an experience."""

    async def work(transaction: Transaction) -> None:
        await room_setting.put(transaction, RoomSetting(ROOM, "prefix", "?", ANIMATOR, AT))
        item = Experience(ROOM, JO, EventId("$e"), AT, note="Un règlement #dessiné")
        await experience.create(transaction, item)
        await room.save(transaction, [Room(ROOM, replaced_by=NEW)])

    await scene.database.write(work)
    await scene.preferences.load()


async def found(scene: Scene, where: RoomId) -> list[int]:
    async with scene.database.read() as snapshot:
        wanted = Filter(frozenset({where}), tags=frozenset({"dessine"}))
        return (await experience_search.search(snapshot, "reglements", wanted)).numbers


async def test_upgrade_moves_settings_and_experiences(scene: Scene) -> None:
    await furnish(scene)
    scene.server.predecessors[NEW] = ROOM

    await scene.upgrade(ROOM, NEW)

    scene.rooms.open.add(NEW)
    assert scene.server.joined == [NEW]
    assert await found(scene, NEW) == [1]
    assert await found(scene, ROOM) == []
    assert len(await scene.say("?ping", room=NEW)) == 1
    assert await scene.say("!ping", room=NEW) == []


async def test_upgrade_is_not_believed_unless_the_new_room_agrees(scene: Scene) -> None:
    await furnish(scene)

    await scene.upgrade(ROOM, NEW)

    assert scene.server.left == [NEW]
    assert await found(scene, ROOM) == [1]


async def test_false_upgrade_does_not_make_the_bot_leave_a_room_of_its_own(scene: Scene) -> None:
    await furnish(scene)

    await scene.upgrade(ROOM, OTHER_ROOM)

    assert scene.server.left == []
    assert await found(scene, ROOM) == [1]


async def test_upgrade_waits_for_an_invitation_where_the_bot_is_not_let_in(scene: Scene) -> None:
    await furnish(scene)
    scene.server.predecessors[NEW] = ROOM
    scene.server.closed.add(NEW)
    await scene.upgrade(ROOM, NEW)
    assert await found(scene, ROOM) == [1]

    scene.server.closed.clear()
    await scene.invite(NEW)

    assert await found(scene, NEW) == [1]


async def test_settings_of_the_new_room_stay(scene: Scene) -> None:
    await furnish(scene)
    scene.server.predecessors[NEW] = ROOM
    own = RoomSetting(NEW, "prefix", "~", ANIMATOR, AT)
    await scene.database.write(lambda transaction: room_setting.put(transaction, own))

    await scene.upgrade(ROOM, NEW)

    async with scene.database.read() as snapshot:
        assert await room_setting.load(snapshot) == {NEW: {"prefix": own}}
    assert BOT not in scene.server.levels or scene.server.levels[BOT] == 0
