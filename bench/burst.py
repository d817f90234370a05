"""Many commands at once from every member in every room, and what became of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bench.arena import Arena, Contestant
from bench.cost import cost
from bench.measure import Measure, at_most
from bench.verdict import Flaw, Verdict, command_name, judge
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import EventId, RoomId

IDLE = timedelta(seconds=8)
"""Without an answer for so long, none is coming: longer than any start or back-off here."""
LISTEN_EVERY = 0.25
"""Seconds; see Listener."""


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst on one bot; ``seconds`` from the first command to the last answer.

    Both by the homeserver's clock. ``cpu_seconds`` is of the bot alone, while it lasted, and
    meaningless where the bot was started anew in between.
    """

    verdict: Verdict
    seconds: float
    cpu_seconds: float
    resident_mb: float


async def write(members: Sequence[Member], rooms: Sequence[RoomId], each: int) -> list[EventId]:
    """Let every member write ``each`` commands in every room, all at once; return the commands."""

    async def conversation(member: Member, room: RoomId) -> list[EventId]:
        return [await member.send(room, "!ping") for _ in range(each)]

    said = await asyncio.gather(*(conversation(m, room) for m in members for room in rooms))
    return [command for commands in said for command in commands]


@asynccontextmanager
async def watched(arena: Arena, contestant: Contestant) -> AsyncIterator[list[Burst]]:
    """Measure what the body does to a bot; the list has the one result after it."""
    since = await arena.positions(contestant)
    before = cost(contestant.process.pid) if contestant.process.is_running else None
    found: list[Burst] = []
    arena.listener.pause = LISTEN_EVERY
    yield found
    arena.listener.pause = 0
    after = cost(contestant.process.pid)
    histories = [
        (await arena.members[0].history(room))[start:]
        for room, start in zip(contestant.rooms, since, strict=True)
    ]
    bot_id = contestant.seat.account.user_id
    found.append(
        Burst(
            judge(histories, bot_id),
            _seconds([event for history in histories for event in history], bot_id),
            after.cpu_seconds - (before.cpu_seconds if before else 0),
            after.resident_mb,
        )
    )


def lost_doubled_disordered(part: str, bursts: Mapping[str, Sequence[Burst]]) -> list[Measure]:
    """Return what went wrong in each bot's bursts together, each with the goal of none."""
    commands = max(sum(burst.verdict.commands for burst in every) for every in bursts.values())
    found: list[Measure] = []
    for flaw in (Flaw.LOST, Flaw.DOUBLED, Flaw.OUT_OF_ORDER):
        counts = {
            name: float(sum(burst.verdict.count(flaw) for burst in every))
            for name, every in bursts.items()
        }
        found.append(at_most(part, flaw.value, f"of {commands}", counts, 0))
    return found


def _seconds(events: Sequence[RoomEvent], bot_id: str) -> float:
    asked = [event.origin_server_ts for event in events if command_name(event)]
    answered = [event.origin_server_ts for event in events if event.sender == bot_id]
    return (max(answered) - min(asked)) / 1000 if asked and answered else float("nan")
