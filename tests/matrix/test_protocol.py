"""Whatever breaks and whenever it dies: each command is answered once, in order, by one oid."""

import asyncio
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot import crash
from tests.matrix.exchange import Fault, Request, refused
from tests.matrix.model_server import JO, MAX, OTHER_ROOM, ROOM, ModelServer, Room
from tests.matrix.world import World

POINTS = sorted(label for label in crash.POINTS if not label.startswith(("due.", "upload.")))

LIMITED = refused(429, "M_LIMIT_EXCEEDED", retry_after_ms=500)
FAULTS = [
    Fault(),
    Fault(is_done=True),
    Fault((200, {}, b'{"event_'), is_done=True),
    Fault(refused(502, ""), is_done=True),
    Fault(refused(500, "M_UNKNOWN")),
    Fault(LIMITED),
]


def is_anything(request: Request) -> bool:
    return bool(request.parts)


class Protocol(RuleBasedStateMachine):
    """Members write, everything breaks, the bot dies and lives again."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.directory = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.directory / "bot.db")
        model = ModelServer()
        model.rooms[OTHER_ROOM] = Room()
        self.world = World(f"sqlite:///{self.directory / 'bot.db'}", model)
        self.runner.run(self.world.live())

    @rule(
        count=st.integers(1, 4),
        room=st.sampled_from([ROOM, OTHER_ROOM]),
        sender=st.sampled_from([JO, MAX]),
        limit=st.sampled_from([1, 2, 100]),
    )
    def members_write(self, count: int, room: str, sender: str, limit: int) -> None:
        self.world.model.timeline_limit = limit
        for _ in range(count):
            self.world.model.say("chatter", room=room, sender=sender)
            self.world.ask(room=room, sender=sender)

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4), is_any=st.booleans())
    def things_break(self, faults: list[Fault], is_any: bool) -> None:
        for fault in faults:
            applies = is_anything if is_any else fault.applies
            self.world.model.faults.append(Fault(fault.answer, fault.is_done, applies))

    @rule(label=st.sampled_from(POINTS), count=st.integers(1, 6))
    def bot_lives_and_dies(self, label: str, count: int) -> None:
        self.runner.run(self.world.live(until=f"{label}:{count}"))

    @rule()
    def a_day_passes(self) -> None:
        """Longer than a server remembers transactions."""
        self.world.clock.pass_by(timedelta(hours=25))
        self.world.model.transactions.clear()

    @rule()
    def login_ends(self) -> None:
        self.world.model.token += "'"

    @rule()
    def bot_lives(self) -> None:
        self.runner.run(self.world.live())
        assert self.world.problems() == []

    @invariant()
    def nothing_is_said_twice(self) -> None:
        if hasattr(self, "world"):
            assert [p for p in self.world.problems() if not p.startswith("lost")] == []

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.runner.run(self.world.live())
            assert self.world.problems() == []
        finally:
            self.runner.close()
            shutil.rmtree(self.directory)


def test_protocol_holds_in_any_order_of_events(sqlite_template: Path) -> None:
    class OnTemplate(Protocol):
        template = sqlite_template

    OnTemplate.TestCase.settings = settings(
        max_examples=25,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    OnTemplate.TestCase("runTest").runTest()


ONCE_A_BATCH = ("journal.received", "journal.committed", "send.after_mark")
"""What happens once for many commands that come together: there the bot dies in several lives."""


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("label", POINTS)
async def test_kill_at_a_point_loses_and_doubles_nothing(
    sqlite_url: str, label: str, count: int
) -> None:
    world = World(sqlite_url, ModelServer())
    await world.live()
    lives, reached = (count, 1) if label in ONCE_A_BATCH else (1, count)
    for _ in range(lives):
        for _ in range(5):
            world.ask()
            world.ask(sender=MAX)
        assert await world.live(until=f"{label}:{reached}"), f"{label} was never reached"
    await world.live()
    assert world.problems() == []


async def test_kill_at_every_restart_still_comes_to_an_end(sqlite_url: str) -> None:
    world = World(sqlite_url, ModelServer())
    await world.live()
    for _ in range(10):
        world.ask()
    deaths = 0
    while await world.live(until="handle.committed:3"):
        deaths += 1
    assert deaths >= 2
    assert world.problems() == []
