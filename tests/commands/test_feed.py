"""``!ics subscribe``: an address is told to the person alone, and ends when they want."""

from bot.ids import direct_room
from bot.services.feed import MOST
from bot.storage.database import Database
from bot.storage.feed import feed
from tests.scene import JO, MAX, OTHER_ROOM, PAIR, ROOM, Scene

BASE = "https://compagnon.example.org/calendar/"


async def scopes(scene: Scene) -> list[tuple[str, str, str | None]]:
    async with scene.database.read() as snapshot:
        rows = await snapshot.execute(feed.select().order_by(feed.c.user_id, feed.c.scope))
        return [(row.user_id, row.scope, row.room_id) for row in rows]


async def test_address_is_told_alone(scene: Scene) -> None:
    answer, told = await scene.say("!ics abonner")

    assert (answer.room, BASE in answer.body) == (ROOM, False)
    assert told.room == direct_room(JO)
    assert BASE in told.body
    assert f"<code>{BASE}" in told.html  # no link: no client asks for a preview of it
    assert await scopes(scene) == [(JO, "room", ROOM)]


async def test_in_a_room_of_two_it_is_for_all_rooms(scene: Scene) -> None:
    [told] = await scene.say("ics abonner", room=PAIR)
    assert (told.room, BASE in told.body) == (PAIR, True)
    await scene.say("!ics subscribe mine", room=PAIR)
    assert await scopes(scene) == [(JO, "mine", None), (JO, "rooms", None)]


async def test_asked_again_there_is_one_more_until_there_are_enough(scene: Scene) -> None:
    told = {(await scene.say("!ics abonner"))[1].body for _ in range(MOST)}
    assert len(told) == MOST
    refused = await scene.answer("!ics abonner")
    assert "!ics nouvelle" in refused
    assert len(await scopes(scene)) == MOST

    await scene.say("!ics nouvelle")
    assert len(await scopes(scene)) == 1


async def test_handled_twice_there_is_one(scene: Scene) -> None:
    entry = await scene.record(scene.message("!ics abonner"))
    await scene.router.handle(entry)
    await scene.router.handle(entry)
    assert len(await scopes(scene)) == 1
    assert len([act for act in await scene.acts() if BASE in act.body]) == 1


async def test_revoking_ends_all_of_mine_and_of_nobody_else(scene: Scene) -> None:
    await scene.say("!ics abonner")
    await scene.say("!ics abonner mes")
    await scene.say("!ics abonner", sender=MAX)
    assert "2" in await scene.answer("!ics révoquer")
    assert await scopes(scene) == [(MAX, "room", ROOM)]
    assert "!ics abonner" in await scene.answer("!ics révoquer")


async def test_a_room_that_is_replaced_takes_them_along(scene: Scene) -> None:
    await scene.say("!ics abonner")
    scene.server.predecessors[OTHER_ROOM] = ROOM
    await scene.upgrade(ROOM, OTHER_ROOM)
    assert await scopes(scene) == [(JO, "room", OTHER_ROOM)]


async def test_nonsense_and_what_is_not_offered_are_said(database: Database) -> None:
    scene = Scene(database, public_url="")
    assert "!ics mes" in await scene.answer("!ics abonner")
    assert await scopes(scene) == []
    assert "C4" in await scene.answer("!ics abonner C4")
