"""The bots side by side on one homeserver, each in rooms of its own with the same members."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bench.listener import Listener
from bench.stage import GaveUpError, Stage, stage
from bench.subject import Seat, Subject
from bot.demo.member import Member
from bot.demo.process import Process
from bot.ids import EventId, RoomId

MEMBERS = 5
ROOMS = 5
UP_WITHIN = timedelta(seconds=30)


@dataclass(slots=True)
class Contestant:
    """One bot in its rooms."""

    subject: Subject
    seat: Seat
    process: Process
    rooms: Sequence[RoomId]

    @property
    def name(self) -> str:
        """The bot's name in the table."""
        return self.subject.name

    async def kill(self) -> None:
        """End the bot at once, if it runs."""
        await self.process.kill()


@dataclass(slots=True)
class Arena:
    """The homeserver, the members, the bots, and an ear for their answers."""

    stage: Stage
    contestants: Sequence[Contestant]
    listener: Listener

    @property
    def members(self) -> Sequence[Member]:
        """Everybody who writes."""
        return self.stage.members

    async def ping(self, room: RoomId, within: timedelta = UP_WITHIN) -> EventId:
        """Write one `!ping`, wait for its answer, return the command; GaveUpError if none comes."""
        command = await self.members[0].send(room, "!ping")
        if not await self.listener.answered([command], within):
            raise GaveUpError(f"no answer to a !ping in {room} within {within}")
        return command

    async def up(self, contestant: Contestant) -> None:
        """Start the bot if it is down, and wait until it answers; GaveUpError."""
        if not contestant.process.is_running:
            contestant.process.start()
        end = time.perf_counter() + UP_WITHIN.total_seconds()
        # A plain bot misses what is written before its first sync: ask again.
        while not await self._is_awake(contestant.rooms[0]):
            if time.perf_counter() > end:
                raise GaveUpError(f"{contestant.name} does not answer")

    async def _is_awake(self, room: RoomId) -> bool:
        command = await self.members[0].send(room, "!ping")
        return bool(await self.listener.answered([command], timedelta(seconds=2)))

    async def positions(self, contestant: Contestant) -> list[int]:
        """Return how long the history of each of the bot's rooms is now."""
        return [len(await self.members[0].history(room)) for room in contestant.rooms]

    async def newcomer(self, subject: Subject, number: int) -> Contestant:
        """Return one more bot in one room, with an account that was never used before."""
        return await _contestant(self.stage, subject, f"{subject.name} {number}", 1)

    def rounds(self, count: int) -> Iterator[Contestant]:
        """Yield every bot ``count`` times, each time in another order: noise falls on all alike."""
        for number in range(count):
            shift = number % len(self.contestants)
            yield from [*self.contestants[shift:], *self.contestants[:shift]]


@asynccontextmanager
async def arena(
    subjects: Sequence[Subject], *, rooms: int = ROOMS, keep: bool = False
) -> AsyncIterator[Arena]:
    """Yield the bots on a new homeserver, in their rooms but not started; all end with it."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(stage(MEMBERS, keep=keep))
        contestants: list[Contestant] = []
        for subject in subjects:
            contestant = await _contestant(town, subject, subject.name, rooms)
            stack.push_async_callback(contestant.kill)
            contestants.append(contestant)
        people = [member.user_id for member in town.members]
        listener = Listener(town.synapse.home.base_url, town.members[0].account, people)
        await stack.enter_async_context(listener)
        yield Arena(town, contestants, listener)


async def _contestant(town: Stage, subject: Subject, name: str, count: int) -> Contestant:
    localpart = name.replace(" ", "-")
    account = await town.account(localpart)
    rooms = await town.rooms(count, account.user_id, name)
    async with Member(town.synapse.home.base_url, account) as bot:
        for room in rooms:
            await bot.join(room)
    seat = Seat(town.directory / localpart, account, town.synapse.home.base_url)
    return Contestant(subject, seat, subject.process(seat), rooms)
