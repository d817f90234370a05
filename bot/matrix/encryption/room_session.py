"""Room session: the key under which the bot speaks in a room, and who was given it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nio.crypto import OlmDevice

from bot import crash
from bot.clock import Clock
from bot.ids import RoomId
from bot.matrix.cipher import NotReadyError
from bot.matrix.encryption.device_list import DeviceLists
from bot.matrix.encryption.machine import MEGOLM, Machine
from bot.matrix.encryption.member import Members
from bot.matrix.encryption.olm_session import BATCH, OlmSessions, Place, place_of
from bot.matrix.encryption.rotation import Rotation, Rotations
from bot.matrix.http import MatrixError

log = logging.getLogger(__name__)

ROUNDS = 5
"""Times that somebody new may come while the key is being shared, before the message goes."""

SECOND_LOOK = 300.0
"""Seconds after which devices that could not be reached are tried again."""


@dataclass(slots=True)
class Shared:
    """Who has the present key of a room: devices with their own key, by place.

    ``checked`` are the versions of members and devices for which that is everybody; ``look_at`` is
    when to look again for those who could not be reached, None if there are none.
    """

    devices: dict[Place, str] = field(default_factory=dict)
    checked: tuple[int, int] | None = None
    look_at: float | None = None


class RoomSessions:
    """Encrypts for rooms, having shared the key with every device of every member.

    Keys live in memory only: after a restart the bot speaks under a new one. So none is ever used
    that some members were given and others not, and none takes the same step twice.
    """

    def __init__(
        self,
        machine: Machine,
        members: Members,
        rotations: Rotations,
        devices: DeviceLists,
        sessions: OlmSessions,
        clock: Clock,
    ) -> None:
        self._machine = machine
        self._members = members
        self._rotations = rotations
        self._devices = devices
        self._sessions = sessions
        self._clock = clock
        self._shared: dict[RoomId, Shared] = {}
        self._sharing: dict[RoomId, asyncio.Task[None]] = {}

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the content of an ``m.room.encrypted`` event that every member can read.

        Raises NotReadyError, or what requests raise, when the key could not be shared.
        """
        for _ in range(ROUNDS):
            if self._is_ready(room):
                break
            await self._share_once(room)
        if not self._is_shared(room):
            raise NotReadyError("the room's key was used up while it was being shared")
        payload = {"type": event_type, "content": dict(content)}
        sealed: dict[str, Any] = self._machine.group_encrypt(room, payload)
        if "m.relates_to" in content:
            # Servers put threads and edits together: they must see it (Matrix 1.16, 11.12.2.1).
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._sharing.values():
            task.cancel()
        await asyncio.gather(*self._sharing.values(), return_exceptions=True)

    def _is_shared(self, room: RoomId) -> bool:
        session = self._machine.outbound_group_sessions.get(room)
        return session is not None and session.shared and not session.expired

    def _is_ready(self, room: RoomId) -> bool:
        shared = self._shared.get(room)
        if shared is None or shared.checked != self._versions(room) or not self._is_shared(room):
            return False
        return shared.look_at is None or self._clock.monotonic() < shared.look_at

    def _versions(self, room: RoomId) -> tuple[int, int]:
        return self._members.version(room), self._devices.version

    async def _share_once(self, room: RoomId) -> None:
        """Share the room's key; whoever else wants to speak there waits for the same sharing.

        A sender that is cancelled does not cancel what others wait for.
        """
        task = self._sharing.get(room)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._share(room))
            self._sharing[room] = task
            task.add_done_callback(lambda done: self._done(room, done))
        try:
            await asyncio.shield(task)
        except MatrixError as error:
            if error.is_temporary or error.status == 401:
                raise
            # The server refused the key, not the message: that one waits.
            raise NotReadyError(str(error)) from error

    def _done(self, room: RoomId, task: asyncio.Task[None]) -> None:
        del self._sharing[room]
        if not task.cancelled() and task.exception() is not None:
            log.warning("event=key_sharing_failed room=%s reason=%r", room, str(task.exception()))

    async def _share(self, room: RoomId) -> None:
        members, rotation = await asyncio.gather(self._members.of(room), self._rotations.of(room))
        await self._devices.refresh(members)
        versions = self._versions(room)
        devices = [device for user in members for device in self._machine.devices_of(user)]
        shared = self._current(room, devices, rotation)
        missing = [device for device in devices if place_of(device) not in shared.devices]
        await self._sessions.establish(missing)
        reachable = [device for device in missing if self._sessions.has_session(device)]
        content = self._key(room)
        for start in range(0, len(reachable), BATCH):
            batch = reachable[start : start + BATCH]
            await self._sessions.send(batch, "m.room_key", content)
            shared.devices.update({place_of(device): device.curve25519 for device in batch})
        self._machine.outbound_group_sessions[room].mark_as_shared()
        shared.checked = versions
        crash.point("encrypt.key_shared")
        is_complete = len(reachable) == len(missing)
        shared.look_at = None if is_complete else self._clock.monotonic() + SECOND_LOOK
        if missing:
            log.info("event=key_shared room=%s devices=%d unreachable=%d", room, len(reachable),
                     len(missing) - len(reachable))  # fmt: skip

    def _current(self, room: RoomId, devices: list[OlmDevice], rotation: Rotation) -> Shared:
        """Return the sharing of the room's key, of a new key if the present one must not go on.

        A key ends when the room wants it, usually after 100 messages or a week, and when somebody
        who has it is gone.
        """
        present = {place_of(device): device.curve25519 for device in devices}
        shared = self._shared.get(room)
        session = self._machine.outbound_group_sessions.get(room)
        is_over = session is None or session.expired
        if shared is None or is_over or not shared.devices.items() <= present.items():
            self._machine.create_outbound_group_session(room)
            session = self._machine.outbound_group_sessions[room]
            session.max_messages, session.max_age = rotation.messages, rotation.period
            self._machine.fresh.discard(session.id)
            self._machine.commit()
            crash.point("encrypt.key_made")
            shared = Shared()
            self._shared[room] = shared
        return shared

    def _key(self, room: RoomId) -> dict[str, Any]:
        session = self._machine.outbound_group_sessions[room]
        return {
            "algorithm": MEGOLM,
            "room_id": room,
            "session_id": session.id,
            "session_key": session.session_key,
        }
