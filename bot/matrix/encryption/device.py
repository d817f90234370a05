"""Device: end-to-end encryption of the bot's device, as the sync loop and the sender need it."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import vodozemac
from nio.crypto import OlmDevice

from bot import crash
from bot.clock import Clock
from bot.errors import OperatorError
from bot.ids import EventId, RoomId
from bot.matrix.cipher import DeviceLostError
from bot.matrix.encryption import pickle_key, store, to_device
from bot.matrix.encryption.device_list import DeviceLists
from bot.matrix.encryption.generation import Generation
from bot.matrix.encryption.machine import Machine
from bot.matrix.encryption.member import Members
from bot.matrix.encryption.olm_session import OlmSessions
from bot.matrix.encryption.own_keys import OwnKeys
from bot.matrix.encryption.room_event import RoomEvents
from bot.matrix.encryption.room_session import RoomSessions
from bot.matrix.encryption.rotation import Rotations
from bot.matrix.encryption.store import Store, StoreTroubleError
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.matrix.session import Session

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that answering waits for upkeep; what is late is done beside it, and used next time."""


class EncryptedDevice:
    """Fulfils ``Cipher`` with the keys of one store."""

    def __init__(self, server: Homeserver, machine: Machine, clock: Clock) -> None:
        self.machine = machine
        self.generation = Generation(server, machine, clock)
        self.own_keys = OwnKeys(server, machine, clock)
        self._members = Members(server)
        self._devices = DeviceLists(server, machine, clock)
        self._olm = OlmSessions(server, machine, clock)
        self._rotations = Rotations(server)
        self._rooms = RoomSessions(
            machine, self._members, self._rotations, self._devices, self._olm, clock
        )
        self._events = RoomEvents(machine, self._devices)
        self._upkeep: asyncio.Task[None] | None = None
        self.malformed = 0

    async def start(self) -> None:
        """Make this device known to the server, before anything is said or read.

        Raises DeviceLostError, and what requests raise.
        """
        await self.generation.check()
        self.own_keys.begin()
        if not self.machine.account.shared:
            await self._supply()
        # What else there is to do need not be waited for before the first sync.
        self._begin_upkeep()

    async def close(self) -> None:
        """Stop what is under way and close the store."""
        if self._upkeep is not None:
            self._upkeep.cancel()
            await asyncio.gather(self._upkeep, return_exceptions=True)
        await self._rooms.close()
        self.machine.store.close()

    async def receive(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """Take what a sync answer holds for the device; durable when it returns."""
        self.malformed += to_device.take(self.machine, answer)
        self._devices.note(answer)
        self._members.note(answer)
        self._rotations.note(answer)
        self.own_keys.note(answer)
        await self._commit()
        keys, self.machine.fresh = frozenset(self.machine.fresh), set()
        if keys:
            crash.point("decrypt.keys_taken")
        return keys

    async def upkeep(self) -> frozenset[str]:
        """Do what the server and other devices wait for: upload, query and claim keys.

        Returns the ids of room keys that became usable. Never raises for trouble with the network:
        what could not be done is done at the next occasion.
        """
        # What was under way began before the last sync answer, and may not know of what came there.
        for _ in range(2):
            self._begin_upkeep()
            task = self._upkeep
            if task is None:
                break
            done, _ = await asyncio.wait([task], timeout=PATIENCE)
            if not done:
                break
            # The sync and deliveries may wait for the same one.
            if self._upkeep is task:
                self._upkeep = None
            task.result()
        return self._readable()

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the raw event with its decrypted type and content."""
        return self._events.decrypt(room, raw)

    async def keep(self, event_ids: Collection[EventId]) -> None:
        """Make durable that these decrypted events were heard."""
        self._events.keep(event_ids)
        await self._commit()

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the content of an ``m.room.encrypted`` event."""
        return await self._rooms.encrypt(room, event_type, content)

    def _begin_upkeep(self) -> None:
        if self._upkeep is None and self._is_upkeep_wanted():
            self._upkeep = asyncio.create_task(self._do_upkeep(), name="upkeep")

    def _is_upkeep_wanted(self) -> bool:
        machine = self.machine
        return bool(
            self.own_keys.is_wanted
            or self.generation.is_over
            or self._devices.is_wanted
            or machine.strangers
            or machine.wedged_devices
        )

    async def _do_upkeep(self) -> None:
        machine = self.machine
        try:
            if self.own_keys.is_wanted:
                await self._supply()
            elif self.generation.is_over:
                await self.generation.advance()
            strangers, machine.strangers = machine.strangers, set()
            self._devices.wanted |= strangers
            await self._devices.refresh(set(self._devices.wanted))
            if machine.wedged_devices:
                await self._mend(machine.wedged_devices[:])
        except (MatrixError, NetworkError) as error:
            log.warning("event=upkeep_failed reason=%r", str(error))

    async def _supply(self) -> None:
        """Upload keys; raises DeviceLostError when the server has others by the same names."""
        try:
            await self.own_keys.upload()
        except MatrixError as error:
            if error.status == 400 and "already exists" in error.message:
                self.generation.give_up()
                raise DeviceLostError("the server knows newer one-time keys") from error
            raise
        await self.generation.advance()

    async def _mend(self, devices: list[OlmDevice]) -> None:
        """Begin new sessions with devices whose messages none opens (Matrix 1.16, 11.12.4)."""
        await self._olm.establish(devices, anew=True)
        reachable = [device for device in devices if self._olm.has_session(device)]
        await self._olm.send(reachable, "m.dummy", {})
        for device in devices:
            self.machine.wedged_devices.remove(device)

    def _readable(self) -> frozenset[str]:
        """Return the keys whose sender's device was asked for meanwhile."""
        waiting = self._events.waiting
        known = [user for user in waiting if self._devices.is_current(user)]
        return frozenset(key for user in known for key in waiting.pop(user))

    async def _commit(self) -> None:
        """Commit, waiting as long as it takes while the disk is full or the file is locked."""
        attempt = 0
        while True:
            try:
                self.machine.commit()
            except StoreTroubleError as error:
                attempt += 1
                log.warning("event=store_trouble attempt=%d reason=%r", attempt, str(error))
                await asyncio.sleep(min(0.2 * 2**attempt, 30.0))
            else:
                return


async def open_device(
    server: Homeserver, session: Session, directory: Path, key_file: Path, clock: Clock
) -> EncryptedDevice:
    """Open the store of the session's device in ``directory`` and make the device known.

    Raises OperatorError for a store that cannot be opened, DeviceLostError for a device that cannot
    go on, and what requests raise.
    """
    # It logs whose messages it could not open, and with which keys: what matters we log ourselves.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    device = EncryptedDevice(server, _machine(session, directory, key_file), clock)
    try:
        await device.start()
    except BaseException:
        await device.close()
        raise
    return device


def _machine(session: Session, directory: Path, key_file: Path) -> Machine:
    file = store.file_of(directory, session.device_id)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = pickle_key.load_or_make(key_file, has_store=file.exists())
    opened = Store(file, session.user_id, session.device_id, key)
    try:
        machine = Machine(opened)
    except (vodozemac.PickleException, vodozemac.LibolmPickleException) as error:
        opened.close()
        raise OperatorError(
            f"{key_file} does not open the encryption store {file}. Put the right key back; or "
            "move both away, and the bot logs in as a new device.",
            exit_code=2,
        ) from error
    machine.commit()
    return machine
