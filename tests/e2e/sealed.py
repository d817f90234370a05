"""A member whose client encrypts: a member's requests, sealed and opened with its own keys."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.demo.client_api import CLIENT, ClientApi, JsonObject, part
from bot.demo.homeserver import Account
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent, parsed
from bot.ids import DeviceId, EventId, RoomId, UserId
from bot.matrix.cipher import UnreadableError
from bot.matrix.encryption.device import EncryptedDevice, open_device
from bot.matrix.http import Homeserver
from bot.matrix.session import Session

ENCRYPTED = "m.room.encrypted"


class _SealedApi(ClientApi):
    """Hands each sync answer to the device before anybody looks at it."""

    device: EncryptedDevice

    async def request(
        self,
        method: str,
        path: str,
        content: JsonObject | None = None,
        *,
        query: Mapping[str, str] | None = None,
        wait: timedelta = timedelta(),
    ) -> JsonObject:
        answer = await super().request(method, path, content, query=query, wait=wait)
        if path.endswith("/sync"):
            await self.device.receive(answer)
            await self.device.upkeep()
        return answer


@dataclass(frozen=True)
class Hidden:
    """A message whose key was not given to anybody yet."""

    device: EncryptedDevice
    room: RoomId
    body: str
    session: Any
    key: str

    @property
    def content(self) -> JsonObject:
        """The ciphertext, another one each time."""
        message = {"msgtype": "m.text", "body": self.body, "m.mentions": {}}
        machine = self.device.machine
        usual = machine.outbound_group_sessions[self.room]
        machine.outbound_group_sessions[self.room] = self.session
        sealed = machine.group_encrypt(self.room, {"type": "m.room.message", "content": message})
        machine.outbound_group_sessions[self.room] = usual
        return dict(sealed)

    async def share(self, user_id: str) -> None:
        """Give the key to all devices of ``user_id``."""
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": self.room,
            "session_id": self.session.id,
            "session_key": self.key,
        }
        devices = self.device.machine.devices_of(user_id)
        await self.device._olm.send(devices, "m.room_key", content)


class SealedMember(Member):
    """One person with one encrypting device; plaintext from anybody is shown as it is."""

    def __init__(self, base_url: str, account: Account, device: EncryptedDevice) -> None:
        super().__init__(base_url, account)
        self.device = device
        self._sealed: list[RoomEvent] = []
        api = _SealedApi(base_url, account.access_token)
        api.device = device
        self._api = api

    @classmethod
    async def enter(cls, base_url: str, account: Account, directory: Path) -> "SealedMember":
        """Return a member whose keys are kept in ``directory``."""
        server = Homeserver(base_url, account.access_token)
        session = Session(
            homeserver=base_url,
            user_id=UserId(account.user_id),
            device_id=DeviceId(account.device_id),
            access_token=account.access_token,
            epoch="",
        )
        key_file = directory / "pickle_key"
        device = await open_device(server, session, directory, key_file, SystemClock())
        member = cls(base_url, account, device)
        member.server = server
        await member.sync(timedelta())
        return member

    server: Homeserver

    async def close(self) -> None:
        await super().close()
        await self.device.close()
        await self.server.close()

    async def send_event(self, room: RoomId, type_: str, content: JsonObject) -> EventId:
        """Send an event sealed, but reactions, which never are."""
        if type_ == "m.reaction":
            return await super().send_event(room, type_, content)
        # A client listens all the time, and so knows whose devices changed.
        async with self._following:
            await self.sync(timedelta())
        sealed = await self.device.encrypt(room, type_, content)
        return await super().send_event(room, ENCRYPTED, sealed)

    def opened(self, event: RoomEvent) -> RoomEvent:
        """Return the event as its sender meant it; as it is where it cannot be read."""
        if event.type != ENCRYPTED:
            return event
        raw: dict[str, Any] = {
            "event_id": event.event_id,
            "sender": event.sender,
            "origin_server_ts": event.origin_server_ts,
            "type": event.type,
            "content": event.content,
        }
        with suppress(UnreadableError):
            raw = dict(self.device.decrypt(event.room_id, raw))
        return parsed(event.room_id, raw)

    async def sync(self, wait: timedelta) -> list[RoomEvent]:
        """Look once; what could not be read comes again when it can."""
        start, is_first = len(self._seen), not self._since
        arrived = [*self._sealed, *await super().sync(wait)]
        opened = [self.opened(event) for event in arrived]
        if any(event.type == ENCRYPTED for event in opened):
            await self.device.upkeep()
            opened = [self.opened(event) for event in arrived]
        self._sealed = [event for event in opened if event.type == ENCRYPTED]
        new = [event for event in opened if event.type != ENCRYPTED]
        if not is_first:
            self._seen[start:] = new
        return new

    async def seal_without_sharing(self, room: RoomId, body: str) -> "Hidden":
        """Return a message sealed with a key that nobody was given yet."""
        machine = self.device.machine
        usual = machine.outbound_group_sessions[room]
        machine.create_outbound_group_session(room)
        hidden = machine.outbound_group_sessions[room]
        hidden.mark_as_shared()
        machine.outbound_group_sessions[room] = usual
        return Hidden(self.device, room, body, hidden, hidden.session_key)

    async def raw_event(self, room: RoomId, event_id: str) -> JsonObject:
        """Return an event as the server keeps it."""
        path = f"{CLIENT}/rooms/{part(room)}/event/{part(event_id)}"
        return await self._api.request("GET", path)

    async def history(self, room: RoomId) -> list[RoomEvent]:
        return [self.opened(event) for event in await super().history(room)]
