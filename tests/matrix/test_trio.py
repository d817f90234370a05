"""Two who both said yes meet in one sealed room of three, made once whatever happens."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from bot import crash
from bot.ids import RoomId, UserId, direct_room, trio_room
from bot.services import trio
from bot.services.outgoing import Fallback, Outgoing
from bot.storage import post
from bot.storage import room as rooms
from bot.storage import trio as store
from bot.storage.database import Database
from bot.storage.transaction import Transaction
from bot.storage.trio import State, Trio
from bot.text import Mention, render
from tests.matrix.exchange import Fault, refused
from tests.matrix.life import Parts
from tests.matrix.model_server import BOT, JO, MAX, ROOM, ModelServer
from tests.matrix.sealing import OpenCipher
from tests.matrix.speech import text
from tests.matrix.test_direct import change, creations, heard, is_creation
from tests.matrix.world import Bot, World

SEARCH = 7

T = TypeVar("T")


@pytest.fixture
async def world(sqlite_url: str) -> World:
    """A bot that seals, in one room; it is not running."""
    world = World(sqlite_url, ModelServer(), Parts(cipher=OpenCipher))
    await world.live()
    world.model.requests.clear()
    return world


async def introduce(world: World) -> None:
    """Note that both said yes, in a process that ends at once."""
    now = world.clock.now()

    async def work(transaction: Transaction) -> None:
        outgoing = Outgoing(transaction, "test", now)
        await store.save(transaction, Trio(SEARCH, UserId(JO), UserId(MAX), now))
        for user, body in ((JO, "bonjour"), (MAX, "posez vos questions")):
            alone = Fallback(direct_room(UserId(user)), text("écrivez directement"))
            trio.greet(outgoing, SEARCH, text(body), fallback=alone)

    bot = Bot(world, Database(world.url))
    await bot.build()
    await bot.database.write(work)
    await bot.end()


async def close(world: World) -> None:
    """Say goodbye in one life of the bot."""
    bot = await world.born()
    now = world.clock.now()

    async def work(transaction: Transaction) -> None:
        await trio.close(transaction, Outgoing(transaction, "bye", now), SEARCH, text("au revoir"))

    await bot.database.write(work)
    await bot.settled()
    await bot.end()


async def look(world: World, read: Callable[[Transaction], Awaitable[T]]) -> T:
    database = Database(world.url)
    try:
        return await database.write(read)
    finally:
        await database.close()


async def standing(world: World) -> Trio | None:
    return await look(world, lambda reader: store.get(reader, SEARCH))


async def test_room_is_made_once_sealed_and_for_both(world: World) -> None:
    await introduce(world)
    await world.live()

    [room] = world.model.direct.made
    [wish] = creations(world)
    assert heard(world, room) == ["bonjour", "posez vos questions"]
    assert {event["type"] for event in world.model.said(room)} == {"m.room.encrypted"}
    assert wish["initial_state"][0]["type"] == "m.room.encryption"
    assert (wish["invite"], wish["is_direct"], wish["name"]) == ([JO, MAX], False, "Compagnonnage")
    assert "m.direct" not in world.model.direct.account_data


async def test_room_is_no_direct_message_while_one_is_still_invited(world: World) -> None:
    await introduce(world)
    await world.live()
    [room] = world.model.direct.made
    world.model.direct.join(room, MAX)
    world.model.say("et voilà", room=room, sender=MAX)
    await world.live()

    known = (await look(world, rooms.load))[RoomId(room)]
    assert not await look(world, lambda reader: rooms.is_pair(reader, RoomId(room)))
    assert (known.joined_count, known.is_trio, known.is_pair, known.is_common) == (
        2, True, False, False,
    )  # fmt: skip
    assert heard(world, room) == ["bonjour", "posez vos questions"]


@pytest.mark.parametrize("label", sorted(crash.TRIO_POINTS - {"trio.left"}))
async def test_kill_at_every_step_makes_one_room_and_loses_nothing(
    world: World, label: str
) -> None:
    await introduce(world)
    assert await world.live(until=label), f"{label} was never reached"
    await world.live()
    assert len(world.model.direct.made) == 1
    assert heard(world, world.model.direct.made[0]) == ["bonjour", "posez vos questions"]


@pytest.mark.parametrize(
    "fault",
    [Fault(None), Fault(None, is_done=True), Fault(refused(500, "M_UNKNOWN"), is_done=True),
     Fault(refused(502, "")), Fault((200, {}, b"{}"), is_done=True)],
)  # fmt: skip
async def test_one_room_is_made_whatever_happens_to_the_request(world: World, fault: Fault) -> None:
    await introduce(world)
    world.model.faults += [Fault(fault.answer, fault.is_done, is_creation)] * 3
    await world.live()
    [room] = world.model.direct.made
    assert heard(world, room) == ["bonjour", "posez vos questions"]
    assert world.model.direct.invited == [(room, JO), (room, MAX)]


async def test_unfinished_room_has_its_second_invitation_repaired(world: World) -> None:
    await introduce(world)
    bot = Bot(world, Database(world.url))
    world.model.faults.append(Fault(None, is_done=True, applies=is_creation))
    whole = world.model.direct._create

    def forgetful(wish: dict[str, Any]) -> Any:
        return whole({**wish, "invite": wish["invite"][:1]})

    world.model.direct._create = forgetful  # type: ignore[method-assign]  # died between the two
    await bot.begin()
    await bot.settled()
    await bot.end()
    [room] = world.model.direct.made
    assert world.model.direct.invited == [(room, JO), (room, MAX)]


@pytest.mark.parametrize("closed", [JO, MAX])
async def test_refused_invitation_tells_each_alone_and_is_cleaned_up(
    world: World, closed: str
) -> None:
    world.model.direct.closed_to.add(closed)
    await introduce(world)
    await world.live()

    first, *others = world.model.direct.made
    assert heard(world, first) == []
    assert world.model.rooms[first].members == []
    [other] = {JO, MAX} - {closed}
    assert world.model.rooms[first].state["m.room.member", other] == {"membership": "leave"}
    # Who lets nobody invite them has no direct message with the bot either.
    told = [room for room in others if heard(world, room) == ["écrivez directement"]]
    assert [world.model.rooms[room].state["m.room.member", other] for room in told] == [
        {"membership": "invite"}
    ]
    item = await standing(world)
    assert item is not None
    assert item.state is State.CLOSED


async def test_kill_while_cleaning_up_leaves_no_room_behind(world: World) -> None:
    world.model.direct.closed_to.add(MAX)
    await introduce(world)
    assert await world.live(until="direct.planned")
    await world.live()
    rooms_of_three = [
        room for room in world.model.rooms.values() if (BOT in room.members and MAX in room.members)
    ]
    assert rooms_of_three == [world.model.rooms[ROOM]]


async def test_goodbye_is_said_once_before_the_bot_leaves(world: World) -> None:
    await introduce(world)
    await world.live()
    [room] = world.model.direct.made
    await close(world)
    assert heard(world, room)[2:] == ["au revoir"]
    assert world.model.rooms[room].members == []
    assert await standing(world) is None


async def test_kill_after_leaving_is_no_alarm(world: World) -> None:
    await introduce(world)
    await world.live()
    [room] = world.model.direct.made
    now = world.clock.now()

    async def work(transaction: Transaction) -> None:
        await trio.close(transaction, Outgoing(transaction, "bye", now), SEARCH, text("au revoir"))

    await change(world, work)
    assert await world.live(until="trio.left")
    await world.live()
    assert heard(world, room)[2:] == ["au revoir"]
    assert (world.model.bodies(ROOM), world.model.rooms[room].members) == ([], [])


async def test_room_that_is_not_wanted_any_more_is_not_made(world: World) -> None:
    await introduce(world)
    await change(world, lambda t: store.forget(t, SEARCH))
    await world.live()
    assert world.model.direct.made == []


async def test_room_made_while_they_ended_it_is_left(world: World) -> None:
    await introduce(world)
    bot = Bot(world, Database(world.url))
    await bot.build()
    whole = bot.server.raw

    async def raw(method: str, url_path: str, **more: Any) -> Any:
        if url_path.endswith("createRoom"):
            await bot.database.write(lambda t: store.forget(t, SEARCH))
        return await whole(method, url_path, **more)

    bot.server.raw = raw  # type: ignore[method-assign]  # they are quicker
    await bot.begin()
    await bot.settled()
    await bot.end()
    [made] = world.model.direct.made
    assert (heard(world, made), world.model.rooms[made].members) == ([], [])


async def test_forgotten_words_are_found_again_where_they_were_said(world: World) -> None:
    await introduce(world)
    now = world.clock.now()

    async def work(transaction: Transaction) -> None:
        outgoing = Outgoing(transaction, "named", now)
        alone = Fallback(direct_room(UserId(JO)), text("seul"))
        outgoing.gather(trio_room(SEARCH), render("{who}", {"who": Mention(UserId(JO))}), alone)

    await change(world, work)
    await world.live()
    [room] = world.model.direct.made
    said = await look(world, lambda reader: post.of_user(reader, UserId(JO)))
    assert [item.room_id for item in said if item.is_reachable] == [room]
