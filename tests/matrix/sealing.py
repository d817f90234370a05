"""A cipher for tests: what it seals says so, and everybody can read it."""

from collections.abc import Mapping
from typing import Any

from bot.ids import RoomId
from bot.matrix.cipher import NoCipher


class OpenCipher(NoCipher):
    """Puts the payload into an event of the encrypted type, and takes it out again."""

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        payload = raw["content"].get("payload")
        return {**raw, **payload} if payload else super().decrypt(room, raw)

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        del room
        return {"payload": {"type": event_type, "content": dict(content)}}
