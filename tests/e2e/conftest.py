"""A real homeserver for the run, and for each test its own members, rooms and bots on it."""

import itertools
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo import bot_process, homeserver
from bot.demo.bot_process import Settings, community_settings
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import RoomId

HERE = Path(__file__).parent

MakeMember = Callable[..., Awaitable[Member]]
MakeBot = Callable[..., Awaitable[RunningBot]]
Unique = Callable[[str], str]

PASSWORD = "correct horse battery staple"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a real homeserver, so that it can be left out."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """The run's homeserver, one for each worker; no test may stop it."""
    running = await homeserver.start(tmp_path_factory.mktemp("synapse"))
    yield running
    await running.stop()


@pytest.fixture
def unique() -> Unique:
    """Names that no other test has, for accounts and aliases."""
    run = secrets.token_hex(4)
    numbers = itertools.count(1)
    return lambda name: f"{name}-{run}-{next(numbers)}"


@pytest_asyncio.fixture
async def make_member(synapse: Synapse, unique: Unique) -> AsyncIterator[MakeMember]:
    """Register somebody with a name of its own, logged in until the test ends."""
    async with AsyncExitStack() as stack:

        async def make(name: str = "member", *, patience: timedelta = timedelta()) -> Member:
            account = await synapse.register(unique(name), PASSWORD)
            member = await Member.login(synapse.home.base_url, account, patience=patience)
            return await stack.enter_async_context(member)

        yield make


@pytest_asyncio.fixture
async def make_bot(synapse: Synapse, unique: Unique, tmp_path: Path) -> AsyncIterator[MakeBot]:
    """Register a bot and run it until the test ends.

    ``rooms`` are those that it joins and is in when this returns. ``more`` are settings added to,
    or replacing, those of ``community_settings``. With ``start=False`` the test starts it.
    """
    bots: list[RunningBot] = []

    async def make(
        *rooms: RoomId,
        language: str = "fr",
        animators: Sequence[str] = (),
        animators_room: str | None = None,
        more: Settings | None = None,
        start: bool = True,
    ) -> RunningBot:
        account = await synapse.register(unique("compagnon"), PASSWORD)
        settings = community_settings(
            synapse.home,
            account,
            name="Les praticiens",
            language=language,
            rooms=rooms,
            animators=animators,
            animators_room=animators_room,
        )
        for table, values in (more or {}).items():
            settings[table] = settings.get(table, {}) | dict(values)
        directory = tmp_path / f"bot{len(bots)}"
        bot = RunningBot(account, bot_process.prepare(directory, settings, PASSWORD))
        bots.append(bot)
        if start:
            await bot.arrive(synapse.home.base_url, rooms)
        return bot

    yield make
    for bot in bots:
        await bot.process.stop()
        # Shown by pytest only if the test failed.
        sys.stdout.write(bot.process.log)


@pytest_asyncio.fixture
async def jo(make_member: MakeMember) -> Member:
    """A member."""
    return await make_member("jo")


@pytest_asyncio.fixture
async def camille(make_member: MakeMember) -> Member:
    """Another member."""
    return await make_member("camille")


@pytest_asyncio.fixture
async def room(jo: Member, camille: Member) -> RoomId:
    """A public room of Jo's with Camille in it: with the bot three, so that it needs a prefix."""
    return await camille.join(await jo.create_room("Accueil"))


@pytest_asyncio.fixture
async def bot(make_bot: MakeBot, room: RoomId) -> RunningBot:
    """A bot that runs and is in Jo's room."""
    return await make_bot(room)
