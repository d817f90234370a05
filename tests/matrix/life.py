"""One life of the bot: all its parts, wired as the composition root does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.address import Address
from bot.command import Command, Twin, listed
from bot.commands.ping import PING
from bot.file_twin import FileTwin
from bot.ids import UserId
from bot.inbox import Inbox
from bot.job import DueJob
from bot.matrix.batch import Echo
from bot.matrix.cipher import Cipher, NoCipher
from bot.matrix.delivery import Delivery
from bot.matrix.direct import DirectRooms
from bot.matrix.download import Downloads
from bot.matrix.http import MatrixError
from bot.matrix.journal import Journal
from bot.matrix.reader import Reader
from bot.matrix.room_maker import RoomMaker
from bot.matrix.rooms import Rooms
from bot.matrix.sender import Sender
from bot.matrix.session import Session
from bot.matrix.sync import Sync
from bot.matrix.trio import TrioRooms
from bot.person import About
from bot.pseudonym import Pseudonyms
from bot.router import CommandTable, Preferences, Roles, Router, Surroundings
from bot.scheduler import Around, Scheduler
from bot.services.manner import USUAL
from bot.storage import room, sync_position
from bot.storage.database import Database
from bot.storage.inbox import Entry
from bot.storage.outbox import Parcel
from bot.storage.post import Withdrawal
from tests.matrix.model_server import BOT
from tests.matrix.wire import MemoryHomeserver

if TYPE_CHECKING:
    from tests.matrix.world import World
from tests.scene import CATALOGUE


class Death(BaseException):
    """The process ends here, as with kill -9: nothing may catch it."""


@dataclass(frozen=True)
class Parts:
    """What the bot is built from; a test puts a faulty part in, to see that it is noticed.

    It can do nothing but answer to ``!ping`` unless a test gives it more.
    """

    journal: type[Journal] = Journal
    delivery: type[Delivery] = Delivery
    cipher: Callable[[], Cipher] = NoCipher
    commands: Sequence[Command[object]] = (listed(PING),)
    twins: Sequence[Twin] = ()
    file_twins: Sequence[FileTwin] = ()
    due_jobs: Sequence[DueJob] = ()


class Bot:
    """One life of the bot: all its parts, as the composition root wires them."""

    def __init__(self, world: World, database: Database) -> None:
        self.world = world
        self.database = database
        self.server = MemoryHomeserver(world.model, world.session.access_token)
        self.tasks: list[asyncio.Task[None]] = []
        self.renewed: list[MatrixError] = []
        self.recovered = 0
        self.positions_lost = 0

    async def begin(self) -> None:
        """Build everything from the database, and run it."""
        await self.build()
        ready = [asyncio.Event(), asyncio.Event()]
        self.tasks = [
            asyncio.create_task(self.inbox.run(on_ready=ready[0])),
            asyncio.create_task(self.sender.run(on_ready=ready[1])),
        ]
        for event in ready:
            await event.wait()
        self.tasks.append(asyncio.create_task(self.sync.run(on_ready=lambda: None)))

    async def build(self) -> None:
        """Build everything from the database."""
        world, database = self.world, self.database
        async with database.read() as snapshot:
            self.rooms = Rooms(await room.load(snapshot))
            token = await sync_position.load(snapshot, world.session.device_id)
            latest = await sync_position.latest(snapshot)
        cipher = world.parts.cipher()
        address, router = await self._router(cipher)
        self.journal = world.parts.journal(database, self.rooms, address, cipher)
        self.delivery = world.parts.delivery(
            self.server, database, self.rooms, cipher, world.clock, world.session, world.in_flight
        )
        self._make_rooms()
        self.sender = Sender(self.delivery, database, world.clock, self.directs, self.trios)
        self.sender.alarm = world.alarm
        self.inbox = Inbox(database, router)
        self.sync = Sync(self.server, world.session, self.journal, cipher, world.clock, token, self)
        self.sync.reached_at = latest.at if latest is not None else None
        self.sync.sleep = self.delivery.sleep = self.inbox.sleep = world.sleep
        around = Around(USUAL, reader=Reader(self.server, cipher, world.clock))
        jobs = world.parts.due_jobs
        self.scheduler = Scheduler(database, world.clock, CATALOGUE, jobs, (), around)
        database.on_announced = self._on_announced

    def _on_announced(self, items: Sequence[object]) -> None:
        self.sender.add(item for item in items if isinstance(item, Parcel))
        for item in items:
            if isinstance(item, Withdrawal):
                self.sender.withdraw(item.oids)

    def _make_rooms(self) -> None:
        world, database, own = self.world, self.database, self.world.session.user_id
        self.maker = RoomMaker(self.server, own, world.clock, sleep=world.sleep)
        self.directs = DirectRooms(
            server=self.server,
            database=database,
            rooms=self.rooms,
            clock=world.clock,
            user_id=own,
            pseudonyms=Pseudonyms(b"key"),
            name="Compagnon",
            maker=self.maker,
        )
        self.trios = TrioRooms(
            database=database,
            rooms=self.rooms,
            clock=world.clock,
            user_id=own,
            pseudonyms=Pseudonyms(b"key"),
            name="Compagnonnage",
            maker=self.maker,
        )

    async def _router(self, cipher: Cipher) -> tuple[Address, Router]:
        clock = self.world.clock
        preferences = Preferences(self.database, language="fr", timezone="Europe/Paris", prefix="!")
        await preferences.load()
        address = Address(UserId(BOT), ("compagnon", BOT), "!", preferences.prefixes)
        reader = Reader(self.server, cipher, clock)
        surroundings = Surroundings(
            database=self.database,
            clock=clock,
            words=CATALOGUE,
            about=About(UserId(BOT), "Les praticiens", "1.2.3", "https://example.org/source"),
            address=address,
            preferences=preferences,
            registry=CommandTable(self.world.parts.commands),
            reader=reader,
            files=Downloads(self.server),
            homeservers=reader,
            rooms=self.rooms,
            roles=Roles(),
            pseudonyms=Pseudonyms(b"key"),
        )
        parts = self.world.parts
        router = Router(
            surroundings,
            twins=parts.twins,
            file_twins=parts.file_twins,
            commands_per_minute=0,
            allowed_inviters=["*"],
        )
        return address, router

    async def whole(self) -> None:
        """Begin, and wait until nothing is left to do."""
        await self.begin()
        await self.settled()

    async def settled(self) -> None:
        """Wait until the stream is journalled, handled and answered, and what is due is done.

        Raises what ended a part.
        """
        while True:
            for task in self.tasks:
                if task.done():
                    task.result()
            await self.inbox.idle()
            await self.sender.idle()
            if self._has_everything() and not self.is_busy and not await self._fire():
                return
            await asyncio.sleep(0.001)

    async def _fire(self) -> int:
        return await self.scheduler.fire_due() if self.world.parts.due_jobs else 0

    def _has_everything(self) -> bool:
        model = self.world.model
        is_at_end = self.sync._token == f"s{len(model.stream)}"
        return is_at_end and self.sync.answered_at is not None and not model.extra

    @property
    def is_busy(self) -> bool:
        """Whether anything waits to be handled or sent."""
        return bool(self.inbox.backlog or self.sender.backlog)

    def stop(self) -> None:
        """Let nothing more happen, as far as one task can stop the others."""
        self.server.is_cut_off = True
        for task in self.tasks:
            task.cancel()

    async def end(self) -> None:
        """Stop at once, whatever is under way."""
        self.stop()
        for task in self.tasks:
            with suppress(asyncio.CancelledError, Exception, Death, BaseExceptionGroup):
                await task
        await self.database.close()

    # What the sync loop tells.

    def on_entries(self, entries: Sequence[Entry]) -> None:
        self.inbox.add(entries)

    def on_echoes(self, echoes: Sequence[Echo]) -> None:
        self.delivery.note(echoes)

    async def on_keys(self, sessions: frozenset[str]) -> Sequence[Entry]:
        del sessions
        return []

    def on_position_lost(self) -> None:
        """Count it."""
        self.positions_lost += 1

    def on_recovery(self) -> None:
        self.recovered += 1
        self.delivery.nudge()

    async def renew(self, error: MatrixError) -> Session:
        self.renewed.append(error)
        self.server.access_token = self.world.model.token
        self.world.session = replace(self.world.session, access_token=self.world.model.token)
        self.delivery.session = self.world.session
        self.delivery.nudge()
        return self.world.session
