"""The burst again, with the bot killed by SIGKILL and restarted twice in the middle of it."""

import asyncio

from bench.arena import Arena, Contestant
from bench.burst import IDLE, Burst, lost_doubled_disordered, watched, write
from bench.measure import Measure

PART = "kill -9"
KILLS = 2
SOME_ANSWERS = 0.25
"""Share of the commands that are answered between two kills."""


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Run the burst with kills on every bot, one after the other."""
    each = 4 if quick else 20
    bursts: dict[str, list[Burst]] = {}
    for contestant in arena.rounds(1):
        await arena.up(contestant)
        async with watched(arena, contestant) as bursts[contestant.name]:
            killing = asyncio.create_task(_kill(arena, contestant, each))
            commands = await write(arena.members, contestant.rooms, each)
            await killing
            await arena.listener.answered(commands, IDLE)
    seconds = {name: round(every[0].seconds, 1) for name, every in bursts.items()}
    return [
        Measure(PART, f"time with {KILLS} kills", "s", seconds),
        *lost_doubled_disordered(PART, bursts),
    ]


async def _kill(arena: Arena, contestant: Contestant, each: int) -> None:
    total = each * len(arena.members) * len(contestant.rooms)
    for _ in range(KILLS):
        enough = len(arena.listener.answers) + round(total * SOME_ANSWERS)
        await arena.listener.counted(enough, IDLE)
        await contestant.process.kill()
        contestant.process.start()
