"""What is for the bot is read out of every answer, in order, and junk in it is passed over."""

import pytest

from bot.ids import RoomId
from bot.storage.database import Database
from tests.matrix.exchange import Fault, answer, refused
from tests.matrix.look import counts, entries, is_gap, is_sync, parcels, position
from tests.matrix.model_server import BOT, JO, OTHER_ROOM, ROOM, ModelServer, Room
from tests.matrix.world import Bot, World


async def test_what_was_said_before_the_bot_came_is_not_its_business(sqlite_url: str) -> None:
    world = World(sqlite_url, ModelServer())
    world.model.say("!ping")
    await world.live()
    assert world.model.bodies() == []
    assert await counts(world) == {"room": 1, "sync_position": 1}


async def test_commands_are_answered_once(world: World) -> None:
    for _ in range(5):
        world.ask()
    await world.live()
    assert world.problems() == []
    assert await parcels(world) == {"sent": 5}


async def test_chatter_writes_nothing_but_the_token(world: World) -> None:
    before, token = await counts(world), await position(world)
    for number in range(300):
        world.model.say(f"{number}: bonjour !ping compagnon")
        reaction = {"m.relates_to": {"event_id": "$e1", "key": "👍", "rel_type": "m.annotation"}}
        world.model.add(ROOM, world.model.event(JO, "m.reaction", reaction))
        world.model.add(ROOM, world.model.event(JO, "m.room.redaction", {"redacts": "$e1"}))
        new = {"msgtype": "m.text", "body": "x"}
        relation = {"rel_type": "m.replace", "event_id": "$e1"}
        edit = {**new, "m.new_content": new, "m.relates_to": relation}
        world.model.add(ROOM, world.model.event(JO, "m.room.message", edit))
    await world.live()
    assert await counts(world) == before
    assert await position(world) != token


async def test_own_messages_notices_and_captions_are_no_commands(world: World) -> None:
    world.model.say("!ping", sender=BOT)
    for msgtype in ("m.notice", "m.image", "m.file"):
        world.model.say("!ping", msgtype=msgtype)
    await world.live()
    assert await entries(world) == []


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_gap_is_filled_in_order(world: World, limit: int) -> None:
    world.model.timeline_limit = limit
    for number in range(250):
        world.ask() if number % 5 == 0 else world.model.say(f"{number}")
    await world.live()
    assert await entries(world) == [event_id for _, event_id, _ in world.asked]
    assert world.problems() == []


async def test_gap_that_is_refused_does_not_stop_the_stream(world: World) -> None:
    world.model.timeline_limit = 1
    world.model.faults.append(Fault(refused(403, "M_FORBIDDEN"), applies=is_gap))
    world.model.say("!ping")
    world.ask()
    await world.live()
    assert world.problems() == []


@pytest.mark.parametrize("fault", [None, refused(500, "M_UNKNOWN"), refused(429, "M_LIMIT")])
async def test_gap_is_asked_for_again_after_trouble(world: World, fault: object) -> None:
    world.model.timeline_limit = 1
    world.model.faults += [Fault(fault, applies=is_gap)] * 3  # type: ignore[arg-type]
    for _ in range(3):
        world.ask()
    await world.live()
    assert world.problems() == []


async def test_new_room_is_read_from_the_bots_own_join_on(world: World) -> None:
    world.model.timeline_limit = 3
    world.model.rooms[OTHER_ROOM] = Room()
    for _ in range(5):
        world.model.say("!ping", room=OTHER_ROOM)
    world.model.join(OTHER_ROOM)
    renamed = world.model.event(BOT, "m.room.member", {"membership": "join"}, state_key=BOT,
                                unsigned={"prev_content": {"membership": "join"}})  # fmt: skip
    for number in range(10):
        world.ask(room=OTHER_ROOM)
        if number == 5:
            world.model.add(OTHER_ROOM, renamed)
    await world.live()
    assert len(world.model.said(OTHER_ROOM)) == 10
    assert world.problems() == []


