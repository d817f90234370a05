"""History: searches a room for something the bot may have sent with a device that is gone."""

from datetime import datetime, timedelta

from bot.ids import EventId, Oid, RoomId, UserId
from bot.matrix import gap, parse
from bot.matrix.cipher import Cipher, UnreadableError
from bot.matrix.http import Homeserver

MARGIN = timedelta(hours=1)
"""How much the server's clock may differ from ours when the search decides where to end."""


class NotReadableError(Exception):
    """Some of the bot's own events, ``event_ids``, could not be read: it may be among them."""

    def __init__(self, event_ids: list[EventId]) -> None:
        super().__init__("some of the bot's own events cannot be read")
        self.event_ids = event_ids


async def find(
    server: Homeserver, cipher: Cipher, user_id: UserId, room: RoomId, oid: Oid, since: datetime
) -> EventId | None:
    """Return the bot's event with ``oid`` sent after ``since``, or None if there is none.

    Raises NotReadableError when a ciphertext of the bot cannot be read, and what requests raise.
    """
    unreadable: list[EventId] = []
    earliest_ms = int((since - MARGIN).timestamp() * 1000)
    async for chunk in gap.pages(server, room, start=None, sender=user_id):
        for raw in chunk:
            if not isinstance(raw, dict) or raw.get("sender") != user_id:
                continue
            sent = raw.get("origin_server_ts")
            if isinstance(sent, int) and sent < earliest_ms:
                break
            event = raw
            if raw.get("type") == "m.room.encrypted":
                try:
                    event = dict(cipher.decrypt(room, raw))
                except (UnreadableError, parse.MalformedEventError):
                    unreadable.append(parse.event_id_of(raw))
                    continue
            if parse.oid_in(event.get("content")) == oid:
                return parse.event_id_of(raw)
        else:
            continue
        break
    if unreadable:
        raise NotReadableError(unreadable)
    return None
