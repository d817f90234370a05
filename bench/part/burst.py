"""500 commands at once from 5 members in 5 rooms: time, losses, order, CPU and memory."""

from bench.arena import Arena
from bench.burst import IDLE, Burst, lost_doubled_disordered, watched, write
from bench.measure import Measure, at_most, near_floor

PART = "burst"


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Run the burst on every bot, one after the other, in changing order."""
    each, rounds = (4, 1) if quick else (20, 3)
    bursts: dict[str, list[Burst]] = {contestant.name: [] for contestant in arena.contestants}
    for contestant in arena.rounds(rounds):
        await arena.up(contestant)
        async with watched(arena, contestant) as found:
            commands = await write(arena.members, contestant.rooms, each)
            await arena.listener.answered(commands, IDLE)
        bursts[contestant.name] += found
    # The best round of each: whatever else the machine does can only make a burst longer.
    seconds = {name: min(burst.seconds for burst in every) for name, every in bursts.items()}
    # A bot that loses commands is done early: its time says nothing.
    complete = {
        name: value
        for name, value in seconds.items()
        if all(burst.verdict.is_settled for burst in bursts[name])
    }
    cpu = {
        name: sum(b.cpu_seconds for b in every) / sum(b.verdict.answered for b in every) * 1000
        for name, every in bursts.items()
        if any(b.verdict.answered for b in every)
    }
    memory = {name: max(b.resident_mb for b in every) for name, every in bursts.items()}
    return [
        Measure(
            PART,
            "time, best round",
            "s",
            {name: round(value, 1) for name, value in seconds.items()},
        ),
        near_floor(PART, "time of complete bursts", complete, 1.1),
        *lost_doubled_disordered(PART, bursts),
        at_most(PART, "CPU per 1,000 commands", "s", _rounded(cpu, 2), 1.5),
        at_most(PART, "resident memory after", "MB", _rounded(memory, 0), 90),
    ]


def _rounded(values: dict[str, float], digits: int) -> dict[str, float]:
    return {name: round(value, digits) for name, value in values.items()}
