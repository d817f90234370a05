"""What the bot is to say in a test of sending, and how a test watches it."""

import asyncio
from typing import Any

from bot.ids import Oid, RoomId
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.transaction import Transaction
from bot.text import Text
from tests.matrix.exchange import Fault
from tests.matrix.model_server import ROOM
from tests.matrix.world import Bot, World, outbox_states, until

ANIMATORS = "!animation:example.org"
LIMITED = 429, {}, b'{"errcode": "M_LIMIT_EXCEEDED"}'


def text(body: str) -> Text:
    return Text(body, body)


async def say(
    bot: Bot, *bodies: str, room: str = ROOM, conversation: str | None = None
) -> list[Oid]:
    """Enqueue what the bot is to say, in one transaction; return the oids."""

    async def work(transaction: Transaction) -> list[Oid]:
        now = bot.world.clock.now()
        return [
            Outgoing(transaction, f"test:{body}", now).say(
                RoomId(room), text(body), conversation=conversation
            )
            for body in bodies
        ]

    return await bot.database.write(work)


async def spoken(world: World, *bodies: str, room: str = ROOM) -> dict[str, int]:
    """Say ``bodies`` in one life of the bot; return the states of the outbox afterwards."""
    bot = await world.born()
    await say(bot, *bodies, room=room)
    await bot.settled()
    states = await outbox_states(bot.database)
    await bot.end()
    return states


async def states(world: World) -> dict[str, int]:
    database = Database(world.url)
    try:
        return await outbox_states(database)
    finally:
        await database.close()


def hold_sends(bot: Bot) -> tuple[asyncio.Event, list[str]]:
    """Hold every send of the bot; return what lets them go, and the paths held meanwhile."""
    gate = asyncio.Event()
    held: list[str] = []
    whole = bot.server.raw

    async def raw(method: str, url_path: str, **more: Any) -> Any:
        if method == "PUT":
            held.append(url_path)
            await gate.wait()
        return await whole(method, url_path, **more)

    bot.server.raw = raw  # type: ignore[method-assign]  # a slow network
    return gate, held


async def stuck(world: World, *, is_done: bool) -> None:
    """Let a process die with a parcel that the server has, or has not."""
    bot = await world.born()
    world.model.faults += [Fault(None, is_done=is_done)]
    bot.delivery.sleep = for_ever
    await say(bot, "bonjour")
    await until(lambda: world.model.sends)
    await bot.end()
    if is_done:
        world.model.stream.pop()  # Its echo is not seen.


async def for_ever(seconds: float) -> None:
    del seconds
    await asyncio.get_running_loop().create_future()
