"""Device list: which devices the members have, asked once and again when the server says so."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from nio.crypto import OlmDevice

from bot.clock import Clock
from bot.matrix.encryption.machine import Machine
from bot.matrix.http import Homeserver, client_path

log = logging.getLogger(__name__)

USERS = 250
"""Users in one query, as other clients do."""

SLICE = 10
"""Users whose devices are checked in one piece; a signature takes 0.1 ms."""

TIMEOUT_MS = 10_000
"""How long our server may wait for others (the specification's own default)."""

PATIENCE = 300.0
"""Seconds after which a server that did not answer is asked again."""


class DeviceLists:
    """What is known of other users' devices.

    ``version`` changes whenever somebody's devices may have: who shared something with all of them
    compares it to know whether to look again. A list counts as current only after it was asked for
    in this run: the server tells of changes only while the bot listens.
    """

    def __init__(self, server: Homeserver, machine: Machine, clock: Clock) -> None:
        self._server = server
        self._machine = machine
        self._clock = clock
        self._current: set[str] = set()
        self._changes: dict[str, int] = {}
        self._silent_until: dict[str, float] = {}
        self.wanted: set[str] = set()
        self.version = 0

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take from a sync answer whose devices changed, and who shares no room any more."""
        section = answer.get("device_lists")
        section = section if isinstance(section, dict) else {}
        for name in ("changed", "left"):
            users = section.get(name)
            for user in users if isinstance(users, list) else []:
                if isinstance(user, str) and user in self._current:
                    self._current.discard(user)
                    self._changes[user] = self._changes.get(user, 0) + 1
                    self.version += 1
                    if name == "changed":
                        self.wanted.add(user)

    @property
    def is_wanted(self) -> bool:
        """Return whether there is somebody in ``wanted`` who should be asked for now."""
        return not all(self.is_current(user) for user in self.wanted)

    def is_current(self, user: str) -> bool:
        """Return whether the user's devices are known as they are now, as far as can be."""
        until = self._silent_until.get(user)
        return user in self._current or (until is not None and self._clock.monotonic() < until)

    async def refresh(self, users: Iterable[str]) -> None:
        """Ask for the devices of those users whose list is not current.

        Users whose server does not answer keep the devices that are known, for a while. Raises what
        requests to our own server raise.
        """
        missing = sorted(user for user in users if not self.is_current(user))
        for start in range(0, len(missing), USERS):
            await self._query(missing[start : start + USERS])

    async def _query(self, users: list[str]) -> None:
        before = {user: self._changes.get(user, 0) for user in users}
        request = {"device_keys": {user: [] for user in users}, "timeout": TIMEOUT_MS}
        answer = await self._server.request("POST", client_path("keys", "query"), json=request)
        found, failed = answer.get("device_keys"), answer.get("failures")
        found = found if isinstance(found, dict) else {}
        failed = failed if isinstance(failed, dict) else {}
        for number, user in enumerate(users):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            if user not in found and user.partition(":")[2] in failed:
                self._silent_until[user] = self._clock.monotonic() + PATIENCE
                continue
            self._apply(user, found.get(user))
            if self._changes.get(user, 0) == before[user]:
                self._current.add(user)
                self.wanted.discard(user)
        self._machine.commit()

    def _apply(self, user: str, devices: object) -> None:
        """Take over what the server says of a user's devices; what is malformed does not exist."""
        devices = devices if isinstance(devices, dict) else {}
        known = self._machine.device_store[user]
        changed: dict[str, OlmDevice] = {}
        present: set[str] = set()
        for name, payload in devices.items():
            try:
                device = self._read(user, name, payload)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                log.warning("event=device_malformed user=%.60r reason=%s:%.100s", user,
                            type(error).__name__, error)  # fmt: skip
                continue
            before = known.get(name)
            if before is not None and before.ed25519 != device.ed25519:
                # The same id with another signing key is another device posing as this one.
                log.warning("event=device_key_changed user=%.60r device=%.60r", user, name)
                continue
            present.add(name)
            if before is None or before.deleted or before.curve25519 != device.curve25519:
                changed[name] = device
        for name in known.keys() - present:
            if not known[name].deleted:
                known[name].deleted = True
                changed[name] = known[name]
        if changed:
            known.update(changed)
            self._machine.store.save_device_keys({user: changed})
            self.version += 1

    def _read(self, user: str, name: str, payload: Mapping[str, Any]) -> OlmDevice:
        """Return the device that ``payload`` describes; raises ValueError and the like."""
        if payload["user_id"] != user or payload["device_id"] != name:
            raise ValueError("the keys of another device")
        keys = {kind: payload["keys"][f"{kind}:{name}"] for kind in ("ed25519", "curve25519")}
        if not all(isinstance(key, str) for key in keys.values()):
            raise TypeError("a key that is no text")
        if not self._machine.verify_json(dict(payload), keys["ed25519"], user, name):
            raise ValueError("a signature that does not fit")
        return OlmDevice(user, name, keys)
