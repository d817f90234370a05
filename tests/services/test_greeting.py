"""Who comes into a room is greeted once, with the others of the moment, and then written to."""

from datetime import timedelta

import pytest

from bot.ids import RoomId, UserId, direct_room
from bot.services.user_pattern import UserPatterns
from bot.storage import newcomer, room
from bot.storage.room import Room
from tests.scene import ANIMATOR, ANIMATORS_ROOM, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene

NEW = [UserId(f"@new{n}:example.org") for n in range(60)]
BATCH = timedelta(minutes=10)
DAY = timedelta(days=1)


def greetings(acts: list[Act], place: RoomId = ROOM) -> list[str]:
    return [act.body for act in acts if act.room == place]


def told(acts: list[Act]) -> set[RoomId]:
    return {act.room for act in acts if act.room.startswith("direct:")}


async def test_newcomer_is_greeted_after_a_while_and_then_written_to(scene: Scene) -> None:
    assert await scene.move(NEW[0]) == []
    assert await scene.wait(BATCH - timedelta(seconds=1)) == []
    acts = await scene.wait(timedelta(seconds=1))

    assert len(greetings(acts)) == 1
    assert acts[0].content["m.mentions"] == {"user_ids": [NEW[0]]}
    assert acts[0].content["msgtype"] == "m.text"
    assert told(acts) == {direct_room(NEW[0])}
    assert await scene.wait(timedelta(hours=1)) == []


async def test_who_comes_meanwhile_shares_the_greeting(scene: Scene) -> None:
    for user in NEW[:17]:
        await scene.move(user)
        scene.clock.pass_by(timedelta(seconds=30))
    acts = await scene.wait(BATCH)

    [line] = greetings(acts)
    assert "12 autres" in line
    assert len(acts[0].content["m.mentions"]["user_ids"]) == 5  # type: ignore[index,arg-type]  # JSON
    assert told(acts) == {direct_room(user) for user in NEW[:17]}


async def test_next_ones_get_the_next_greeting(scene: Scene) -> None:
    for user in NEW[:2]:
        await scene.move(user)
        assert len(greetings(await scene.wait(BATCH))) == 1


@pytest.mark.parametrize("previous", ["join", "unknown"])
async def test_new_name_or_picture_is_no_arrival(scene: Scene, previous: str) -> None:
    await scene.move(NEW[0], "join", previous)
    assert await scene.wait(BATCH) == []


@pytest.mark.parametrize("previous", ["invite", "leave", "knock", None])
async def test_whoever_was_not_in_arrives(scene: Scene, previous: str | None) -> None:
    await scene.move(NEW[0], "join", previous)
    assert len(greetings(await scene.wait(BATCH))) == 1


