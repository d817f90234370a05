"""Newcomer and companion meet in a room of three, where the bot says hello and goodbye."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ids import RoomId, UserId, direct_room, trio_room
from bot.services.content import LEAVE
from bot.storage import room, trio
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from bot.storage.trio import State, Trio
from tests.commands.test_companion import MAX_PAIR, open_rooms, pair, told
from tests.scene import BOT, JO, MAX, NOW, PAIR, Act, Scene

TRIO = RoomId("!trio:example.org")
MONTH = timedelta(days=30)


@pytest.fixture
async def play(database: Database) -> Scene:
    """Jo is new; Max offers to guide; both said yes."""
    scene = Scene(database)
    await scene.preferences.load()
    await open_rooms(scene)
    await pair(scene)
    return scene


async def standing(scene: Scene) -> Trio | None:
    async with scene.database.read() as reader:
        return await trio.get(reader, 1)


async def opened(scene: Scene, *, joined: int = 3) -> None:
    """Let the room be made, and so many be in it."""

    async def work(transaction: Transaction) -> None:
        item = await trio.get(transaction, 1)
        assert item is not None
        made = Room(TRIO, joined_count=joined, joined_at=NOW, is_trio=True)
        await trio.save(transaction, replace(item, state=State.OPEN, room_id=TRIO))
        await room.save(transaction, [made])

    await scene.database.write(work)
    scene.rooms.open.add(TRIO)
    scene.rooms.trios.add(TRIO)
    scene.server.members[TRIO] = {JO, MAX, BOT}


def said(acts: list[Act], place: RoomId) -> list[str]:
    return [act.body for act in acts if act.room == place and act.type == "m.room.message"]


def leaves(acts: list[Act]) -> list[RoomId]:
    return [act.room for act in acts if act.type == LEAVE]


async def test_both_are_greeted_in_one_room_which_notifies_them(play: Scene) -> None:
    greeted = [act for act in await play.acts() if act.room == trio_room(1)]
    mentions = {"user_ids": [JO, MAX]}
    assert [(act.content["msgtype"], act.conversation) for act in greeted] == [
        ("m.text", "trio:1"), ("m.text", "trio:1"),
    ]  # fmt: skip
    assert greeted[0].content["m.mentions"] == mentions
    assert await standing(play) == Trio(1, JO, MAX, play.clock.now())


async def test_month_ends_in_the_room_where_both_are(play: Scene) -> None:
    await opened(play)
    acts = await play.wait(MONTH)
    assert ["30 jours" in body for body in said(acts, TRIO)] == [True]
    assert leaves(acts) == [TRIO]
    assert said(acts, direct_room(JO)) == said(acts, direct_room(MAX)) == []
    assert await standing(play) is None


async def test_month_ends_alone_with_each_where_one_never_came(play: Scene) -> None:
    await opened(play, joined=2)
    acts = await play.wait(MONTH)
    assert "30 jours" in told(acts, JO)
    assert "30 jours" in told(acts, MAX)
    assert leaves(acts) == [TRIO]


@pytest.mark.parametrize(("who", "where"), [(JO, PAIR), (MAX, MAX_PAIR), (JO, TRIO)])
async def test_either_stops_and_the_bot_says_so_in_the_room(
    play: Scene, who: UserId, where: RoomId
) -> None:
    await opened(play)
    acts = await play.say("!companion stop", sender=who, room=where)
    assert ["s’arrête ici" in body for body in said(acts, TRIO)] == [True]
    assert leaves(acts) == [TRIO]
    assert said(acts, direct_room(JO)) == said(acts, direct_room(MAX)) == []
    assert await play.wait(MONTH) == []


@pytest.mark.parametrize(("who", "other"), [(JO, MAX), (MAX, JO)])
@pytest.mark.parametrize("before", ["join", "invite"])
async def test_who_leaves_or_declines_ends_the_room_and_not_the_companionship(
    play: Scene, who: UserId, other: UserId, before: str
) -> None:
    await opened(play)
    acts = await play.move(who, "leave", before, room=TRIO)
    assert who in told(acts, other)
    assert leaves(acts) == [TRIO]
    assert await play.move(other, "leave", "join", room=TRIO) == []
    assert "30 jours" in told(await play.wait(MONTH), other)


async def test_who_comes_into_the_room_is_no_newcomer_there(play: Scene) -> None:
    await opened(play, joined=1)
    assert await play.move(MAX, "join", "invite", room=TRIO) == []
    assert await play.wait(timedelta(days=1)) == []


async def test_bot_is_quiet_in_the_room_and_answers_when_called(play: Scene) -> None:
    await opened(play)
    for words in ("bonjour", "oui", "aide", "moi"):
        assert await play.say(words, room=TRIO) == []
    assert "pong" in await play.answer("!ping", room=TRIO)


async def test_room_is_none_of_the_community(play: Scene) -> None:
    await opened(play)
    await play.say("!moi talents poterie", sender=MAX, room=MAX_PAIR)
    play.server.members = {TRIO: {JO, MAX, BOT}, PAIR: {JO, BOT}}
    assert "Je ne trouve personne" in await play.answer("qui poterie", room=PAIR)


@pytest.mark.parametrize("gone", [JO, MAX])
async def test_bot_leaves_the_room_of_who_is_forgotten_after_taking_back_its_words(
    play: Scene, gone: UserId
) -> None:
    await opened(play)

    async def deliver(transaction: Transaction) -> None:
        for act in await play.acts():
            if act.room == trio_room(1):
                await trio.bind(transaction, act.oid, TRIO)  # type: ignore[arg-type]  # a string

    await play.database.write(deliver)
    await play.deliver()
    play.clock.pass_by(timedelta(minutes=1))
    where = PAIR if gone == JO else MAX_PAIR
    first = await play.say("oubliezmoi effacer", sender=gone, room=where)
    then = await play.wait(timedelta(minutes=2))
    taken_back = [act for act in first if act.room == TRIO]
    assert {act.type for act in taken_back} == {"m.room.redaction"}
    assert leaves(first) == []
    assert leaves(then) == [TRIO]
    assert {act.conversation for act in then} == {act.conversation for act in taken_back}
    assert await standing(play) is None
