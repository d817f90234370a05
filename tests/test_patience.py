"""A start waits for a database server that is not there yet, and says so at last if none comes."""

import asyncio

import pytest

from bot.patience import DATABASE_ATTEMPTS, database_there
from bot.storage.trouble import AwayError


class Server:
    """A database that is there from the so-many-th attempt on."""

    def __init__(self, there_at: int) -> None:
        self.there_at = there_at
        self.attempts = 0
        self.rests: list[float] = []

    async def look(self) -> str:
        self.attempts += 1
        if self.attempts < self.there_at:
            raise AwayError("The database cannot be reached.")
        return "there"

    async def rest(self, stop: asyncio.Event, seconds: float) -> None:
        del stop
        self.rests.append(seconds)


async def test_server_that_comes_late_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(there_at=4)
    found = await database_there(server.look, asyncio.Event(), rest=server.rest)
    assert (found, len(server.rests)) == ("there", 3)
    assert caplog.text.count("event=database_trouble") == 3


async def test_server_that_never_comes_is_told_after_a_minute() -> None:
    server = Server(there_at=1000)
    with pytest.raises(AwayError, match="cannot be reached"):
        await database_there(server.look, asyncio.Event(), rest=server.rest)
    assert server.attempts == DATABASE_ATTEMPTS
    assert 25 < sum(server.rests) < 90


async def test_bot_that_is_told_to_stop_waits_no_longer() -> None:
    stop = asyncio.Event()
    server = Server(there_at=1000)

    async def rest(told: asyncio.Event, seconds: float) -> None:
        await server.rest(told, seconds)
        told.set()

    assert await database_there(server.look, stop, rest=rest) is None
    assert server.attempts == 1
