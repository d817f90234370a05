"""Succession: where in the stream a device goes on, and what it takes over from another one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.alert import Alert
from bot.clock import Clock
from bot.ids import DeviceId, SyncToken
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver
from bot.matrix.vigil import Vigil
from bot.storage import outbox, sync_position
from bot.storage.database import Database
from bot.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device goes on: at ``token``, None for "from now on".

    ``former`` is the device that was there, if it was another; ``own`` is then how far this one
    took what was sent to itself, None if it never did. ``at`` is when the token was journalled.
    """

    token: SyncToken | None
    former: DeviceId | None = None
    own: SyncToken | None = None
    at: datetime | None = None


async def place_of(database: Database, device: DeviceId) -> Place:
    """Return where ``device`` goes on: where the stream was journalled last, by whomever."""
    async with database.read() as snapshot:
        own = await sync_position.load(snapshot, device)
        latest = await sync_position.latest(snapshot)
    if latest is None:
        return Place(None)
    if latest.device == device:
        return Place(latest.token, at=latest.at)
    # What came in between waits in the stream, and the journal knows what it has.
    return Place(latest.token, latest.device, own, latest.at)


def watched(
    database: Database, clock: Clock, device: DeviceId
) -> Callable[[SyncToken], Awaitable[None]]:
    """Return what notes how far ``device`` took what was sent to itself alone."""

    async def save(token: SyncToken) -> None:
        async def work(transaction: Transaction) -> None:
            await sync_position.save_watched(transaction, device, token, clock.now())

        await database.write_patiently(work)

    return save


async def doubt(database: Database) -> None:
    """Doubt whether what is pending was sent: the login that may have done so is gone."""
    await database.write(outbox.mark_uncertain)


@dataclass(frozen=True, slots=True)
class Successor:
    """``device``, which goes on for another one."""

    device: DeviceId
    server: Homeserver
    cipher: Cipher
    database: Database
    clock: Clock
    alarm: Alert

    async def succeed(self, former: DeviceId, own: SyncToken | None) -> None:
        """Take the keys that wait, doubt what ``former`` may have sent, tell the animators.

        ``own`` is that of the ``Place``. Raises what requests raise; asked again, it does the same
        again.
        """
        save = watched(self.database, self.clock, self.device)
        # At the other's position the server would count them as taken.
        await Vigil(self.server, self.cipher, own, save).catch_up()

        async def work(transaction: Transaction) -> None:
            # The other may have sent what is pending, and the server would not know it again.
            await outbox.mark_uncertain(transaction)
            if own is None:
                self.alarm.device_changed(transaction, self.device)
            else:
                self.alarm.took_over(transaction, self.device, former)

        await self.database.write(work)
