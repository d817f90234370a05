"""Entry: what is kept in the journal of an event that is for the bot."""

from collections.abc import Sequence
from datetime import datetime

from bot.ids import UserId
from bot.matrix.batch import Unreadable
from bot.model import Event, Membership, kind_of, to_payload
from bot.storage import inbox


def entries(
    picked: Sequence[Event | Unreadable], now: datetime, *, is_late: bool
) -> list[inbox.Entry]:
    """Return the rows of ``picked``, to be handled in this order."""
    return [_entry_of(item, now, is_late=is_late) for item in picked]


def _entry_of(item: Event | Unreadable, now: datetime, *, is_late: bool) -> inbox.Entry:
    if isinstance(item, Unreadable):
        return inbox.Entry(
            event_id=item.event_id,
            room_id=item.room_id,
            sender=item.sender,
            kind="unreadable",
            payload=dict(item.raw),
            received_at=now,
            state=inbox.State.UNREADABLE,
            session_id=item.session_id,
            is_late=is_late,
        )
    return inbox.Entry(
        event_id=item.event_id,
        room_id=item.room_id,
        # Who comes into a room has not used the bot: nothing of them outlives the handling.
        sender=UserId("") if isinstance(item, Membership) else item.sender,
        kind=kind_of(item),
        payload=to_payload(item),
        received_at=now,
        is_late=is_late,
    )
