"""The bot's protocol in one process, on a real database and a model server: it may die and live."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select

from bot import crash
from bot.ids import DeviceId, UserId
from bot.matrix.sender import Alarm
from bot.matrix.session import Session
from bot.services.outgoing import MARKER
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.matrix.life import Bot, Death, Parts
from tests.matrix.model_server import BOT, DEVICE, ROOM, TOKEN, ModelServer
from tests.scene import HandClock

PATIENCE = 10.0
"""Seconds of real time after which a run is stuck; it takes some milliseconds."""


@dataclass
class World:
    """A bot on ``url`` and ``model``; what survives its death is in these two alone."""

    url: str
    model: ModelServer
    parts: Parts = field(default_factory=Parts)
    in_flight: int = 8
    alarm: Alarm | None = None
    clock: HandClock = field(default_factory=HandClock)
    slept: list[float] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Room, event id and sender of each command that was given."""
    session: Session = field(
        default=Session("http://model", UserId(BOT), DeviceId(DEVICE), TOKEN, "epoch")
    )

    def __post_init__(self) -> None:
        self.model.now_ms = lambda: int(self.clock.now().timestamp() * 1000)

    def ask(self, body: str = "!ping", *, room: str = ROOM, sender: str = "@jo:example.org") -> str:
        """Let a member give a command."""
        event_id = self.model.say(body, room=room, sender=sender)
        self.asked.append((room, event_id, sender))
        return event_id

    async def live(self, *, until: str | None = None) -> bool:
        """Run the bot until nothing is left to do; return whether it died at ``until`` before."""
        crash.disarm()
        died = asyncio.Event()

        bot = Bot(self, Database(self.url))

        def die() -> None:
            died.set()
            bot.stop()
            raise Death

        if until is not None:
            crash.arm(until, die)
        waiting = [asyncio.ensure_future(died.wait()), asyncio.ensure_future(bot.whole())]
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if waiting[1].done() and not died.is_set():
                waiting[1].result()
        finally:
            crash.disarm()
            for task in waiting:
                task.cancel()
            await bot.end()
        return died.is_set()

    async def born(self) -> Bot:
        """Return the bot, built from what its database has, and running."""
        bot = Bot(self, Database(self.url))
        await bot.begin()
        return bot

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.clock.pass_by(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def problems(self) -> list[str]:
        """Return what a reader of the rooms has to complain about; nothing else is asked."""
        found: list[str] = []
        places: dict[tuple[str, str], int] = {}
        for name, event_id, sender in self.asked:
            answers = [
                place
                for place, event in enumerate(self.model.rooms[name].events)
                if event in self.model.said(name) and _reply_to(event) == event_id
            ]
            if not answers:
                found.append(f"lost: {event_id}")
            elif len(answers) > 1:
                found.append(f"doubled: {event_id}")
            elif answers[0] < places.get((name, sender), -1):
                found.append(f"out of order: {event_id}")
            places[name, sender] = max(answers, default=-1)
        said = [event for name in self.model.rooms for event in self.model.said(name)]
        oids = Counter(event["content"].get(MARKER) for event in said)
        return found + [f"oid twice: {oid}" for oid, count in oids.items() if count > 1]


async def row_counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    async with database.read() as snapshot:
        return {
            name: int(
                (await snapshot.execute(select(func.count()).select_from(table))).scalar_one()
            )
            for name, table in metadata.tables.items()
        }


async def outbox_states(database: Database) -> dict[str, int]:
    """Return how many parcels are in each state."""
    async with database.read() as snapshot:
        return {str(state): count for state, count in (await outbox.count(snapshot)).items()}


async def until(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds; raises TimeoutError if it never does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  what it looks at has no event of its own
            await asyncio.sleep(0.001)


def _reply_to(event: dict[str, object]) -> object:
    content = event["content"]
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    reply = relation.get("m.in_reply_to") if isinstance(relation, dict) else None
    return reply.get("event_id") if isinstance(reply, dict) else None
