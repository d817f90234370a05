"""A member whose client encrypts: what a member says and sees, sealed and opened with its keys."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.clock import SystemClock
from bot.demo.client_api import (
    PAUSE_SECONDS,
    ClientApi,
    JsonObject,
    RequestRefusedError,
    listed,
    text,
)
from bot.demo.homeserver import Account
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent, parsed
from bot.ids import DeviceId, EventId, RoomId, UserId
from bot.matrix.cipher import NotReadyError, UnreadableError
from bot.matrix.encryption.device import EncryptedDevice, open_device
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.matrix.parse import MalformedEventError
from bot.matrix.session import Session

ENCRYPTED = "m.room.encrypted"

ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}
"""The state of a room that is encrypted (Matrix 1.16, 11.12.1)."""


class SealedApi(ClientApi):
    """Hands each sync answer to the device before anybody looks at it."""

    device: EncryptedDevice
    has_more = False
    """Whether the last answer brought something from other devices: there may be more of it."""

    async def request(
        self,
        method: str,
        path: str,
        content: JsonObject | None = None,
        *,
        query: Mapping[str, str] | None = None,
        wait: timedelta = timedelta(),
    ) -> JsonObject:
        """Send one request and return the object it was answered with."""
        answer = await super().request(method, path, content, query=query, wait=wait)
        if path.endswith("/sync"):
            self.has_more = bool(listed(answer, "to_device", "events"))
            await self.device.receive(answer)
            await self.device.upkeep()
        return answer


class SealedMember(Member):
    """One person with one encrypting device.

    Where a room is encrypted it says everything sealed, and gives the key to everybody there; its
    direct rooms are encrypted. What cannot be read is shown as it is in the history, and comes
    through ``sync`` as soon as it can be read; what was taken back is a message without content.
    """

    _api: SealedApi

    def __init__(
        self,
        base_url: str,
        account: Account,
        device: EncryptedDevice,
        server: Homeserver,
        *,
        patience: timedelta = timedelta(),
    ) -> None:
        super().__init__(base_url, account, patience=patience)
        self.device = device
        self.server = server
        self._patience = patience
        self._api = SealedApi(base_url, account.access_token, patience=patience)
        self._api.device = device
        self._encrypted: set[RoomId] = set()
        self._opened: dict[EventId, RoomEvent] = {}
        self._unread: list[RoomEvent] = []

    @classmethod
    async def enter(
        cls, base_url: str, account: Account, directory: Path, *, patience: timedelta = timedelta()
    ) -> Self:
        """Return a member that sees everything from now on; its keys are kept in ``directory``."""
        server = Homeserver(base_url, account.access_token)
        session = Session(
            homeserver=base_url,
            user_id=UserId(account.user_id),
            device_id=DeviceId(account.device_id),
            access_token=account.access_token,
            epoch="",
        )
        try:
            key_file = directory / "pickle_key"
            device = await open_device(server, session, directory, key_file, SystemClock())
        except BaseException:
            await server.close()
            raise
        member = cls(base_url, account, device, server, patience=patience)
        try:
            await member.sync(timedelta())
        except BaseException:
            await member.close()
            raise
        return member

    async def close(self) -> None:
        """Close connections and keys; the device stays logged in."""
        await super().close()
        await self.device.close()
        await self.server.close()

    async def create_dm(self, user_id: str) -> RoomId:
        """Create an encrypted direct room with somebody, who is invited, and return its id."""
        state = {"type": "m.room.encryption", "state_key": "", "content": ENCRYPTION}
        content = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [user_id],
            "initial_state": [state],
        }
        return RoomId(text(await self._post("/createRoom", content), "room_id"))

    async def encrypt_room(self, room: RoomId) -> None:
        """Have the room encrypted from now on."""
        await self.set_state(room, "m.room.encryption", ENCRYPTION)
        self._encrypted.add(room)

    async def send_event(self, room: RoomId, type_: str, content: JsonObject) -> EventId:
        """Send an event, sealed where the room is encrypted; reactions never are."""
        if type_ == "m.reaction" or not await self._is_encrypted(room):
            return await super().send_event(room, type_, content)
        # A client listens all the time, and so knows whose devices changed.
        await self._catch_up()
        return await super().send_event(room, ENCRYPTED, await self._seal(room, type_, content))

    async def history(self, room: RoomId) -> list[RoomEvent]:
        """Return everything that happened in the room, oldest first, opened where it can be."""
        await self._catch_up()
        history = await super().history(room)
        if any(self._open(event).type == ENCRYPTED for event in history):
            await self.device.upkeep()
        return [self._open(event) for event in history]

    async def _arrived(self, events: list[RoomEvent]) -> list[RoomEvent]:
        events = [*self._unread, *events]
        if any(self._open(event).type == ENCRYPTED for event in events):
            # Its sender may have to be asked for first.
            await self.device.upkeep()
        opened = [self._open(event) for event in events]
        self._unread = [event for event in opened if event.type == ENCRYPTED]
        return [event for event in opened if event.type != ENCRYPTED]

    async def _catch_up(self) -> None:
        """Take what other devices sent, unless somebody follows and so takes it anyway."""
        if self._following.locked():
            return
        async with self._following:
            await self.sync(timedelta())
            while self._api.has_more:
                await self.sync(timedelta())

    async def _is_encrypted(self, room: RoomId) -> bool:
        if room in self._encrypted:
            return True
        try:
            await self.state(room, "m.room.encryption")
        except RequestRefusedError as refused:
            if refused.status != 404:
                raise
            return False
        self._encrypted.add(room)
        return True

    async def _seal(self, room: RoomId, type_: str, content: JsonObject) -> JsonObject:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience.total_seconds()
        while True:
            try:
                return await self.device.encrypt(room, type_, content)
            except (NetworkError, MatrixError, NotReadyError):
                if loop.time() + PAUSE_SECONDS > deadline:
                    raise
                # Nobody says when a homeserver will be back.
                await asyncio.sleep(PAUSE_SECONDS)

    def _open(self, event: RoomEvent) -> RoomEvent:
        """Return the event as its sender meant it; as it is where it cannot be read."""
        if event.type != ENCRYPTED:
            return event
        if event.is_redacted:
            return replace(event, type="m.room.message")
        if event.event_id in self._opened:
            return self._opened[event.event_id]
        raw: dict[str, object] = {
            "event_id": event.event_id,
            "sender": event.sender,
            "origin_server_ts": event.origin_server_ts,
            "type": event.type,
            "content": event.content,
        }
        try:
            found = self.device.decrypt(event.room_id, raw)
        except (UnreadableError, MalformedEventError):
            return event
        opened = replace(parsed(event.room_id, found), is_opened=True)
        self._opened[event.event_id] = opened
        return opened