async def test_last_commands_before_a_kick_are_journalled(world: World) -> None:
    command = world.model.event(JO, "m.room.message", {"msgtype": "m.text", "body": "!ping"})
    kick = world.model.event(JO, "m.room.member", {"membership": "leave"}, state_key=BOT)
    world.model.rooms[ROOM].members.remove(BOT)
    world.model.extra = {"leave": {ROOM: {"timeline": {"events": [command, kick]}}}}
    await world.live()
    assert await entries(world) == [command["event_id"]]
    assert await parcels(world) == {}  # Nobody can speak where he was shown out.
    assert "room" not in await counts(world)


async def test_invitation_is_journalled_and_accepted(world: World) -> None:
    stripped = {"type": "m.room.member", "sender": JO, "state_key": BOT,
                "content": {"membership": "invite", "is_direct": True}}  # fmt: skip
    section = {"invite_state": {"events": [None, stripped]}}
    world.model.extra = {"invite": {OTHER_ROOM: section, "no room": section, "!b": None}}
    await world.live()
    assert OTHER_ROOM in world.model.rooms
    assert len(world.model.said(OTHER_ROOM)) == 1


@pytest.mark.parametrize(
    "junk",
    [None, [], "x", {"join": []}, {"join": {ROOM: None}}, {"join": {"..": {}, "no\nroom": {}}},
     {"join": {ROOM: {"timeline": None}}}, {"join": {ROOM: {"timeline": {"events": "x"}}}},
     {"join": {ROOM: {"timeline": {"events": [None, [], 7, {}, {"type": []}]}}}},
     {"join": {ROOM: {"timeline": {"limited": True, "prev_batch": 7}}}},
     {"join": {ROOM: {"state": {"events": [None, {"state_key": ""}]}, "summary": "x"}}},
     {"leave": {ROOM: None, "!x": []}}, {"invite": {"!x": {"invite_state": {"events": [7]}}}}],
)  # fmt: skip
async def test_junk_sections_are_passed_over_and_the_next_command_is_read(
    world: World, junk: object
) -> None:
    stuck = answer(200, {"next_batch": f"s{len(world.model.stream)}", "rooms": junk})
    world.model.faults.append(Fault(stuck, applies=is_sync))
    world.ask()
    await world.live()
    assert world.problems() == []


async def test_ciphertext_that_cannot_be_kept_is_let_go(world: World) -> None:
    deep: object = "x"
    for _ in range(600):
        deep = [deep]
    for content in (
        {"session_id": "s", "deep": deep},
        {"session_id": "s\0"},
        {"session_id": "s" * 300},
        {"session_id": 7},
    ):
        world.model.add(ROOM, world.model.event(JO, "m.room.encrypted", content))
    world.ask()
    await world.live()
    assert world.problems() == []
    assert len(await entries(world)) == 1


async def test_event_with_integers_beyond_64_bits_is_read(world: World) -> None:
    world.ask()
    world.model.stream[-1][1]["content"]["huge"] = 2**70
    await world.live()
    assert world.problems() == []


async def test_plaintext_in_an_encrypted_room_is_refused(world: World) -> None:
    world.model.rooms[OTHER_ROOM] = Room(is_encrypted=True)
    world.model.join(OTHER_ROOM)
    world.model.say("!ping", room=OTHER_ROOM)
    await world.live()
    world.model.say("!ping", room=OTHER_ROOM)
    world.ask()
    await world.live()
    assert len(await entries(world)) == 1
    assert world.problems() == []


async def test_plaintext_counts_until_the_room_was_encrypted(world: World) -> None:
    before = world.model.say("!ping")
    seal = world.model.event(JO, "m.room.encryption", {"algorithm": "junk"}, state_key="")
    world.model.add(ROOM, seal)
    world.model.say("!ping")
    bot = Bot(world, Database(world.url))
    await bot.build()
    await bot.sync.step(timeout_ms=0)
    assert await entries(world) == [before]
    assert bot.rooms.is_encrypted(RoomId(ROOM))
    await bot.end()
