"""Comparing emojis at the operator's console, for a stopped bot that has no animators' room."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import Element

MakeBot = Callable[..., Awaitable[RunningBot]]


@dataclass(frozen=True)
class Console:
    """The operator's console, at which ``compagnon identity verify`` runs."""

    process: asyncio.subprocess.Process

    async def shows(self, pattern: str) -> str:
        """Read on until a line matches, and return that line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            printed = []
            while line := (await self.process.stdout.readline()).decode():
                printed.append(line)
                if re.search(pattern, line):
                    return line
        raise AssertionError("".join(printed))

    async def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    async def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def ended(self) -> int:
        async with asyncio.timeout(30):
            return await self.process.wait()


OpenConsole = Callable[..., Awaitable[Console]]


@pytest_asyncio.fixture
async def bot(make_bot: MakeBot, alix: Element) -> RunningBot:
    """A bot that knows Alix from an encrypted direct message, and is stopped."""
    running = await make_bot()
    room = await alix.create_dm(running.user_id)
    await alix.ask(room, running.user_id, "ping")
    await running.process.stop()
    return running


@pytest_asyncio.fixture
async def open_console(bot: RunningBot) -> AsyncIterator[OpenConsole]:
    """Run the command for somebody, until the test ends."""
    opened: list[Console] = []

    async def run(user_id: str) -> Console:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "--config", str(bot.process.config_path)),
            *("identity", "verify", user_id),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        opened.append(Console(process))
        await opened[-1].shows("Waiting for ten minutes")
        return opened[-1]

    yield run
    for console in opened:
        if console.process.returncode is None:
            console.process.kill()
            await console.process.wait()


async def begin(element: Element, bot: RunningBot, *, in_room: bool) -> list[str]:
    """Ask for a comparison in Element, and return the emojis that it shows."""
    if in_room:
        room = await element.do("direct_room", user=bot.user_id)
        await element.do("request_verification", user=bot.user_id, room=room)
    else:
        devices = await element.do("devices", user=bot.user_id)
        [device] = [name for name, each in devices.items() if each["is_signed"]]
        await element.do("request_verification", user=bot.user_id, device_id=device)
    return list(await element.do("compare_emojis", begin=True))


@pytest.mark.parametrize("in_room", [True, False])
async def test_same_emojis_verify_both_and_the_bot_goes_on(
    alix: Element, bot: RunningBot, open_console: OpenConsole, *, in_room: bool
) -> None:
    console = await open_console(alix.user_id)
    seen = await begin(alix, bot, in_room=in_room)
    names = await alix.do("emoji_names")
    shown = await console.shows(re.escape(seen[0]))

    await alix.do("confirm_emojis", matches=True)
    await console.type("sans doute")
    await console.shows("Type yes")
    await console.type("yes")

    assert shown.strip() == " · ".join(f"{e} {n}" for e, n in zip(seen, names, strict=True))
    await console.shows("have verified each other")
    assert await console.ended() == 0
    assert await alix.do("verification_outcome") == "done"
    assert (await alix.do("user", user=bot.user_id))["is_verified"]
    room = await alix.do("direct_room", user=bot.user_id)
    waiting = await alix.send(room, "ping")
    await bot.process.start()
    answer = await alix.answer_to(room, bot.user_id, waiting)
    assert (answer.is_unreadable, answer.shield) == (False, "none")


@pytest.mark.parametrize("says_no", [True, False])
async def test_no_and_nothing_said_both_verify_nothing(
    alix: Element, bot: RunningBot, open_console: OpenConsole, *, says_no: bool
) -> None:
    console = await open_console(alix.user_id)
    await begin(alix, bot, in_room=True)
    await alix.do("confirm_emojis", matches=True)

    await (console.type("no") if says_no else console.hang_up())

    await console.shows("Nothing was verified")
    assert await console.ended() == 1
    assert "cancelled" in await alix.do("verification_outcome")
    assert not (await alix.do("user", user=bot.user_id))["is_verified"]
