"""Room event: turns the ciphertext of a room back into what its sender said."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from nio.crypto import InboundGroupSession

from bot.ids import RoomId
from bot.matrix.cipher import UnreadableError
from bot.matrix.encryption.device_list import DeviceLists
from bot.matrix.encryption.heard import Heard
from bot.matrix.encryption.machine import MEGOLM, Machine
from bot.matrix.parse import MalformedEventError, mapping_of, text_of

RELATED = "m.relates_to"


class RoomEvents:
    """Decrypts room events, and believes only what the sender's own device can have said.

    ``waiting`` are the ids of room keys that are here, but whose sender's device is not known yet,
    by user.
    """

    def __init__(self, machine: Machine, devices: DeviceLists) -> None:
        self._machine = machine
        self._devices = devices
        self._heard = Heard(machine.store)
        self.waiting: dict[str, set[str]] = {}

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the raw event with its decrypted type and content.

        Raises UnreadableError without the key or the sender's device, and MalformedEventError for
        what nobody can have meant: garbage, another room's key, what was sent before, state.
        """
        content = mapping_of(raw.get("content"))
        session_id = text_of(content.get("session_id"))
        if content.get("algorithm") != MEGOLM:
            raise MalformedEventError("an unknown algorithm")
        session = self._machine.inbound_group_store.find(session_id)
        if session is None:
            raise UnreadableError(session_id)
        if session.room_id != room:
            raise MalformedEventError("a room key of another room")
        self._check_sender(text_of(raw.get("sender")), session)
        try:
            plaintext, index = session.decrypt(content.get("ciphertext"))
        except (ValueError, TypeError) as error:
            if "unknown message index" in str(error):
                # Said before the key that is here begins; an earlier one may come.
                raise UnreadableError(session_id) from error
            raise MalformedEventError("a ciphertext that does not open") from error
        self._heard.check(session_id, index, text_of(raw.get("event_id")))
        return {**raw, **_payload(plaintext, room, content)}

    def keep(self, event_ids: Collection[str]) -> None:
        """Keep with the next commit that these were heard: none counts again after a restart."""
        self._heard.keep(event_ids)

    def _check_sender(self, sender: str, session: InboundGroupSession) -> None:
        """Raise unless the room key is of a device of ``sender``, even if that is gone by now."""
        device = self._machine.sender_of(sender, session.sender_key)
        if device is not None and device.ed25519 == session.ed25519:
            return
        if not self._devices.is_current(sender):
            self._devices.wanted.add(sender)
            self.waiting.setdefault(sender, set()).add(session.id)
        raise UnreadableError(session.id)


def _payload(plaintext: str, room: RoomId, sealed: Mapping[str, Any]) -> dict[str, Any]:
    """Return type and content of a decrypted payload; raises MalformedEventError."""
    try:
        payload = mapping_of(orjson.loads(plaintext))
    except ValueError as error:
        raise MalformedEventError("a payload that is no JSON") from error
    if payload.get("room_id") != room:
        raise MalformedEventError("a payload for another room")
    if "state_key" in payload:
        # State is never encrypted: this is somebody who tries to make himself an administrator.
        raise MalformedEventError("a payload that pretends to be state")
    content = mapping_of(payload.get("content"))
    if RELATED in sealed and RELATED not in content:
        content = {**content, RELATED: sealed[RELATED]}
    return {"type": text_of(payload.get("type")), "content": content}
