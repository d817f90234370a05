"""House: the parts of the bot while it is logged in, and what each tells the others."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import __version__
from bot.alert import Alert
from bot.clock import Clock
from bot.config import Settings
from bot.errors import OperatorError
from bot.graveyard import Graveyard
from bot.ids import RoomId, UserId
from bot.inbox import Inbox, is_trouble_elsewhere
from bot.matrix import backoff
from bot.matrix.backoff import Sleep
from bot.matrix.batch import Echo
from bot.matrix.cipher import Cipher
from bot.matrix.delivery import Delivery
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.matrix.journal import Journal
from bot.matrix.reader import Reader
from bot.matrix.rooms import Rooms
from bot.matrix.sender import Sender
from bot.matrix.session import Account, Session, renew
from bot.matrix.sync import Sync
from bot.matrix.unreadable import read_again
from bot.meaning import Meaning
from bot.owner import Owner
from bot.ports import RefusedError
from bot.scheduler import Scheduler
from bot.services import unreadable
from bot.services.erasure import Erased
from bot.services.verification import Decision
from bot.storage import inbox, outbox, sync_position
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.experience_vector import Told
from bot.storage.inbox import Entry, State
from bot.storage.outbox import Parcel
from bot.storage.post import Withdrawal
from bot.storage.transaction import Transaction
from bot.storage.trouble import trouble
from bot.web.feed import FeedPage
from bot.web.health import Signs

log = logging.getLogger(__name__)


WRITE_LIMIT = 5.0
"""Seconds in which the database takes a write, or is not well."""


class NewDeviceError(Exception):
    """The homeserver ended the login for good; the bot is now another device, and starts anew."""


def _ignore(decision: Decision) -> None:
    """Without encryption there is nothing to compare."""
    del decision


@dataclass(slots=True)
class House:
    """The bot while it is logged in. Tells each part what the others brought."""

    settings: Settings
    clock: Clock
    database: Database
    server: Homeserver
    account: Account
    session: Session
    cipher: Cipher
    rooms: Rooms
    reader: Reader
    journal: Journal
    delivery: Delivery
    sender: Sender
    inbox: Inbox
    scheduler: Scheduler
    owner: Owner
    alarm: Alert
    graveyard: Graveyard
    feeds: FeedPage
    meaning: Meaning | None = None
    copying: Callable[[], Coroutine[object, object, None]] | None = None
    sync: Sync = field(init=False)
    ticked_at: float = 0.0
    sleep: Sleep = asyncio.sleep
    decide: Callable[[Decision], None] = _ignore

    def on_announced(self, announced: Sequence[object]) -> None:
        """Send what was enqueued and plan what was planned, right after its commit."""
        if parcels := [item for item in announced if isinstance(item, Parcel)]:
            self.sender.add(parcels)
        if planned := [item for item in announced if isinstance(item, Due)]:
            self.scheduler.planned(planned)
        if self.meaning is not None:
            self.meaning.add(item.number for item in announced if isinstance(item, Told))
        for item in announced:
            match item:
                case Decision():
                    self.decide(item)
                case Withdrawal():
                    self.sender.withdraw(item.oids)
                case Erased():
                    self.owner.own(self.graveyard.bury(item))

    def on_entries(self, entries: Sequence[Entry]) -> None:
        """Handle what was journalled; what cannot be read is asked for again after a while."""
        self.inbox.add(entries)
        if any(entry.state is State.UNREADABLE for entry in entries):
            self.owner.own(self._plan_to_ask(entries))

    def on_echoes(self, echoes: Sequence[Echo]) -> None:
        """Note which of our own events came back."""
        self.delivery.note(echoes)

    async def on_keys(self, sessions: frozenset[str]) -> Sequence[Entry]:
        """Return what waited for these room keys and is now to be handled."""
        return await read_again(self.database, self.journal, sessions)

    def on_recovery(self) -> None:
        """Send at once what waited for the homeserver, and what fell due meanwhile."""
        self.delivery.nudge()
        self.scheduler.wake()

    def on_position_lost(self) -> None:
        """Tell the animators that what was said meanwhile may not have been heard."""

        async def work(transaction: Transaction) -> None:
            self.alarm.position_lost(transaction)

        self.owner.own(self.database.write_patiently(work))

    def on_ready(self) -> None:
        """Go where the bot is wanted, and say that it is there; what can wait begins then."""
        self.owner.own(self._settle_in())
        if self.meaning is not None:
            self.owner.own(self.meaning.run())

    async def renew(self, error: MatrixError) -> Session:
        """Log in again after the token was refused.

        Raises NewDeviceError when the device is gone, and OperatorError when there is no way back.
        """
        is_soft = error.body.get("soft_logout") is True
        data_dir = self.settings.storage.data_dir
        session = await renew(self.server, self.account, self.session, data_dir, is_soft=is_soft)
        if session.device_id != self.session.device_id:
            raise NewDeviceError
        self.session = self.delivery.session = session
        self.delivery.nudge()
        return session

    async def _plan_to_ask(self, entries: Sequence[Entry]) -> None:
        async def work(transaction: Transaction) -> None:
            await unreadable.plan(transaction, entries, self.clock.now())

        await self.database.write_patiently(work)

    async def _settle_in(self) -> None:
        """Read what an earlier process could not, and join the rooms that the bot is not in yet."""
        self.on_entries(await read_again(self.database, self.journal))
        await self._plan_to_ask(await self.database.patiently(self._unreadable))
        community = self.settings.community
        wanted = [*community.rooms, *filter(None, [community.animators_room])]
        for name in wanted:
            try:
                await self._enter(name)
            except (MatrixError, RefusedError) as error:
                log.warning("event=room_refused room=%s reason=%r remedy=%r", name, str(error),
                            _remedy(error, self.session.user_id))  # fmt: skip
        log.info("event=ready version=%s user=%s device=%s rooms=%d", __version__,
                 self.session.user_id, self.session.device_id, len(self.rooms.all()))  # fmt: skip

    async def _unreadable(self) -> list[Entry]:
        async with self.database.read() as snapshot:
            return await inbox.unreadable(snapshot)

    async def _enter(self, name: str) -> None:
        """Join a room by id or alias unless the bot is in it; tries for as long as it may help."""
        attempt = 0
        while True:
            try:
                found = RoomId(name) if name.startswith("!") else await self.reader.room_of(name)
                if found is None or found not in self.rooms:
                    await self.reader.join(name)
                    log.info("event=room_joined room=%s", name)
            except (MatrixError, NetworkError) as error:
                if not is_trouble_elsewhere(error):
                    raise
                attempt += 1
                retry_after = error.retry_after if isinstance(error, MatrixError) else None
                seconds = backoff.delay(attempt, retry_after, longest=30.0)
                log.warning("event=room_waits room=%s wait=%.1f reason=%r", name, seconds,
                            str(error))  # fmt: skip
                await self.sleep(seconds)
            else:
                return

    def signs(self, data_dir: Path) -> Signs:
        """Return where the health page takes its values from."""
        return Signs(
            loop_age=lambda: self.clock.monotonic() - self.ticked_at,
            sync_age=self._sync_age,
            outbox_age=self._outbox_age,
            writes=self._prove_write,
            counts=lambda: {
                "inbox_waiting": self.inbox.backlog,
                "outbox_waiting": self.sender.backlog,
                "rooms": len(self.rooms.all()),
                "events_quarantined": self.journal.quarantined,
            },
            data_dir=data_dir,
        )

    def _sync_age(self) -> float | None:
        at = self.sync.answered_at
        return None if at is None else self.clock.monotonic() - at

    async def _outbox_age(self) -> float:
        async with self.database.read() as snapshot:
            oldest = await outbox.oldest_pending(snapshot)
        return 0.0 if oldest is None else (self.clock.now() - oldest).total_seconds()

    async def _prove_write(self) -> None:
        try:
            async with asyncio.timeout(WRITE_LIMIT):
                await self.database.write(sync_position.touch)
        except TimeoutError:
            raise OperatorError(
                f"The database took no write in {WRITE_LIMIT:.0f} s: another program holds it, or "
                "its disk is very slow."
            ) from None
        except Exception as error:
            found = trouble(error)
            if found is None:
                raise
            raise found from None


def _remedy(error: MatrixError | RefusedError, user_id: UserId) -> str:
    """Return what the operator can do about a room of the configuration that cannot be entered."""
    refusal = error.__cause__ if isinstance(error, RefusedError) else error
    if isinstance(refusal, MatrixError) and refusal.status in (400, 404):
        return "create the room, or correct community.rooms and community.animators_room"
    return f"invite {user_id} there"
