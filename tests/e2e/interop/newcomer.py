"""A newcomer who writes with a bot that is killed at random moments."""

import asyncio
import random

from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import PATIENCE, Element, Shown

LONGEST = 0.6
"""Seconds between an answer and the kill; the next question comes after some tenths of one."""


class Newcomer:
    """Alix, and the direct room in which the bot speaks with her."""

    def __init__(self, element: Element, bot: RunningBot, room: str, seed: int) -> None:
        self.element, self.bot, self.room = element, bot, room
        self._random = random.Random(seed)
        self.kills = 0

    async def kill(self) -> None:
        """Kill the bot after a moment, and start it again."""
        await asyncio.sleep(self._random.uniform(0, LONGEST))
        await self.bot.process.kill()
        await self.bot.process.start()
        self.kills += 1

    async def write(self, words: str, until: str, *, is_killed: bool = True) -> Shown:
        """Write something, have the bot killed, and return what it says with ``until``."""
        times = 1 + sum(until in (each.body or "") for each in await self.heard())
        await self.element.send(self.room, words)
        if is_killed:
            await self.kill()
        return await self.reads(until, times=times)

    async def tap(self, shown: Shown, key: str, until: str) -> Shown:
        """React to a message, have the bot killed around it, and return what it says then."""
        await self.element.do("react", room=self.room, event_id=shown.event_id, key=key)
        await self.kill()
        return await self.reads(until)

    async def reads(self, words: str, *, times: int = 1) -> Shown:
        """Wait until something was said so many ``times``, and return it as it was said last."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [each for each in await self.heard() if words in (each.body or "")]
                if len(found) >= times:
                    return found[-1]
                await asyncio.sleep(0.1)

    async def heard(self) -> list[Shown]:
        """Return every message of the bot, in order."""
        said = await self.element.messages(self.room)
        return [
            each
            for each in said
            if each.sender == self.bot.user_id and each.type != "m.reaction" and each.body
        ]


def is_well(shown: Shown) -> bool:
    """Whether a message was encrypted, could be read, and came without a warning."""
    return shown.is_encrypted and not shown.is_unreadable and shown.shield == "none"
