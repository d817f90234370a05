"""Devices on a key server that is played; everything else is real."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.ids import DeviceId, RoomId, UserId
from bot.matrix.encryption.device import EncryptedDevice, open_device
from bot.matrix.session import Session
from tests.matrix.encryption.key_server import ROOM, KeyServer
from tests.scene import HandClock

BOT = "@compagnon:example.org"
JO = "@jo:example.org"
MAX = "@max:elsewhere.example.org"

SECRET: Mapping[str, Any] = {"msgtype": "m.text", "body": "entre nous"}


@dataclass
class Client:
    """One device of one user, and its line to the server."""

    device: EncryptedDevice
    server: KeyServer
    user: str
    name: str

    @property
    def place(self) -> tuple[str, str]:
        return self.user, self.name

    async def sync(self) -> frozenset[str]:
        """Take what is new, and do the upkeep; return the room keys that can be used now."""
        keys = await self.device.receive(self.server.sync(self.place))
        return keys | await self.device.upkeep()

    async def say(self, content: Mapping[str, Any] = SECRET, room: str = ROOM) -> dict[str, Any]:
        """Return an event of this client."""
        sealed = await self.device.encrypt(RoomId(room), "m.room.message", content)
        return self.server.event(self.user, sealed, room)

    def read(self, event: Mapping[str, Any], room: str = ROOM) -> Mapping[str, Any]:
        """Return a decrypted event."""
        return self.device.decrypt(RoomId(room), event)


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def server() -> KeyServer:
    return KeyServer()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def make_client(
    server: KeyServer, clock: HandClock, tmp_path: Path
) -> AsyncIterator[MakeClient]:
    """Open a device and let its user into the room."""
    async with AsyncExitStack() as stack:

        async def make(user: str, name: str, *, enters: bool = True) -> Client:
            session = Session("http://played", UserId(user), DeviceId(name), "token", "epoch")
            directory = tmp_path / name
            key_file = directory / "pickle_key"
            device = await open_device(server.line(user, name), session, directory, key_file, clock)
            stack.push_async_callback(device.close)
            if enters:
                server.enter(user)
            return Client(device, server, user, name)

        yield make


@pytest.fixture
async def bot(make_client: MakeClient) -> Client:
    return await make_client(BOT, "BOTDEVICE")


@pytest.fixture
async def jo(make_client: MakeClient) -> Client:
    return await make_client(JO, "JODEVICE")
