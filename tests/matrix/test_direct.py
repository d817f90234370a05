"""Everybody has one direct room, made once whatever happens, and sealed from its first event."""

from collections.abc import Callable
from typing import Any

import pytest

from bot import crash
from bot.ids import RoomId, UserId, direct_room
from bot.services import direct
from bot.services.outgoing import Fallback, Outgoing
from bot.storage import direct_room as store
from bot.storage.database import Database
from bot.storage.direct_room import DirectRoom, State
from bot.storage.transaction import Transaction
from tests.matrix.exchange import Answer, Fault, Request, refused
from tests.matrix.life import Parts
from tests.matrix.model_server import BOT, JO, MAX, ROOM, ModelServer
from tests.matrix.sealing import OpenCipher
from tests.matrix.speech import LIMITED, text
from tests.matrix.world import Bot, World, until


@pytest.fixture
async def world(sqlite_url: str) -> World:
    """A bot that seals, in one room; it is not running."""
    world = World(sqlite_url, ModelServer(), Parts(cipher=OpenCipher))
    await world.live()
    world.model.requests.clear()
    return world


async def tell(bot: Bot, *bodies: str, user: str = JO, fallback: str | None = None) -> None:
    """Enqueue what the bot is to tell somebody alone."""

    async def work(transaction: Transaction) -> None:
        now = bot.world.clock.now()
        instead = Fallback(RoomId(ROOM), text(fallback)) if fallback else None
        for body in bodies:
            outgoing = Outgoing(transaction, f"test:{user}:{body}", now)
            outgoing.tell(UserId(user), text(body), fallback=instead)

    await bot.database.write(work)


async def told(world: World, *bodies: str, user: str = JO, fallback: str | None = None) -> None:
    """Tell somebody in one life of the bot."""
    bot = await world.born()
    await tell(bot, *bodies, user=user, fallback=fallback)
    await bot.settled()
    await bot.end()


async def standing(world: World, user: str = JO) -> DirectRoom | None:
    database = Database(world.url)
    try:
        async with database.read() as snapshot:
            return await store.get(snapshot, UserId(user))
    finally:
        await database.close()


def heard(world: World, room: str) -> list[str]:
    """Return what somebody reads in a room who has its keys."""
    said = [event["content"] for event in world.model.said(room)]
    return [content.get("payload", {}).get("content", content).get("body", "") for content in said]


def creations(world: World) -> list[Any]:
    return [r.body for r in world.model.requests if r.parts == ["createRoom"]]


def is_creation(request: Request) -> bool:
    return request.parts == ["createRoom"]


async def test_room_is_made_once_and_sealed_from_its_first_event(world: World) -> None:
    await told(world, "1", "2", "3")
    await told(world, "4")

    [room] = world.model.direct.made
    [wish] = creations(world)
    assert heard(world, room) == ["1", "2", "3", "4"]
    assert {event["type"] for event in world.model.said(room)} == {"m.room.encrypted"}
    assert wish["initial_state"][0]["type"] == "m.room.encryption"
    assert (wish["invite"], wish["is_direct"], wish["preset"]) == ([JO], True, "private_chat")
    assert "jo" not in wish["room_alias_name"]
    assert world.model.direct.account_data["m.direct"] == {JO: [room]}


