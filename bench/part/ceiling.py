"""What a bot manages when the homeserver costs nothing: commands answered in a second."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bench.measure import Measure, at_least, at_most
from bench.stage import GaveUpError
from bench.subject import PROJECT, Seat, Subject
from bot.demo.client_api import ClientApi, JsonObject, number
from bot.demo.homeserver import Account

PART = "ceiling"
USER_ID = "@compagnon:stub.localhost"
ROOMS, MEMBERS = 10, 5
WARM_UP = 100
WITHIN_SECONDS = 60


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Let every bot loose on an instant homeserver of its own, one after the other."""
    commands = 1000 if quick else 4000
    rates: dict[str, float] = {}
    wrong: dict[str, float] = {}
    for subject in subjects:
        async with stub(ROOMS, MEMBERS) as url, ClientApi(url) as api:
            rates[subject.name], wrong[subject.name] = await _ceiling(subject, url, api, commands)
    return [
        at_least(PART, f"answered of {commands}, stub", "/s", rates, 400),
        at_most(PART, "lost or doubled, stub", f"of {commands}", wrong, 0),
    ]


async def _ceiling(
    subject: Subject, url: str, api: ClientApi, commands: int
) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        account = Account(USER_ID, "any password", "stub", "STUB")
        process = subject.process(Seat(Path(directory), account, url))
        process.start()
        try:
            warm = await answered(api, WARM_UP)
            if warm.get("seconds") is None:
                end = process.log_text().splitlines()[-1:]
                raise GaveUpError(f"{subject.name} does not answer the stub: {warm} {end}")
            state = await answered(api, commands)
        finally:
            await process.kill()
    seconds = state.get("seconds")
    lost = number(state, "handed") - number(state, "answered")
    rate = commands / seconds if isinstance(seconds, float) else 0.0
    return round(rate), float(lost + number(state, "doubled"))


async def answered(
    api: ClientApi, commands: int, within_seconds: float = WITHIN_SECONDS, **more: int
) -> JsonObject:
    """Hand out so many commands, wait until they are answered, return the stub's account of it."""
    query = {name: str(value) for name, value in {"commands": commands, **more}.items()}
    await api.request("POST", "/stub/go", query=query)
    loop = asyncio.get_running_loop()
    end = loop.time() + within_seconds
    while True:
        state = await api.request("GET", "/stub/state")
        if state.get("seconds") is not None or loop.time() > end:
            return state
        await asyncio.sleep(0.2)  # rarely: the stub has better to do


@asynccontextmanager
async def stub(rooms: int, members: int) -> AsyncIterator[str]:
    """Yield the address of an instant homeserver with so many rooms of so many."""
    arguments = ["-m", "bench.stub", USER_ID, str(rooms), str(members)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, cwd=PROJECT
    )
    try:
        assert process.stdout is not None, "it was asked for"
        async with asyncio.timeout(timedelta(seconds=10).total_seconds()):
            port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()
