"""Runs one soak: members write while the bot and its homeserver are killed, then a judge reads."""

import asyncio
import contextlib
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bench.database import database
from bench.fault import FaultPlan
from bench.keeper import Keeper
from bench.proxy import FaultProxy
from bench.stage import GaveUpError, Stage, stage
from bench.subject import SUBJECTS, Seat, carry_identity
from bench.talk import Conversation, Habits
from bench.verdict import Verdict, judge, note_unreadable
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId

JOIN_WITHIN = timedelta(seconds=240)
"""For a first start and accepting every invite, with the faults but before the kills."""
LOG_LINES = 12
"""Of a bot that never came, shown to whoever has to find out why."""
STANDBY_PACE = (6.0, 10.0)
"""Seconds after a handover until the next kill: with the handover, 20 s in the mean."""
QUIET_SECONDS = 6.0
"""Without a new event for so long, no double is coming any more."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to soak, for how long, and in which weather."""

    minutes: float = 5
    database: str = "sqlite"
    faults: float = 0.25
    seed: int = 1
    subject: str = "compagnon"
    members: int = 4
    shared_rooms: int = 2
    habits: Habits = field(default_factory=Habits)
    reminders: bool = True
    encrypted: bool = False
    standby: bool = False
    """A second bot waits on the same PostgreSQL; the one that works is killed every 20 s or so."""
    settle_seconds: float = 240.0
    """A reminder is due a minute after its command; the longest back-off comes on top."""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one soak showed, what the bot had to bear, and where its log is if that was kept."""

    options: Options
    verdict: Verdict
    keeper: Keeper
    proxy: FaultProxy
    directory: str
    join_seconds: float
    """From the first start until the bot was in every room."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing happened that must not."""
        return not self.verdict.findings and not self.keeper.endings and self.verdict.answered > 0


async def soak(options: Options) -> Outcome:
    """Run one soak from an empty homeserver to the verdict; GaveUpError if the bot never joins."""
    luck = random.Random(options.seed)
    async with (
        stage(options.members, encrypted=options.encrypted, keep=options.keep) as town,
        database(options.database, town.directory) as database_url,
        FaultProxy(
            town.synapse.home.base_url, FaultPlan(rate=options.faults, seed=luck.getrandbits(32))
        ) as proxy,
    ):
        account = await town.account("compagnon")
        seat = Seat(town.directory / "bot", account, proxy.url, database_url, options.standby)
        keeper = Keeper(SUBJECTS[options.subject].process(seat), town.synapse, luck)
        keeper.keep_bot()
        try:
            run = _Run(options, town, account.user_id, keeper, proxy, luck)
            conversations, join_seconds = await run.gathered()
            if options.standby:
                await run.reinforce(seat)
            verdict = await run.verdict(conversations)
            return Outcome(options, verdict, keeper, proxy, str(town.directory), join_seconds)
        except GaveUpError as error:
            end = "\n".join(keeper.bot.log_text().splitlines()[-LOG_LINES:])
            raise GaveUpError(f"{error}; the end of its log:\n{end}") from None
        finally:
            await keeper.kill()


@dataclass(frozen=True, slots=True)
class _Run:
    options: Options
    stage: Stage
    bot_id: str
    keeper: Keeper
    proxy: FaultProxy
    luck: random.Random

    async def gathered(self) -> tuple[list[Conversation], float]:
        """Wait until the bot is in every room; return who writes where, and how long it took."""
        began = time.perf_counter()
        conversations = await self._conversations()
        rooms = {each.room: each.member for each in conversations}
        await self.stage.joined(rooms, self.bot_id, JOIN_WITHIN)
        return conversations, time.perf_counter() - began

    async def reinforce(self, seat: Seat) -> None:
        """Let a second bot with the same identity stand by, in calm weather until it is there."""
        rate, self.proxy.rate = self.proxy.rate, 0
        second = replace(seat, home=seat.home.with_name("second"))
        process = SUBJECTS[self.options.subject].process(second)
        await carry_identity(seat, second)
        process.start()
        self.keeper.reserve = process
        self.keeper.pace = replace(self.keeper.pace, bot=STANDBY_PACE)
        async with asyncio.timeout(JOIN_WITHIN.total_seconds()):
            while "event=watching" not in process.log_text():  # noqa: ASYNC110  a file has no event
                await asyncio.sleep(0.2)
        self.proxy.rate = rate

    async def verdict(self, conversations: list[Conversation]) -> Verdict:
        """Let everybody write while everything breaks, then wait for calm, and judge."""
        rooms = {each.room: each.member for each in conversations}
        killing = asyncio.create_task(self.keeper.run())
        try:
            async with asyncio.TaskGroup() as group:
                for conversation in conversations:
                    group.create_task(conversation.run(self.options.minutes * 60))
        finally:
            killing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killing
        self.proxy.rate = 0
        await self.keeper.calm()
        for conversation in conversations:
            await conversation.audit()
        await self._settle(rooms)
        # Whatever a restart would say again, it says now.
        await self.keeper.bot.kill()
        self.keeper.keep_bot()
        verdict = await self._quiet(rooms)
        for conversation in conversations:
            history = await conversation.member.history(conversation.room)
            note_unreadable(verdict, history, self.bot_id, conversation.member.user_id)
        return verdict

    async def _conversations(self) -> list[Conversation]:
        """Return every member in every shared room, and in a room alone with the bot."""
        habits = self.options.habits
        alone = replace(habits, remind=12 if self.options.reminders else 0)
        found: list[Conversation] = []
        for room in await self.stage.rooms(self.options.shared_rooms, self.bot_id, "soak"):
            found += [self._conversation(each, room, habits) for each in self.stage.members]
        for member in self.stage.members:
            room = await member.create_dm(self.bot_id)
            found.append(self._conversation(member, room, alone))
        return found

    def _conversation(self, member: Member, room: RoomId, habits: Habits) -> Conversation:
        return Conversation(member, room, habits, random.Random(self.luck.getrandbits(32)))

    async def _settle(self, rooms: Mapping[RoomId, Member]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.options.settle_seconds):
                while not judge(await _histories(rooms), self.bot_id).is_settled:
                    self.keeper.keep_bot()
                    await asyncio.sleep(2)

    async def _quiet(self, rooms: Mapping[RoomId, Member]) -> Verdict:
        before: list[list[RoomEvent]] = []
        while before != (after := await _histories(rooms)):
            before = after
            await asyncio.sleep(QUIET_SECONDS)
        return judge(after, self.bot_id)


async def _histories(rooms: Mapping[RoomId, Member]) -> list[list[RoomEvent]]:
    return [await member.history(room) for room, member in rooms.items()]
