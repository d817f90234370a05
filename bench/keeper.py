"""Keeps a bot and its homeserver running, and kills them as often as a soak wants."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.demo.homeserver import Synapse
from bot.demo.process import Process

LOOK_SECONDS = 0.2
"""Between two looks at whether the bot still lives."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two kills, each drawn between the two numbers."""

    bot: tuple[float, float] = (0.5, 9.0)
    homeserver: tuple[float, float] = (25.0, 50.0)
    downtime: tuple[float, float] = (0.0, 2.5)
    handover: float = 12.0
    """After a kill with a standby: longer than the lease, so that it takes over."""
    long_life: tuple[float, float] = (45.0, 90.0)
    long_lives: float = 0.0
    """The share of lives that are long: a process that is killed young shows no leak."""
    freeze: tuple[float, float] = (30.0, 60.0)
    frozen: tuple[float, float] = (2.0, 8.0)
    """How long the homeserver, or the bot, gets no processor: slow beyond all patience."""
    disturbance: tuple[float, float] = (25.0, 50.0)
    """Between two troubles of the database."""


@dataclass(slots=True)
class Keeper:
    """Kills and restarts; counts what it killed, and how often the bot ended by itself."""

    bot: Process
    synapse: Synapse
    luck: random.Random
    pace: Pace = Pace()
    reserve: Process | None = None
    """Stands by; whoever is killed takes its place after the handover."""
    disturb: Callable[[], Awaitable[None]] | None = None
    """With it everything happens at once: the database is in trouble, both programs freeze."""
    bot_kills: int = 0
    homeserver_kills: int = 0
    freezes: int = 0
    disturbances: int = 0
    endings: list[int | None] = field(default_factory=list)
    """Exit codes of the bot where nobody had killed it: it should have gone on."""

    async def run(self) -> None:
        """Kill both at random until cancelled; ``calm`` has to come after."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill_bot())
            group.create_task(self._kill_homeserver())
            if self.disturb is not None:
                group.create_task(self._disturb(self.disturb))
                group.create_task(self._freeze())

    async def calm(self) -> None:
        """Leave both running, whatever a cancelled ``run`` was doing."""
        if not self.synapse.is_running:
            await self.synapse.start_again()
        self.keep_bot()

    def keep_bot(self) -> None:
        """Start what ended by itself again, and remember that it did."""
        for bot in filter(None, (self.bot, self.reserve)):
            if bot.is_running:
                continue
            # SIGKILL was ours: a kill that is cancelled while it waits for the end leaves its code.
            if bot.exit_code not in {None, -signal.SIGKILL}:
                self.endings.append(bot.exit_code)
            bot.start()

    async def kill(self) -> None:
        """End whatever runs."""
        for bot in filter(None, (self.bot, self.reserve)):
            await bot.kill()

    async def _kill_bot(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            is_long = self.luck.random() < self.pace.long_lives
            life = self.pace.long_life if is_long else self.pace.bot
            until = loop.time() + self.luck.uniform(*life)
            while loop.time() < until:
                self.keep_bot()
                await asyncio.sleep(LOOK_SECONDS)
            if self.bot.is_running:
                self.bot_kills += 1
                await self.bot.kill()
                if self.reserve is None:
                    await asyncio.sleep(self.luck.uniform(*self.pace.downtime))
                else:
                    self.bot, self.reserve = self.reserve, self.bot
                    await asyncio.sleep(self.pace.handover)

    async def _kill_homeserver(self) -> None:
        while True:
            await asyncio.sleep(self.luck.uniform(*self.pace.homeserver))
            self.homeserver_kills += 1
            await self.synapse.kill()
            await asyncio.sleep(self.luck.uniform(*self.pace.downtime))
            await self.synapse.start_again()

    async def _disturb(self, disturb: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self.luck.uniform(*self.pace.disturbance))
            self.disturbances += 1
            await disturb()

    async def _freeze(self) -> None:
        while True:
            await asyncio.sleep(self.luck.uniform(*self.pace.freeze))
            program = self.luck.choice((self.bot, self.synapse))
            if not program.is_running:
                continue
            self.freezes += 1
            pid = program.pid
            try:
                os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(self.luck.uniform(*self.pace.frozen))
            finally:
                # It may have been killed meanwhile, and another may run.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
