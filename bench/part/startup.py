"""From the start of the process to the first answer: with nothing at all, and after a stop."""

import shutil
import time
from datetime import timedelta

from bench.arena import UP_WITHIN, Arena, Contestant
from bench.measure import Measure, at_most, quantile
from bench.stage import GaveUpError

PART = "start"
ASK_EVERY = timedelta(milliseconds=300)
"""A plain bot does not see what was written before its first sync: it is asked again this often."""


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Start every bot in turn, several times."""
    first, again = await starts(arena, rounds=2 if quick else 5)
    return [
        at_most(PART, "first start to first answer", "s", first, 1.5),
        at_most(PART, "restart to first answer", "s", again, 1.5),
    ]


async def starts(arena: Arena, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Return the median seconds from start to answer of every bot: the first time, and again."""
    first: dict[str, list[float]] = {contestant.name: [] for contestant in arena.contestants}
    again: dict[str, list[float]] = {contestant.name: [] for contestant in arena.contestants}
    for contestant in arena.rounds(rounds):
        await contestant.process.stop()
        _forget(contestant)
        first[contestant.name].append(await first_answer(arena, contestant))
        await contestant.process.stop()
        again[contestant.name].append(await first_answer(arena, contestant))
        await contestant.process.stop()
    return _medians(first), _medians(again)


def _medians(samples: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(quantile(times, 0.5), 2) for name, times in samples.items()}


async def first_answer(arena: Arena, contestant: Contestant) -> float:
    """Start a bot that is down; return the seconds until a command is answered; GaveUpError."""
    room, member = contestant.rooms[0], arena.members[0]
    started = time.perf_counter()
    contestant.process.start()
    commands: list[str] = []
    while time.perf_counter() - started < UP_WITHIN.total_seconds():
        commands.append(await member.send(room, "!ping"))
        if await arena.listener.any_answered(commands, ASK_EVERY):
            answers = arena.listener.answers
            return min(answers[command] for command in commands if command in answers) - started
    raise GaveUpError(f"{contestant.name} did not answer within {UP_WITHIN} of its start")


def _forget(contestant: Contestant) -> None:
    """Leave the bot as on the first day: no database, no session."""
    shutil.rmtree(contestant.seat.home)
    contestant.process = contestant.subject.process(contestant.seat)
