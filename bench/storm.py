"""Runs one soak: members write while the bot and its homeserver are killed, then a judge reads."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from bench.database import database
from bench.fault import EVERY_FAULT, NETWORK_FAULTS, FaultPlan
from bench.keeper import Keeper, Pace
from bench.logbook import happenings, unexpected
from bench.memory import READY, Curve
from bench.proxy import FaultProxy
from bench.stage import GaveUpError, Stage, stage
from bench.subject import SUBJECTS, Seat, carry_identity
from bench.talk import Conversation, Habits
from bench.verdict import Verdict, judge, note_plaintext, note_unreadable
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId

JOIN_WITHIN = timedelta(seconds=240)
"""For a first start and accepting every invite, with the faults but before the kills."""
LOG_LINES = 12
"""Of a bot that never came, shown to whoever has to find out why."""
STANDBY_PACE = (6.0, 10.0)
"""Seconds after a handover until the next kill: with the handover, 20 s in the mean."""
MIXED_PACE = Pace(bot=(0.5, 9.0), long_life=(60.0, 150.0), long_lives=0.12)
"""With long lives among the short ones, so that both losses and leaks show."""
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
    mixed: bool = False
    """Plain and encrypted rooms, and every fault that there is: see ``Keeper.disturb``."""
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
    memory: Curve
    log: str
    """All that the bot wrote."""

    @property
    def unexpected(self) -> list[str]:
        """What stands in the log that no fault explains: tracebacks and the like, or no log."""
        return unexpected(self.log) if READY in self.log else ["the log is gone"]

    @property
    def happenings(self) -> Counter[str]:
        """How often each warning and error was logged."""
        return happenings(self.log)

    @property
    def is_clean(self) -> bool:
        """Whether nothing happened that must not; for a mixed soak its log and memory count too."""
        is_right = not self.verdict.findings and not self.keeper.endings
        is_calm = not self.options.mixed or (not self.unexpected and self.memory.is_flat)
        return is_right and is_calm and self.verdict.answered > 0


async def soak(options: Options) -> Outcome:
    """Run one soak from an empty homeserver to the verdict; GaveUpError if the bot never joins."""
    luck = random.Random(options.seed)
    weights = EVERY_FAULT if options.mixed else NETWORK_FAULTS
    plan = FaultPlan(rate=options.faults, seed=luck.getrandbits(32), weights=weights)
    has_keys = options.encrypted or options.mixed
    async with (
        stage(options.members, encrypted=has_keys, keep=options.keep) as town,
        database(options.database, town.directory) as given,
        FaultProxy(town.synapse.home.base_url, plan) as proxy,
    ):
        account = await town.account("compagnon")
        seat = Seat(town.directory / "bot", account, proxy.url, given.url, options.standby)
        keeper = Keeper(SUBJECTS[options.subject].process(seat), town.synapse, luck)
        if options.mixed:
            keeper.pace = MIXED_PACE
            keeper.disturb = partial(given.disturb, seat.home / "compagnon.db", luck)
        keeper.keep_bot()
        try:
            run = _Run(options, town, account.user_id, keeper, proxy, luck)
            conversations, join_seconds = await run.gathered()
            if options.standby:
                await run.reinforce(seat)
            async with _watched(keeper) as memory:
                verdict = await run.verdict(conversations)
            directory, log = str(town.directory), keeper.bot.log_text()
            return Outcome(options, verdict, keeper, proxy, directory, join_seconds, memory, log)
        except GaveUpError as error:
            end = "\n".join(keeper.bot.log_text().splitlines()[-LOG_LINES:])
            raise GaveUpError(f"{error}; the end of its log:\n{end}") from None
        finally:
            await keeper.kill()


@contextlib.asynccontextmanager
async def _watched(keeper: Keeper) -> AsyncIterator[Curve]:
    """Yield the memory of whichever bot works, sampled until the block ends."""
    curve = Curve(lambda: keeper.bot)
    watching = asyncio.create_task(curve.run())
    try:
        yield curve
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


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
            if conversation.is_sealed:
                note_plaintext(verdict, history, self.bot_id)
        return verdict

    async def _conversations(self) -> list[Conversation]:
        """Return every member in every shared room, and in a room alone with the bot."""
        habits = self.options.habits
        alone = replace(habits, remind=12 if self.options.reminders else 0)
        found: list[Conversation] = []
        for number in range(self.options.shared_rooms):
            is_sealed = self._is_sealed(number)
            [room] = await self.stage.rooms(1, self.bot_id, f"soak {number}", is_sealed=is_sealed)
            found += [
                self._conversation(each, room, habits, is_sealed=is_sealed)
                for each in self.stage.members
            ]
        for number, member in enumerate(self.stage.members):
            is_sealed = self._is_sealed(number)
            open_dm = type(member).create_dm if is_sealed else Member.create_dm
            room = await open_dm(member, self.bot_id)
            found.append(self._conversation(member, room, alone, is_sealed=is_sealed))
        return found

    def _is_sealed(self, number: int) -> bool:
        """Return whether the so-many-th room is encrypted: in a mixed soak every other one is."""
        return self.options.encrypted or (self.options.mixed and number % 2 == 1)

    def _conversation(
        self, member: Member, room: RoomId, habits: Habits, *, is_sealed: bool
    ) -> Conversation:
        luck = random.Random(self.luck.getrandbits(32))
        return Conversation(member, room, habits, luck, is_sealed)

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
