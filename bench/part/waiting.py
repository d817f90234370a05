"""200 commands that were written while the bot was stopped."""

from bench.arena import Arena
from bench.burst import IDLE, Burst, lost_doubled_disordered, watched, write
from bench.measure import Measure

PART = "waiting"


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Stop every bot in turn, write, start it, and see what is answered."""
    each = 2 if quick else 8
    bursts: dict[str, list[Burst]] = {}
    for contestant in arena.rounds(1):
        await arena.up(contestant)
        await contestant.process.stop()
        async with watched(arena, contestant) as bursts[contestant.name]:
            commands = await write(arena.members, contestant.rooms, each)
            contestant.process.start()
            await arena.listener.answered(commands, IDLE)
    return lost_doubled_disordered(PART, bursts)
