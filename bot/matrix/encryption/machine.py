"""Machine: nio's Olm machine, made to withstand what others send and to save once at the end."""

from collections.abc import Mapping
from typing import Any

import vodozemac
from nio.crypto import InboundGroupSession, Olm, OlmDevice
from unpaddedbase64 import decode_base64

from bot.matrix.encryption.store import Store

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"

SESSIONS = 20
"""Olm sessions kept for one device; a well-behaved one has one or two."""


class Machine(Olm):  # type: ignore[misc]  # nio has no types
    """The keys and ratchets of one device.

    What nio does in memory stays; its writes go to a ``Store`` and are durable after ``commit``.
    ``fresh`` are the ids of the room keys that came, ``strangers`` the users of whom a device spoke
    that is not known; whoever deals with them empties the sets.
    """

    store: Store

    def __init__(self, store: Store) -> None:
        self.fresh: set[str] = set()
        self.strangers: set[str] = set()
        super().__init__(store.user_id, store.device_id, store)

    @property
    def curve25519(self) -> str:
        """The key by which other devices address this one."""
        return str(self.account.identity_keys["curve25519"])

    @property
    def ed25519(self) -> str:
        """The key with which this device signs: its fingerprint."""
        return str(self.account.identity_keys["ed25519"])

    def commit(self) -> None:
        """Make everything that changed durable."""
        self.store.commit()

    def take_to_device(self, sender: str, content: Mapping[str, Any]) -> None:
        """Read one Olm message of ``sender``; raises whatever a malformed one makes raise."""
        sender_key = content["sender_key"]
        if content["algorithm"] != OLM or not isinstance(sender_key, str):
            raise ValueError("an unknown algorithm or no sender key")
        sealed = content["ciphertext"].get(self.curve25519)
        if sealed is None:
            raise ValueError("a message for another device")
        message = _olm_message(sealed["type"], sealed["body"])
        known = len(self.fresh)
        try:
            self.decrypt(sender, sender_key, message)
        except vodozemac.SessionCreationException:
            # For a one-time key that is used up or was never ours: a new session mends that.
            self._mark_device_for_unwedging(sender, sender_key)
            raise
        self._forget_sessions(sender_key)
        if len(self.fresh) > known and self.device_of(sender, sender_key) is None:
            self.strangers.add(sender)

    def _forget_sessions(self, sender_key: str) -> None:
        """Let go the oldest sessions of a device that begins one after the other."""
        if sender_key in self.session_store._entries:  # noqa: SLF001  nio has no other way
            sessions = self.session_store[sender_key]
            for session in sessions[SESSIONS:]:
                self.store.delete_session(session)
            del sessions[SESSIONS:]

    def create_group_session(
        self,
        sender_key: str,
        sender_fp_key: str,
        room_id: str,
        session_id: str,
        session_key: str,
    ) -> None:
        """Keep a room key, if it is what it says it is and reads more than the one known."""
        session = InboundGroupSession(session_key, sender_fp_key, sender_key, room_id)
        if session.id != session_id:
            raise ValueError("a room key with the id of another")
        if self.inbound_group_store.add(session):
            self.save_inbound_group_session(session)
            self.fresh.add(session_id)

    def _mark_device_for_unwedging(self, sender: str, sender_key: str) -> None:
        if self.device_of(sender, sender_key) is None:
            self.strangers.add(sender)
        super()._mark_device_for_unwedging(sender, sender_key)

    def device_of(self, user_id: str, sender_key: str) -> OlmDevice | None:
        """Return the device of ``user_id`` that has this key, if it is known."""
        if user_id == self.user_id and sender_key == self.curve25519:
            return self.own_device
        # nio's table makes an entry for each user it is asked for, so that garbage would stay.
        if user_id not in self.device_store.users:
            return None
        return self.device_store.device_from_sender_key(user_id, sender_key)

    def sender_of(self, user_id: str, sender_key: str) -> OlmDevice | None:
        """Return the device of ``user_id`` that has, or had, this key, if it is known."""
        present = self.device_of(user_id, sender_key)
        if present is not None or user_id not in self.device_store.users:
            return present
        devices = self.device_store[user_id].values()
        return next((device for device in devices if device.curve25519 == sender_key), None)

    def devices_of(self, user_id: str) -> list[OlmDevice]:
        """Return the devices of ``user_id`` but this one."""
        if user_id not in self.device_store.users:
            return []
        return [
            device
            for device in self.device_store.active_user_devices(user_id)
            if (device.user_id, device.device_id) != (self.user_id, self.device_id)
        ]

    @property
    def own_device(self) -> OlmDevice:
        """This device, as others see it."""
        keys = {"ed25519": self.ed25519, "curve25519": self.curve25519}
        return OlmDevice(self.user_id, self.device_id, keys)

    def signed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``content`` with this device's signature (Matrix 1.16, appendices 3.1)."""
        signature = self.sign_json(dict(content))
        return {**content, "signatures": {self.user_id: {f"ed25519:{self.device_id}": signature}}}

    def device_keys(self) -> dict[str, Any]:
        """Return what others may know of this device (Matrix 1.16, ``DeviceKeys``), signed."""
        return self.signed(
            {
                "algorithms": [OLM, MEGOLM],
                "device_id": self.device_id,
                "user_id": self.user_id,
                "keys": {
                    f"curve25519:{self.device_id}": self.curve25519,
                    f"ed25519:{self.device_id}": self.ed25519,
                },
            }
        )

    def fallback_key(self) -> dict[str, str]:
        """Return the fallback key that is not published yet, by its id, made if there is none."""
        account = self.account._account  # noqa: SLF001  nio knows no fallback keys
        if not account.fallback_key:
            account.generate_fallback_key()
        return {name: key.to_base64() for name, key in account.fallback_key.items()}


def _olm_message(kind: object, body: str) -> vodozemac.PreKeyMessage | vodozemac.AnyOlmMessage:
    if kind == 0:
        return vodozemac.PreKeyMessage.from_base64(body)
    if kind == 1:
        return vodozemac.AnyOlmMessage.normal(decode_base64(body))
    raise ValueError("an unknown kind of Olm message")
