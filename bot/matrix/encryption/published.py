"""Published: what the homeserver shows to everybody of the account's keys and devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.ids import DeviceId, UserId
from bot.matrix.encryption import canonical_json, unpadded
from bot.matrix.encryption.identity import USAGES, Identity
from bot.matrix.http import Homeserver, client_path


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """The device that runs, as its own encryption store knows it: unpadded base64 public keys."""

    device_id: DeviceId
    ed25519: str
    curve25519: str


@dataclass(frozen=True, slots=True)
class Published:
    """An answer of ``POST /keys/query`` about one account; nothing in it is trusted unverified."""

    user_id: UserId
    names: Mapping[str, str]
    """The public cross-signing keys there are, by usage, in unpadded base64."""
    devices: Mapping[str, Any]

    @property
    def master(self) -> str | None:
        """The public master key, or None where there is no identity."""
        return self.names.get("master")

    def is_whole(self, identity: Identity) -> bool:
        """Return whether all three keys are there and are those of ``identity``."""
        return all(self.names.get(usage) == identity.name(usage) for usage in USAGES)

    def is_signed(self, device_id: str, identity: Identity) -> bool:
        """Return whether ``identity`` vouches for the device."""
        name = "self_signing"
        found = self.devices.get(device_id)
        return isinstance(found, dict) and canonical_json.is_signed(
            found, self.user_id, identity.public(name), identity.name(name)
        )

    def device_key(self, device_id: str) -> str | None:
        """Return the signing key of a device that signed its own keys, in base64, or None."""
        found = self.devices.get(device_id)
        if not isinstance(found, dict) or found.get("user_id") != self.user_id:
            return None
        keys = found.get("keys")
        key = keys.get(f"ed25519:{device_id}") if isinstance(keys, dict) else None
        try:
            public = unpadded.decode(key)
        except ValueError:
            return None
        is_own = canonical_json.is_signed(found, self.user_id, public, device_id)
        return str(key) if is_own else None

    def is_ours(self, device: OwnDevice) -> bool:
        """Return whether the keys shown for the device are its own, in words of its own."""
        found = self.devices.get(device.device_id)
        if not isinstance(found, dict) or found.get("user_id") != self.user_id:
            return False
        expected = {
            f"ed25519:{device.device_id}": device.ed25519,
            f"curve25519:{device.device_id}": device.curve25519,
        }
        return found.get("keys") == expected and canonical_json.is_signed(
            found, self.user_id, unpadded.decode(device.ed25519), device.device_id
        )


async def look_up(server: Homeserver, user_id: UserId) -> Published:
    """Ask the homeserver for the account's keys and devices."""
    answer = await server.request(
        "POST", client_path("keys", "query"), json={"device_keys": {user_id: []}}
    )
    names = {}
    for usage in USAGES:
        shown = _of(answer.get(f"{usage}_keys"), user_id)
        name = _name(shown)
        if name is not None:
            names[usage] = name
    return Published(user_id, names, _of(answer.get("device_keys"), user_id))


def _of(table: object, user_id: UserId) -> dict[str, Any]:
    value = table.get(user_id) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}


def _name(shown: Mapping[str, Any]) -> str | None:
    keys = shown.get("keys")
    for key in keys.values() if isinstance(keys, dict) else ():
        if isinstance(key, str):
            return key
    return None
