"""A real homeserver for the tests of the tools that speak to one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.demo import homeserver
from bot.demo.homeserver import Synapse
from bot.demo.member import Member


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """The run's homeserver, one for each worker; no test may stop it."""
    running = await homeserver.start(tmp_path_factory.mktemp("synapse"))
    yield running
    await running.stop()


@pytest_asyncio.fixture
async def pair(
    synapse: Synapse, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Member, Member]]:
    """Two members whose names no other test has."""
    async with AsyncExitStack() as stack:
        members = []
        for name in ("ines", "jo"):
            localpart = f"{name}-{abs(hash(request.node.nodeid))}"
            account = await synapse.register(localpart, "a password")
            member = await Member.login(synapse.home.base_url, account)
            members.append(await stack.enter_async_context(member))
        yield members[0], members[1]
