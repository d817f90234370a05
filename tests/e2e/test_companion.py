"""Two people who both said yes meet in one sealed room of three, on a real homeserver."""

from collections.abc import Awaitable, Callable

from bot.demo.conversation import RunningBot
from bot.ids import RoomId
from tests.e2e.sealed import ENCRYPTED, SealedMember
from tests.e2e.test_encryption import MakeSealed, armed_with, ended, make_sealed
from tests.e2e.test_newcomer import AT_ONCE, SOON, invitations, invited, said_by

__all__ = ["make_sealed"]

MakeBot = Callable[..., Awaitable[RunningBot]]


async def asked_alone(bot: RunningBot, member: SealedMember) -> RoomId:
    """Let ``member`` accept the direct message of the bot; return it once all was said there."""
    alone = await invited(member)
    await member.join(alone)
    await member.wait_for(
        lambda event: said_by(bot, alone)(event) and "❌" in str(event.content.get("body")), SOON
    )
    return alone


async def test_killed_while_the_room_of_three_is_made_there_is_one(
    make_sealed: MakeSealed, make_bot: MakeBot
) -> None:
    jo, max_ = await make_sealed("jo"), await make_sealed("max")
    room = await max_.join(await jo.create_room("Accueil"))
    bot = await make_bot(room, more=AT_ONCE)
    await bot.settled_answers(max_, room, await max_.send(room, "!companion on"))
    await bot.settled_answers(jo, room, await jo.send(room, "!companion please"))
    await max_.send(await asked_alone(bot, max_), "oui")
    with_jo = await asked_alone(bot, jo)
    await bot.process.stop()
    armed = armed_with("trio.created", bot)
    armed.start()
    await jo.send(with_jo, "oui")
    await ended(armed)

    await bot.process.start()

    trio = await invited(jo)
    assert await invited(max_) == trio
    for member in (jo, max_):
        await member.join(trio)
    await max_.wait_for(
        lambda event: said_by(bot, trio)(event) and "!aide" in str(event.content["body"]), SOON
    )
    hello = [event for event in await jo.history(trio) if said_by(bot, trio)(event)]
    assert [event.content["m.mentions"] for event in hello] == [
        {"user_ids": sorted([jo.user_id, max_.user_id])},
        {"user_ids": [jo.user_id]},
    ]
    sealed = [(await jo.raw_event(trio, event.event_id))["type"] for event in hello]
    assert sealed == [ENCRYPTED, ENCRYPTED]

    await max_.send(trio, "bonjour Jo")
    await max_.send(trio, "!companion stop")

    await jo.wait_for(
        lambda event: said_by(bot, trio)(event) and "s’arrête ici" in str(event.content["body"]),
        SOON,
    )
    await bot.settled_answers(jo, room, await jo.send(room, "!ping"))
    state = f"/_matrix/client/v3/rooms/{trio}/state/m.room.member/{bot.user_id}"
    assert (await jo._api.request("GET", state))["membership"] == "leave"
    assert await invitations(jo) == await invitations(max_) == []
    said = [event for event in await jo.history(trio) if said_by(bot, trio)(event)]
    assert len(said) == 3
