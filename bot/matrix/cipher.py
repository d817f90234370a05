"""Cipher: what the sync loop and the sender need of end-to-end encryption."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from bot.ids import EventId, RoomId


class UnreadableError(Exception):
    """A ciphertext whose room key is not here (yet); ``session_id`` names the key."""

    def __init__(self, session_id: str | None) -> None:
        super().__init__("no room key")
        self.session_id = session_id


class NotReadyError(Exception):
    """Nothing can be encrypted now; the parcel waits, and never goes out as plaintext."""


class DeviceLostError(Exception):
    """This device cannot go on: its keys are gone, or are older than what it already said.

    Others encrypt to keys that nobody has, or see a ratchet take the same step twice. Only a new
    device helps.
    """


class Cipher(Protocol):
    """End-to-end encryption of one device."""

    async def receive(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """Take what a sync answer holds for the device; durable when it returns.

        Returns the ids of the room keys that came with it. Never raises for what others sent.
        """
        ...

    async def upkeep(self) -> frozenset[str]:
        """Do what the server and other devices wait for: upload, query and claim keys.

        Returns the ids of room keys that became usable by it. Never raises for trouble with the
        network: what could not be done is done at the next occasion.
        """
        ...

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the raw event with its decrypted type and content.

        Raises UnreadableError without the key, and MalformedEventError for what is not to be
        believed.
        """
        ...

    async def keep(self, event_ids: Collection[EventId]) -> None:
        """Make durable that these decrypted events were heard.

        Sent again as other events, their ciphertexts are refused, after a restart as well.
        """
        ...

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the content of an ``m.room.encrypted`` event; raises NotReadyError."""
        ...

    async def close(self) -> None:
        """Stop what is under way and close what is open."""
        ...


class NoCipher:
    """A device without keys: reads nothing that is encrypted, and sends nothing there."""

    async def receive(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """Take nothing."""
        del answer
        return frozenset()

    async def upkeep(self) -> frozenset[str]:
        """Do nothing."""
        return frozenset()

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raise UnreadableError."""
        del room
        content = raw.get("content")
        session = content.get("session_id") if isinstance(content, dict) else None
        raise UnreadableError(session if isinstance(session, str) else None)

    async def keep(self, event_ids: Collection[EventId]) -> None:
        """Keep nothing."""
        del event_ids

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Raise NotReadyError."""
        del room, event_type, content
        raise NotReadyError("this bot has no keys")

    async def close(self) -> None:
        """Do nothing."""
