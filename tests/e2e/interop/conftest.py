"""The engine of Element, and people who use it in its strict mode."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.homeserver import Account, Synapse
from tests.e2e.interop.element import Element, Engine, install

PASSWORD = "correct horse battery staple"

MakeElement = Callable[..., Awaitable[Element]]


@pytest.fixture(scope="session")
def engine_directory(request: pytest.FixtureRequest) -> Path:
    """The installed client, kept from run to run."""
    assert request.config.cache is not None
    return install(request.config.cache.mkdir("matrix-js-sdk"))


@pytest.fixture(scope="session")
def engine(engine_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The run's process, one for each worker; the clients in it are each test's own."""
    running = Engine(engine_directory, tmp_path_factory.mktemp("engine") / "engine.log")
    yield running
    running.close()


@pytest_asyncio.fixture
async def make_element(
    engine: Engine, synapse: Synapse, unique: Callable[[str], str]
) -> AsyncIterator[MakeElement]:
    """Log somebody new in, cross-signed and in strict mode unless told; or ``account`` again."""
    made: list[Element] = []

    async def make(
        name: str = "member",
        *,
        account: Account | None = None,
        recovery_key: str | None = None,
        is_strict: bool = True,
    ) -> Element:
        is_new = account is None
        account = account or await synapse.register(unique(name), PASSWORD)
        element = await Element.login(
            engine, synapse.home.base_url, account, recovery_key=recovery_key
        )
        made.append(element)
        if is_new:
            await element.bootstrap()
        if is_strict:
            await element.do("strict")
        return element

    yield make
    for element in made:
        await element.do("stop")


@pytest_asyncio.fixture
async def alix(make_element: MakeElement) -> Element:
    """A member whose client shows and trusts only signed devices."""
    return await make_element("alix")
