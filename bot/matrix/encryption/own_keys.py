"""Own keys: keeps the server supplied with this device's identity, one-time and fallback keys."""

import logging
from collections.abc import Mapping
from typing import Any

from bot import crash
from bot.clock import Clock
from bot.matrix.encryption.machine import Machine
from bot.matrix.http import Homeserver, client_path

log = logging.getLogger(__name__)

KIND = "signed_curve25519"

LEAST_PAUSE = 60.0
"""Seconds between two uploads: somebody who claims all keys at once must not keep the bot busy."""

UPLOAD = client_path("keys", "upload")


class OwnKeys:
    """Uploads keys when the server has few; private halves are durable before public ones leave.

    ``count`` is what the server holds as far as is known, None before it was said.
    """

    def __init__(self, server: Homeserver, machine: Machine, clock: Clock) -> None:
        self._server = server
        self._machine = machine
        self._clock = clock
        self._uploaded_at: float | None = None
        self._needs_fallback = not machine.account.shared
        self.count: int | None = None

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take from a sync answer how many keys are left and whether the fallback key was used.

        An algorithm that is not listed has none left, nor has any if the whole field is missing
        (Matrix 1.16, 10.12.6.1).
        """
        counts = answer.get("device_one_time_keys_count")
        self.count = _count_in(counts)
        unused = answer.get("device_unused_fallback_key_types")
        if isinstance(unused, list) and KIND not in unused:
            self._needs_fallback = True

    def begin(self) -> None:
        """Take keys that an earlier process made for published: it may have died in between.

        Given out twice, a one-time key would break the second session; unused, it costs nothing.
        """
        if self._machine.account.shared:
            self._machine.account.mark_keys_as_published()

    @property
    def is_wanted(self) -> bool:
        """Return whether an upload is due."""
        at = self._uploaded_at
        if at is not None and self._clock.monotonic() - at < LEAST_PAUSE:
            return False
        return not self._machine.account.shared or self._is_short or self._needs_fallback

    @property
    def _is_short(self) -> bool:
        return self.count is not None and self.count < self._most // 2

    @property
    def _most(self) -> int:
        return int(self._machine.account.max_one_time_keys)

    async def upload(self) -> None:
        """Upload what is missing. Raises what requests raise; then nothing is lost by repeating."""
        machine = self._machine
        account = machine.account
        content: dict[str, Any] = {}
        if not account.shared:
            content["device_keys"] = machine.device_keys()
        if (self.count or 0) < self._most:
            content["one_time_keys"] = self._one_time_keys()
        if self._needs_fallback:
            content["fallback_keys"] = self._fallback_keys()
        machine.save_account()
        machine.commit()
        crash.point("keys.made")
        answer = await self._server.request("POST", UPLOAD, json=content)
        crash.point("keys.uploaded")
        account.mark_keys_as_published()
        account.shared = True
        machine.save_account()
        machine.commit()
        self.count = _count_in(answer.get("one_time_key_counts"))
        self._needs_fallback = False
        self._uploaded_at = self._clock.monotonic()
        log.info("event=keys_uploaded one_time_keys=%d", self.count)

    def _one_time_keys(self) -> dict[str, Any]:
        """Return keys that the server has not confirmed yet, topped up to what it is short of."""
        account = self._machine.account
        missing = self._most - (self.count or 0) - len(account.one_time_keys["curve25519"])
        if missing > 0:
            account.generate_one_time_keys(missing)
        keys = account.one_time_keys["curve25519"]
        return {f"{KIND}:{name}": self._machine.signed({"key": key}) for name, key in keys.items()}

    def _fallback_keys(self) -> dict[str, Any]:
        return {
            f"{KIND}:{name}": self._machine.signed({"key": key, "fallback": True})
            for name, key in self._machine.fallback_key().items()
        }


def _count_in(counts: object) -> int:
    value = counts.get(KIND) if isinstance(counts, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
