"""A newcomer is greeted in the room and walked in alone, on a real homeserver, whatever dies."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot import crash
from bot.demo.conversation import RunningBot
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId
from bot.services.outgoing import MARKER
from tests.e2e.sealed import ENCRYPTED, SealedMember
from tests.e2e.test_encryption import MakeSealed, armed_with, ended, make_sealed

__all__ = ["make_sealed"]

MakeBot = Callable[..., Awaitable[RunningBot]]

SOON = timedelta(seconds=30)

_NUMBERS = itertools.count(1)

AT_ONCE = {"welcome": {"batch_minutes": 0}, "quiet": {"hours": "off"}}


async def invitations(member: SealedMember) -> list[RoomId]:
    """Return the rooms into which ``member`` is invited now."""
    # Synapse would answer the same request from a cache for two minutes.
    query = {"timeout": str(next(_NUMBERS))}
    answer = await member._api.request("GET", "/_matrix/client/v3/sync", query=query)
    rooms = answer.get("rooms")
    invited = rooms.get("invite") if isinstance(rooms, dict) else None
    return [RoomId(room) for room in invited] if isinstance(invited, dict) else []


async def invited(member: SealedMember) -> RoomId:
    """Return the one room into which ``member`` is invited, once they are."""
    async with asyncio.timeout(SOON.total_seconds()):
        while not (found := await invitations(member)):  # noqa: ASYNC110  an invite has no event
            await asyncio.sleep(0.1)
    [room] = found
    return room


def said_by(bot: RunningBot, room: RoomId) -> Callable[[RoomEvent], bool]:
    def is_said(event: RoomEvent) -> bool:
        is_there = (event.room_id, event.sender) == (room, bot.user_id)
        return is_there and event.type == "m.room.message"

    return is_said


async def test_newcomer_is_greeted_and_then_written_to_sealed(
    make_sealed: MakeSealed, make_bot: MakeBot
) -> None:
    jo, camille, max_ = [await make_sealed(name) for name in ("jo", "camille", "max")]
    room = await camille.join(await jo.create_room("Accueil"))
    bot = await make_bot(room, more=AT_ONCE)

    await max_.join(room)

    greeting = await jo.wait_for(said_by(bot, room), SOON)
    assert greeting.content["m.mentions"] == {"user_ids": [max_.user_id]}
    alone = await invited(max_)
    await max_.join(alone)
    await max_.wait_for(said_by(bot, alone), SOON)
    sealed = [
        (await max_.raw_event(alone, event.event_id))["type"]
        for event in await max_.history(alone)
        if event.sender == bot.user_id and event.type == "m.room.message"
    ]
    assert sealed
    assert set(sealed) == {ENCRYPTED}
    state = await max_._api.request("GET", f"/_matrix/client/v3/rooms/{alone}/state")
    assert max_.user_id[1:].split(":")[0] not in str(
        [event for event in _events(state) if event["type"] == "m.room.canonical_alias"]
    )
    assert await invitations(jo) == await invitations(camille) == []


def _events(state: object) -> list[dict[str, object]]:
    return [event for event in state if isinstance(event, dict)] if isinstance(state, list) else []


@pytest.mark.parametrize("label", sorted(crash.DIRECT_POINTS - {"direct.missed"}))
async def test_killed_while_a_direct_message_is_opened_there_is_one(
    label: str, make_sealed: MakeSealed, make_bot: MakeBot
) -> None:
    jo, camille = await make_sealed("jo"), await make_sealed("camille")
    room = await camille.join(await jo.create_room("Accueil"))
    bot = await make_bot(room, more=AT_ONCE)
    await bot.process.stop()
    armed = armed_with(label, bot)
    armed.start()
    await jo.send(room, "!commencer")
    await ended(armed)

    await bot.process.start()

    alone = await invited(jo)
    await jo.join(alone)
    await jo.wait_for(said_by(bot, alone), SOON)
    await bot.settled_answers(jo, room, await jo.send(room, "!ping"))
    assert await invitations(jo) == []
    oids = [
        event.content[MARKER] for event in await jo.history(alone) if said_by(bot, alone)(event)
    ]
    assert len(oids) == len(set(oids)) > 0


async def test_who_came_while_the_bot_was_down_is_greeted_once(
    make_sealed: MakeSealed, make_bot: MakeBot
) -> None:
    jo, max_ = await make_sealed("jo"), await make_sealed("max")
    room = await jo.create_room("Accueil")
    camille = await make_sealed("camille")
    await camille.join(room)
    bot = await make_bot(room, more=AT_ONCE)
    await bot.process.stop()
    await max_.join(room)
    await max_.set_display_name("Maxime")
    for _ in range(120):
        await jo.send(room, "chatter")

    await bot.process.start()

    await jo.wait_for(said_by(bot, room), SOON)
    await bot.settled_answers(jo, room, await jo.send(room, "!ping"))
    greetings = [
        event
        for event in await jo.history(room)
        if said_by(bot, room)(event) and event.content["m.mentions"]
    ]
    assert [event.content["m.mentions"] for event in greetings] == [{"user_ids": [max_.user_id]}]
