"""A member whose keys a test holds: what it says can be sealed with a key nobody was given."""

from dataclasses import dataclass
from typing import Any

from bot.demo import sealed_member
from bot.demo.client_api import CLIENT, JsonObject, part
from bot.demo.sealed_member import ENCRYPTED
from bot.ids import RoomId
from bot.matrix.encryption.device import EncryptedDevice

__all__ = ["ENCRYPTED", "Hidden", "SealedMember"]


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


class SealedMember(sealed_member.SealedMember):
    """One person with one encrypting device, of which a test knows everything."""

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
