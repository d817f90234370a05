"""Olm session: reaches single devices, each through a ratchet of its own."""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from nio.crypto import OlmDevice

from bot import crash
from bot.clock import Clock
from bot.matrix import backoff
from bot.matrix.backoff import Sleep
from bot.matrix.encryption.machine import Machine
from bot.matrix.encryption.own_keys import KIND
from bot.matrix.encryption.to_device import ENCRYPTED
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path

log = logging.getLogger(__name__)

SLICE = 10
"""Devices handled in one piece: a new session takes 0.7 ms, and others want to be answered."""

BATCH = 100
"""Devices in one request; other clients send 20 to 250."""

TIMEOUT_MS = 10_000
"""How long our server may wait for others (the specification's own default)."""

PATIENCE = 300.0
"""Seconds after which a device that had no key to give is asked again."""

ATTEMPTS = 3
"""Requests with one transaction id before the sender's own waiting takes over."""

Place = tuple[str, str]
"""A user and a device."""


def place_of(device: OlmDevice) -> Place:
    """Return where a device is reached."""
    return device.user_id, device.device_id


class OlmSessions:
    """Makes sessions with devices and sends through them.

    What a ratchet did is durable before its message leaves: it never does the same step twice.
    """

    def __init__(self, server: Homeserver, machine: Machine, clock: Clock) -> None:
        self._server = server
        self._machine = machine
        self._clock = clock
        self._claiming = asyncio.Lock()
        self._silent_until: dict[Place, float] = {}
        self.sleep: Sleep = asyncio.sleep

    async def establish(self, devices: Iterable[OlmDevice], *, anew: bool = False) -> None:
        """Make a session with each device that has none; with ``anew`` even if there is one.

        A device that has no key to give is left out, and asked again later. Raises what requests
        to our own server raise.
        """
        async with self._claiming:
            now = self._clock.monotonic()
            missing = {
                place_of(device): device
                for device in devices
                if (anew or not self.has_session(device))
                and self._silent_until.get(place_of(device), now) <= now
            }
            for batch in _batches(missing.items(), BATCH):
                await self._claim(dict(batch))

    def has_session(self, device: OlmDevice) -> bool:
        """Return whether something can be sent to ``device``."""
        return self._machine.session_store.get(device.curve25519) is not None

    async def send(
        self, devices: Sequence[OlmDevice], kind: str, content: Mapping[str, Any]
    ) -> None:
        """Send ``content`` to ``devices``, at most ``BATCH`` that all have a session.

        Returns once the server has taken it; raises what requests raise.
        """
        messages: dict[str, dict[str, Any]] = {}
        for number, device in enumerate(devices):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            messages.setdefault(device.user_id, {})[device.device_id] = self._sealed(
                device, kind, content
            )
        self._machine.commit()
        crash.point("encrypt.key_sealed")
        url = client_path("sendToDevice", ENCRYPTED, secrets.token_urlsafe(16))
        await self._put(url, {"messages": messages})
        crash.point("encrypt.key_sent")

    async def _put(self, url: str, content: object) -> None:
        attempt = 1
        while True:
            try:
                await self._server.request("PUT", url, json=content)
            except (NetworkError, MatrixError) as error:
                is_final = isinstance(error, MatrixError) and not error.is_temporary
                if is_final or attempt == ATTEMPTS:
                    raise
                retry_after = error.retry_after if isinstance(error, MatrixError) else None
                await self.sleep(backoff.delay(attempt, retry_after))
                attempt += 1
            else:
                return

    def _sealed(self, device: OlmDevice, kind: str, content: Mapping[str, Any]) -> object:
        session = self._machine.session_store.get(device.curve25519)
        return self._machine._olm_encrypt(session, device, kind, content)  # noqa: SLF001  pinned, see tests

    async def _claim(self, devices: Mapping[Place, OlmDevice]) -> None:
        wanted: dict[str, dict[str, str]] = {}
        for user, name in devices:
            wanted.setdefault(user, {})[name] = KIND
        request = {"one_time_keys": wanted, "timeout": TIMEOUT_MS}
        answer = await self._server.request("POST", client_path("keys", "claim"), json=request)
        given = answer.get("one_time_keys")
        given = given if isinstance(given, dict) else {}
        for number, (place, device) in enumerate(devices.items()):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            try:
                self._begin(device, given)
                self._silent_until.pop(place, None)
            except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
                self._silent_until[place] = self._clock.monotonic() + PATIENCE
                log.info("event=device_unreachable user=%.60r device=%.60r reason=%s:%.100s",
                         *place, type(error).__name__, error)  # fmt: skip
        self._machine.commit()

    def _begin(self, device: OlmDevice, given: Mapping[str, Any]) -> None:
        """Make a session from the key that was given for ``device``, if it is signed by it."""
        key = next(iter(given[device.user_id][device.device_id].values()))
        machine = self._machine
        if not machine.verify_json(dict(key), device.ed25519, device.user_id, device.device_id):
            raise ValueError("a signature that does not fit")
        machine.create_session(key["key"], device.curve25519)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