async def test_several_people_have_a_room_each(world: World) -> None:
    bot = await world.born()
    for user in (JO, MAX):
        await tell(bot, f"for {user}", user=user)
    await bot.settled()
    await bot.end()
    rooms = world.model.direct.account_data["m.direct"]
    assert {user: heard(world, found[0]) for user, found in rooms.items()} == {
        JO: [f"for {JO}"], MAX: [f"for {MAX}"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [Fault(None), Fault(None, is_done=True), Fault(refused(500, "M_UNKNOWN"), is_done=True),
     Fault(refused(502, "")), Fault(LIMITED), Fault((200, {}, b"{}"), is_done=True),
     Fault((200, {}, b"<html>"), is_done=True)],
)  # fmt: skip
async def test_one_room_is_made_whatever_happens_to_the_request(world: World, fault: Fault) -> None:
    world.model.faults += [Fault(fault.answer, fault.is_done, is_creation)] * 3
    await told(world, "bonjour")
    [room] = world.model.direct.made
    assert heard(world, room) == ["bonjour"]


@pytest.mark.parametrize("label", sorted(crash.DIRECT_POINTS - {"direct.missed"}))
async def test_kill_at_every_step_makes_one_room_and_loses_nothing(
    world: World, label: str
) -> None:
    async def work() -> None:
        bot = Bot(world, Database(world.url))
        await bot.build()
        await tell(bot, "1", "2")
        await bot.end()

    await work()
    assert await world.live(until=label), f"{label} was never reached"
    await world.live()
    assert len(world.model.direct.made) == 1
    assert heard(world, world.model.direct.made[0]) == ["1", "2"]


async def test_kill_while_giving_up_says_the_fallback_once(world: World) -> None:
    world.model.direct.closed_to.add(JO)
    bot = Bot(world, Database(world.url))
    await bot.build()
    await tell(bot, "bonjour", fallback="ici")
    await bot.end()
    assert await world.live(until="direct.missed")
    await world.live()
    assert world.model.bodies(ROOM) == ["ici"]


def _spoil(model: ModelServer, room: str, how: str) -> None:
    state = model.rooms[room].state
    match how:
        case "marker":
            state["m.room.create", ""] = {"room_version": "11"}
        case "levels":
            state["m.room.power_levels", ""] = {"users": {BOT: 50, JO: 100}}
        case "member":
            state["m.room.member", BOT] = {"membership": "leave"}
        case "sealed":
            state.pop(("m.room.encryption", ""), None)


@pytest.mark.parametrize("how", ["marker", "levels", "member", "sealed"])
async def test_room_that_is_not_right_is_not_adopted(world: World, how: str) -> None:
    bot = await world.born()
    world.model.faults.append(Fault(None, is_done=True, applies=is_creation))
    whole = world.model.direct._create

    def spoiling(wish: dict[str, Any]) -> Answer:
        made = whole(wish)
        if len(world.model.direct.made) == 1:
            _spoil(world.model, world.model.direct.made[0], how)
        return made

    world.model.direct._create = spoiling  # type: ignore[method-assign]  # a squatter
    await tell(bot, "bonjour")
    await bot.settled()
    await bot.end()
    first, second = world.model.direct.made
    assert (heard(world, first), heard(world, second)) == ([], ["bonjour"])


async def test_unfinished_room_has_its_invitation_repaired(world: World) -> None:
    world.model.faults.append(Fault(None, is_done=True, applies=is_creation))
    bot = await world.born()
    whole = world.model.direct._create

    def forgetful(wish: dict[str, Any]) -> Answer:
        return whole({**wish, "invite": []})

    world.model.direct._create = forgetful  # type: ignore[method-assign]  # died before the invitation
    await tell(bot, "bonjour")
    await bot.settled()
    await bot.end()
    [room] = world.model.direct.made
    assert world.model.direct.invited == [(room, JO)]
    assert heard(world, room) == ["bonjour"]


async def test_refused_invitation_falls_back_once_and_is_cleaned_up(world: World) -> None:
    world.model.direct.closed_to.add(JO)
    await told(world, "bonjour", fallback="@jo, écrivez-moi")
    assert world.model.bodies(ROOM) == ["@jo, écrivez-moi"]
    item = await standing(world)
    assert item is not None
    assert item.state is State.REFUSED
    assert world.model.direct.aliases == {}
    await told(world, "encore")
    assert len(creations(world)) == 1


async def test_server_that_makes_no_rooms_falls_back(world: World) -> None:
    world.model.faults.append(Fault(refused(403, "M_FORBIDDEN"), applies=is_creation))
    await told(world, "bonjour", fallback="ici")
    assert world.model.bodies(ROOM) == ["ici"]


async def test_other_server_that_stays_away_falls_back(world: World) -> None:
    away = Fault(refused(502, "M_UNKNOWN", "Failed to send invite"), applies=is_creation)
    world.model.faults += [away] * 20
    await told(world, "bonjour", fallback="ici")
    assert world.model.bodies(ROOM) == ["ici"]


async def test_limit_on_rooms_keeps_no_message_waiting(world: World) -> None:
    limited = refused(429, "M_LIMIT_EXCEEDED", retry_after_ms=60_000)
    world.model.faults += [Fault(limited, applies=is_creation)]
    bot = await world.born()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        while not world.model.bodies(ROOM):
            await world.sleep(0)

    bot.maker.sleep = sleep
    await tell(bot, "bonjour")
    await until(lambda: slept)

    async def say(transaction: Transaction) -> None:
        now = world.clock.now()
        Outgoing(transaction, "test", now).say(RoomId(ROOM), text("tout de suite"))

    await bot.database.write(say)
    await bot.settled()
    await bot.end()
    assert slept[0] >= 60
    assert world.model.bodies(ROOM) == ["tout de suite"]
    assert heard(world, world.model.direct.made[0]) == ["bonjour"]


async def change(world: World, act: Callable[[Transaction], Any]) -> None:
    database = Database(world.url)
    await database.write(act)
    await database.close()


async def test_room_that_they_left_is_not_forced_again(world: World) -> None:
    await told(world, "bonjour")
    [room] = world.model.direct.made
    now = world.clock.now()
    await change(world, lambda t: direct.part(t, UserId(JO), RoomId(room), now))
    await told(world, "encore", fallback="ici")
    assert heard(world, room) == ["bonjour"]
    assert world.model.bodies(ROOM) == ["ici"]
    assert len(creations(world)) == 1


async def test_who_asks_after_leaving_gets_a_new_room(world: World) -> None:
    await told(world, "bonjour")
    [room] = world.model.direct.made
    now = world.clock.now()
    await change(world, lambda t: direct.part(t, UserId(JO), RoomId(room), now))
    await change(world, lambda t: direct.ask_again(t, UserId(JO), now))
    await told(world, "encore")
    assert heard(world, world.model.direct.made[1]) == ["encore"]


async def test_room_that_they_opened_is_the_one(world: World) -> None:
    world.model.join("!theirs:example.org", BOT)
    await world.live()
    now = world.clock.now()
    await change(world, lambda t: direct.adopt(t, UserId(JO), RoomId("!theirs:example.org"), now))
    await told(world, "bonjour")
    assert (creations(world), heard(world, "!theirs:example.org")) == ([], ["bonjour"])


async def test_room_opened_while_one_was_being_made_is_the_one(world: World) -> None:
    world.model.join("!theirs:example.org", BOT)
    bot = await world.born()
    whole = bot.server.raw
    now = world.clock.now()

    async def raw(method: str, url_path: str, **more: Any) -> Any:
        if url_path.endswith("createRoom"):
            theirs = RoomId("!theirs:example.org")
            await bot.database.write(lambda t: direct.adopt(t, UserId(JO), theirs, now))
        return await whole(method, url_path, **more)

    bot.server.raw = raw  # type: ignore[method-assign]  # they are quicker
    await tell(bot, "bonjour")
    await bot.settled()
    await bot.end()
    assert heard(world, "!theirs:example.org") == ["bonjour"]
    [made] = world.model.direct.made
    assert BOT not in world.model.rooms[made].members


async def test_lost_database_finds_the_room_again(world: World) -> None:
    await told(world, "bonjour")
    await change(world, lambda t: store.forget(t, UserId(JO)))
    await told(world, "encore")
    [room] = world.model.direct.made
    assert heard(world, room) == ["bonjour", "encore"]


async def test_lost_database_does_not_force_who_had_left(world: World) -> None:
    await told(world, "bonjour")
    [room] = world.model.direct.made
    world.model.direct.leave(room, JO)
    await change(world, lambda t: store.forget(t, UserId(JO)))
    await told(world, "encore", fallback="ici")
    assert heard(world, room) == ["bonjour"]
    assert world.model.bodies(ROOM) == ["ici"]


async def test_edit_goes_where_the_message_went(world: World) -> None:
    await told(world, "bonjour")
    [room] = world.model.direct.made
    now = world.clock.now()
    await change(world, lambda t: direct.adopt(t, UserId(JO), RoomId(ROOM), now))
    bot = await world.born()

    async def work(transaction: Transaction) -> None:
        first = Outgoing(transaction, f"test:{JO}:bonjour", now)
        target = first.tell(UserId(JO), text("bonjour"))
        Outgoing(transaction, "edit", now).edit(
            direct_room(UserId(JO)), target, text("bonsoir"), conversation="any"
        )

    await bot.database.write(work)
    await bot.settled()
    await bot.end()
    assert heard(world, room) == ["bonjour", "* bonsoir"]


async def test_bot_thrown_out_of_the_room_falls_back(world: World) -> None:
    await told(world, "bonjour")
    [room] = world.model.direct.made
    world.model.rooms[room].members.remove(BOT)
    await told(world, "encore", fallback="ici")
    assert world.model.bodies(ROOM) == ["ici"]


async def test_first_contact_is_said_once_in_the_transaction_that_opens(world: World) -> None:
    async def first_contact(transaction: Transaction, outgoing: Outgoing, user: UserId) -> None:
        del transaction
        outgoing.tell(user, text("ce que je garde de vous"))

    for body in ("1", "2"):
        bot = Bot(world, Database(world.url))
        await bot.begin()
        bot.directs.first_contact = first_contact
        await tell(bot, body)
        await bot.settled()
        await bot.end()
    [room] = world.model.direct.made
    assert heard(world, room) == ["1", "ce que je garde de vous", "2"]


async def test_message_that_is_refused_for_itself_keeps_the_room(world: World) -> None:
    await told(world, "bonjour")
    world.model.faults.append(Fault(refused(413, "M_TOO_LARGE")))
    await told(world, "trop", fallback="ici")
    await told(world, "encore")
    [room] = world.model.direct.made
    assert heard(world, room) == ["bonjour", "encore"]
    assert world.model.bodies(ROOM) == []
