"""Round trip of `!ping`, one in flight: from the member's request to the answer in their client."""

import time

from bench.arena import Arena
from bench.measure import Measure, near_floor, quantile

PART = "ping"
WARM_UP = 5


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Ask every bot in turn, many times over."""
    rounds = 40 if quick else 150
    for contestant in arena.contestants:
        await arena.up(contestant)
        for _ in range(WARM_UP):
            await arena.ping(contestant.rooms[0])
    samples: dict[str, list[float]] = {contestant.name: [] for contestant in arena.contestants}
    for contestant in arena.rounds(rounds):
        asked = time.perf_counter()
        command = await arena.ping(contestant.rooms[0])
        answered = arena.listener.answers[command]
        samples[contestant.name].append((answered - asked) * 1000)
    found = [
        Measure(
            PART,
            f"round trip p{round(share * 100)}",
            "ms",
            {name: round(quantile(times, share), 1) for name, times in samples.items()},
            samples=samples if share == 0.5 else {},
        )
        for share in (0.5, 0.95, 0.99)
    ]
    medians = {name: quantile(times, 0.5) for name, times in samples.items()}
    return [*found, near_floor(PART, "round trip p50", medians, 1.05)]
