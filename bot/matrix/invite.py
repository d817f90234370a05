"""Invite: reads the stripped state with which a server tells of an invitation."""

import logging
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.ids import EventId, RoomId, UserId
from bot.matrix.parse import MalformedEventError, mapping_of, text_of
from bot.model import Invite

log = logging.getLogger(__name__)


def read(
    room: RoomId, raw: Mapping[str, Any], invited: UserId, token: str, now: datetime
) -> Invite | None:
    """Return the invite for ``invited`` in one entry of ``rooms.invite``; None if there is none.

    The invited see no event id (Matrix 1.16, stripped state): the room and the sync ``token`` with
    which the invite came stand for it. Malformed events are passed over.
    """
    state = raw.get("invite_state")
    events = state.get("events") if isinstance(state, dict) else None
    for event in events if isinstance(events, list) else []:
        try:
            found = _of(mapping_of(event), room, invited, token, now)
        except MalformedEventError:
            log.warning("event=invite_malformed room=%s", room)
            continue
        if found is not None:
            return found
    return None


def _of(
    event: Mapping[str, Any], room: RoomId, invited: UserId, token: str, now: datetime
) -> Invite | None:
    content = mapping_of(event.get("content"))
    if event.get("state_key") != invited or content.get("membership") != "invite":
        return None
    return Invite(
        event_id=EventId(f"invite:{sha256(f'{room} {token}'.encode()).hexdigest()[:32]}"),
        room_id=room,
        sender=UserId(text_of(event.get("sender"))),
        sent_at=now,
        received_at=now,
        is_direct=content.get("is_direct") is True,
    )
