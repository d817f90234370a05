"""Wire: one parcel becomes one request, the same however often it is tried."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from bot import crash
from bot.ids import EventId, RoomId, TxnId
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.parse import ID_LIMIT
from bot.services import content as words
from bot.storage.outbox import Parcel

REDACTION = "m.room.redaction"
LEAVE = words.LEAVE
RELATED = "m.relates_to"

ABSENT = (403, 404)
"""What the server answers about a room in which the bot is not (any more)."""


def txn_id_of(epoch: str, parcel: Parcel) -> TxnId:
    """Return the transaction id of a parcel on the device of ``epoch``.

    The event type is part of it because the server's memory of transactions ignores the type: a
    redaction with a message's id would be answered 200 and do nothing.
    """
    digest = hashlib.sha256(f"{epoch}\0{parcel.event_type}\0{parcel.oid}".encode()).digest()
    return TxnId(urlsafe_b64encode(digest[:18]).decode())


async def put(
    server: Homeserver,
    cipher: Cipher,
    parcel: Parcel,
    txn_id: TxnId,
    target: EventId | None,
    *,
    is_encrypted: bool,
) -> EventId:
    """Send ``parcel`` once and return the id of its event.

    ``target`` is the event it relates to. Raises MatrixError, NetworkError or NotReadyError.
    """
    if parcel.event_type == LEAVE:
        return await _leave(server, parcel.room_id)
    content: Mapping[str, Any] = _content(parcel, target)
    if parcel.event_type == REDACTION:
        assert target is not None  # noqa: S101  a redaction is enqueued with a target
        url = client_path("rooms", parcel.room_id, "redact", target, txn_id)
    elif is_encrypted and parcel.event_type != "m.reaction":
        # Reactions are never encrypted (Matrix 1.16, 11.32): servers count them.
        content = await cipher.encrypt(parcel.room_id, parcel.event_type, content)
        url = client_path("rooms", parcel.room_id, "send", "m.room.encrypted", txn_id)
    else:
        url = client_path("rooms", parcel.room_id, "send", parcel.event_type, txn_id)
    answer = await server.request("PUT", url, json=content)
    event_id = answer.get("event_id")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= ID_LIMIT:
        raise NetworkError("the answer to a send has no event id")
    return EventId(event_id)


async def _leave(server: Homeserver, room: RoomId) -> EventId:
    """Leave ``room``; leaving twice is leaving once, so that no transaction id is needed.

    Return no event's id. Raises MatrixError or NetworkError.
    """
    try:
        await server.request("POST", client_path("rooms", room, "leave"), json={})
    except MatrixError as error:
        if error.status not in ABSENT:
            raise
    crash.point("trio.left")
    return EventId("")


def _content(parcel: Parcel, target: EventId | None) -> dict[str, Any]:
    content = dict(parcel.content)
    relation = content.get(RELATED)
    if target is not None and isinstance(relation, Mapping):
        content[RELATED] = {**relation, "event_id": target}
    return content
