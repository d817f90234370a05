"""The checks notice a broken protocol: each of three mistakes, put in on purpose, is found."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import pytest

from bot.ids import DeviceId, SyncToken, TxnId
from bot.matrix.batch import Batch, Echo
from bot.matrix.delivery import Delivery
from bot.matrix.journal import Journal
from bot.storage import sync_position
from bot.storage.inbox import Entry
from bot.storage.outbox import Parcel
from tests.matrix.exchange import Fault
from tests.matrix.life import Parts
from tests.matrix.model_server import ModelServer
from tests.matrix.world import World, until

Scene = Callable[[str, Parts], Awaitable[list[str]]]


class TokenSavedEarly(Journal):
    """Moves on in the stream before what came is journalled."""

    async def commit(
        self, batch: Batch, device: DeviceId, token: SyncToken, now: datetime
    ) -> list[Entry]:
        await self._database.write(lambda t: sync_position.save(t, device, token, now))
        return await super().commit(batch, device, token, now)


class EchoIgnored(Delivery):
    """Does not look at what came back of its own."""

    def note(self, echoes: Sequence[Echo]) -> None:
        del echoes


class RandomTxnId(Delivery):
    """Asks the server for something new at each attempt."""

    def txn_id_of(self, parcel: Parcel) -> TxnId:
        del parcel
        return TxnId(secrets.token_hex(8))


async def _began(url: str, parts: Parts) -> World:
    world = World(url, ModelServer(), parts)
    await world.live()
    return world


async def killed_before_the_journal(url: str, parts: Parts) -> list[str]:
    """The process dies with commands in its hands."""
    world = await _began(url, parts)
    world.ask()
    assert await world.live(until="journal.received")
    await world.live()
    return world.problems()


async def reply_lost(url: str, parts: Parts) -> list[str]:
    """The server has acted, and the bot does not know."""
    world = await _began(url, parts)
    world.model.is_echoing = False
    world.model.faults += [Fault(is_done=True)] * 2
    world.ask()
    await world.live()
    return world.problems()


async def killed_after_the_request(url: str, parts: Parts) -> list[str]:
    """The server has acted, the process dies before it notes it."""
    world = await _began(url, parts)
    world.model.is_echoing = False
    world.ask()
    assert await world.live(until="send.before_mark")
    await world.live()
    return world.problems()


async def reply_lost_on_a_forgetful_server(url: str, parts: Parts) -> list[str]:
    """The server has acted, tells so in the stream, and no longer knows the transaction."""
    world = await _began(url, parts)
    world.model.faults.append(Fault(is_done=True))
    world.ask()
    bot = await world.born()
    pause = world.sleep

    async def sleep(seconds: float) -> None:
        # Wait until the stream has told, as it would within the second of a first pause.
        await until(lambda: bot.sync._token == f"s{len(world.model.stream)}")
        world.model.transactions.clear()
        await pause(seconds)

    bot.delivery.sleep = sleep
    await bot.settled()
    await bot.end()
    return world.problems()


SCENES = [
    killed_before_the_journal,
    reply_lost,
    killed_after_the_request,
    reply_lost_on_a_forgetful_server,
]

MUTATIONS = [
    (killed_before_the_journal, Parts(journal=TokenSavedEarly), "lost"),
    (reply_lost, Parts(delivery=RandomTxnId), "doubled"),
    (killed_after_the_request, Parts(delivery=RandomTxnId), "doubled"),
    (reply_lost_on_a_forgetful_server, Parts(delivery=EchoIgnored), "doubled"),
]


@pytest.mark.parametrize("scene", SCENES)
async def test_protocol_as_it_is_passes(sqlite_url: str, scene: Scene) -> None:
    assert await scene(sqlite_url, Parts()) == []


@pytest.mark.parametrize(("scene", "parts", "complaint"), MUTATIONS)
async def test_mistake_is_noticed(
    sqlite_url: str, scene: Scene, parts: Parts, complaint: str
) -> None:
    problems = await scene(sqlite_url, parts)
    assert any(problem.startswith(complaint) for problem in problems), problems