async def test_who_left_before_the_greeting_is_not_named(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.move(NEW[1])
    await scene.move(NEW[0], "leave", "join")
    acts = await scene.wait(BATCH)
    assert acts[0].content["m.mentions"] == {"user_ids": [NEW[1]]}


async def test_nobody_left_to_greet_is_silence(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.move(NEW[0], "leave", "join")
    assert await scene.wait(BATCH) == []


async def test_who_hesitates_at_the_door_is_greeted_once(scene: Scene) -> None:
    for membership, previous in (("join", None), ("leave", "join"), ("join", "leave")):
        await scene.move(NEW[0], membership, previous)
    assert len(greetings(await scene.wait(BATCH))) == 1


@pytest.mark.parametrize(("days", "count"), [(1, 0), (89, 0), (91, 1)])
async def test_who_comes_back_soon_is_not_greeted_again(
    scene: Scene, days: int, count: int
) -> None:
    await scene.move(NEW[0])
    await scene.wait(BATCH)
    await scene.move(NEW[0], "leave", "join")
    await scene.wait(DAY * days)
    await scene.move(NEW[0], "join", "leave")
    assert len(greetings(await scene.wait(BATCH))) == count


async def test_old_member_who_comes_back_is_not_greeted(scene: Scene) -> None:
    await scene.move(JO, "leave", "join")
    await scene.move(JO, "join", "leave")
    assert await scene.wait(BATCH) == []


@pytest.mark.parametrize(("hours", "count"), [(2, 1), (23, 1), (25, 0)])
async def test_who_came_while_the_bot_was_down_is_greeted_within_a_day(
    scene: Scene, hours: int, count: int
) -> None:
    await scene.move(NEW[0], ago=timedelta(hours=hours))
    assert len(greetings(await scene.wait(BATCH))) == count


async def test_arrival_handled_again_is_greeted_once(scene: Scene) -> None:
    await scene.move(NEW[0])
    async with scene.database.read() as snapshot:
        assert len(await newcomer.waiting(snapshot, ROOM)) == 1
    assert len(greetings(await scene.wait(BATCH))) == 1
    assert await scene.wait(BATCH) == []


async def test_bots_pairs_and_the_animators_room_are_not_greeted(scene: Scene) -> None:
    object.__setattr__(scene.surroundings, "bots", UserPatterns(["@*bot:example.org", "@_irc_*"]))
    await scene.move(UserId("@weatherbot:example.org"))
    await scene.move(NEW[0], room=ANIMATORS_ROOM)
    await scene.move(NEW[1], room=RoomId("!unknown:example.org"))
    await scene.say("!ping", sender=JO, room=PAIR)
    await scene.move(NEW[2], room=PAIR)
    assert await scene.wait(BATCH) == []


async def test_crowd_is_told_how_to_begin_and_nobody_is_written_to(scene: Scene) -> None:
    for user in NEW[:51]:
        await scene.move(user)
    acts = await scene.wait(BATCH)
    [line] = greetings(acts)
    assert "!commencer" in line
    assert told(acts) == set()


async def test_fifty_are_no_crowd(scene: Scene) -> None:
    for user in NEW[:50]:
        await scene.move(user)
    assert len(told(await scene.wait(BATCH))) == 50


async def test_greeting_waits_for_the_end_of_quiet_hours(scene: Scene) -> None:
    scene.clock.pass_by(timedelta(hours=7))  # 21:00 in Paris
    await scene.move(NEW[0])
    assert await scene.wait(BATCH) == []
    assert len(greetings(await scene.wait(timedelta(hours=11)))) == 1


async def test_members_of_a_replaced_room_are_not_new_in_the_new_one(scene: Scene) -> None:
    old, new = ROOM, OTHER_ROOM
    await scene.database.write(lambda t: room.save(t, [Room(old, replaced_by=new)]))
    await scene.move(JO, room=new)
    await scene.move(NEW[0], room=new)
    acts = await scene.wait(BATCH)
    assert acts[0].content["m.mentions"] == {"user_ids": [NEW[0]]}


async def test_only_a_pseudonym_is_kept_of_who_was_greeted(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.wait(BATCH)
    await scene.wait(timedelta(hours=48))
    async with scene.database.read() as snapshot:
        rows = list(await snapshot.execute(newcomer.newcomer.select()))
    assert [row.user_id for row in rows] == [None]
    assert "new0" not in str(rows)


async def test_animators_hear_once_of_who_takes_no_first_step(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.move(NEW[1])
    await scene.wait(BATCH)
    await scene.say("!ping", sender=NEW[1])
    assert greetings(await scene.wait(timedelta(hours=47)), ANIMATORS_ROOM) == []
    [alert] = [act for act in await scene.wait(timedelta(hours=1)) if act.room == ANIMATORS_ROOM]
    assert NEW[0] in alert.body
    assert NEW[1] not in alert.body
    assert alert.content["m.mentions"] == {}
    assert await scene.wait(timedelta(days=3)) == []


async def test_animators_hear_nothing_of_who_left(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.wait(BATCH)
    await scene.move(NEW[0], "leave", "join")
    assert greetings(await scene.wait(timedelta(days=3)), ANIMATORS_ROOM) == []


async def test_room_may_want_no_greeting(scene: Scene) -> None:
    await scene.say("!accueil off", sender=ANIMATOR)
    await scene.move(NEW[0])
    assert await scene.wait(BATCH) == []
    await scene.say("!accueil on", sender=ANIMATOR)
    await scene.move(NEW[1])
    assert len(greetings(await scene.wait(BATCH))) == 1


async def test_switching_off_silences_those_who_wait(scene: Scene) -> None:
    await scene.move(NEW[0])
    await scene.say("!welcome off", sender=ANIMATOR)
    assert await scene.wait(BATCH) == []


async def test_member_who_is_greeted_in_two_rooms_is_named_in_both(scene: Scene) -> None:
    await scene.move(MAX, room=ROOM)
    await scene.move(MAX, room=OTHER_ROOM)
    acts = await scene.wait(BATCH)
    assert [len(greetings(acts, place)) for place in (ROOM, OTHER_ROOM)] == [1, 1]
