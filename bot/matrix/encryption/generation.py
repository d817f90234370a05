"""Generation: tells a store that is lost, or was restored from a copy, from the one in use."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.matrix.cipher import DeviceLostError
from bot.matrix.encryption.machine import Machine
from bot.matrix.http import Homeserver, MatrixError, client_path

log = logging.getLogger(__name__)

LENGTH = 86_400.0
"""Seconds; a copy that is younger may go unnoticed."""

ACCOUNT_DATA = "app.compagnon.crypto"
"""What the account data begins with in which the server remembers how far each store was."""


class Generation:
    """A number that grows in the store and on the server, in the store first.

    If the server's is the greater one, the store is an old copy. It grows with each start, with
    each upload of keys and once a day.
    """

    def __init__(self, server: Homeserver, machine: Machine, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._advanced_at: float | None = None
        self._machine = machine
        # One for each device: another one that stands by has a store of its own.
        kind = f"{ACCOUNT_DATA}.{machine.device_id}"
        self._url = client_path("user", machine.user_id, "account_data", kind)

    async def check(self) -> None:
        """Compare the store with what the server knows of this device.

        Raises DeviceLostError when they do not belong together, and what requests raise.
        """
        own, remembered = await asyncio.gather(self._own_keys(), self._remembered())
        if own is not None:
            expected = self._machine.device_keys()["keys"]
            if own.get("keys") != expected:
                raise DeviceLostError("the encryption store of this device is lost")
            # An upload whose answer never came did arrive.
            self._machine.account.shared = True
        elif self._machine.account.shared:
            # The server forgot this device's keys, not the bot: it is told again.
            self._machine.account.shared = False
            self._machine.save_account()
        if remembered > self._machine.store.generation():
            raise DeviceLostError("the encryption store was restored from an old copy")

    @property
    def is_over(self) -> bool:
        """Return whether a new generation should begin."""
        at = self._advanced_at
        return at is None or self._clock.monotonic() - at >= LENGTH

    async def advance(self) -> None:
        """Begin a new generation; a copy made before is an old one from then on."""
        value = self._machine.store.generation() + 1
        self._machine.store.set_generation(value)
        content = {"device_id": self._machine.device_id, "generation": value}
        await self._server.request("PUT", self._url, json=content)
        self._advanced_at = self._clock.monotonic()

    def give_up(self) -> None:
        """Let this store count as an old copy from now on."""
        self._machine.store.set_generation(-1)

    async def _own_keys(self) -> Mapping[str, Any] | None:
        user, device = self._machine.user_id, self._machine.device_id
        answer = await self._server.request(
            "POST", client_path("keys", "query"), json={"device_keys": {user: [device]}}
        )
        found = answer.get("device_keys")
        devices = found.get(user) if isinstance(found, dict) else None
        keys = devices.get(device) if isinstance(devices, dict) else None
        return keys if isinstance(keys, dict) else None

    async def _remembered(self) -> int:
        try:
            content = await self._server.request("GET", self._url)
        except MatrixError as error:
            if error.status == 404:
                return 0
            raise
        value = content.get("generation")
        is_ours = content.get("device_id") == self._machine.device_id
        return value if is_ours and isinstance(value, int) else 0
