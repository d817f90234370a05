"""From the start of the process to the first answer: with nothing at all, and after a stop."""

import time
from collections.abc import Sequence
from datetime import timedelta

from bench.arena import UP_WITHIN, Arena, Contestant
from bench.measure import Measure, at_most, quantile
from bench.stage import GaveUpError
from bench.subject import Subject

PART = "start"
ASK_EVERY = timedelta(milliseconds=300)
"""A plain bot does not see what was written before its first sync: it is asked again this often."""


async def run(arena: Arena, *, quick: bool) -> list[Measure]:
    """Start newcomers of every kind in turn, several times."""
    subjects = [contestant.subject for contestant in arena.contestants]
    first, again = await starts(arena, await newcomers(arena, subjects, 2 if quick else 5))
    return [
        at_most(PART, "first start to first answer", "s", first, 1.5),
        at_most(PART, "restart to first answer", "s", again, 1.5),
    ]


async def newcomers(arena: Arena, subjects: Sequence[Subject], rounds: int) -> list[Contestant]:
    """Return new bots in the order of their starts: one of each kind for each round.

    A first start needs a new account: with a used one the bot rightly asks for its old identity.
    """
    return [
        await arena.newcomer(subjects[(place + number) % len(subjects)], number)
        for number in range(rounds)
        for place in range(len(subjects))
    ]


async def starts(
    arena: Arena, bots: Sequence[Contestant]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return each kind's median seconds from start to answer: the first time, and again."""
    first: dict[str, list[float]] = {bot.name: [] for bot in bots}
    again: dict[str, list[float]] = {bot.name: [] for bot in bots}
    for bot in bots:
        for samples in (first, again):
            try:
                samples[bot.name].append(await first_answer(arena, bot))
            finally:
                await bot.process.stop()
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
    end = "\n".join(contestant.process.log_text().splitlines()[-3:])
    raise GaveUpError(f"{contestant.name} did not answer within {UP_WITHIN} of its start\n{end}")
