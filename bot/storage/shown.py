"""Shown: what the rooms show of the bot's acts, so that it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.ids import Oid, RoomId
from bot.storage.outbox import State, outbox
from bot.storage.transaction import Reader

_REDACTION = "m.room.redaction"


@dataclass(frozen=True, slots=True)
class Shown:
    """One act that shows, or will, in ``room_id``; ``conversation`` is what it waits behind."""

    oid: Oid
    room_id: RoomId
    conversation: str


async def shown_of(reader: Reader, oids: Sequence[Oid]) -> list[Shown]:
    """Return what the rooms show, or will, of the acts ``oids`` and of what was added to them.

    Their edits are among them: they stay readable when only the edited message is redacted.
    """
    targets = [f"oid:{oid}" for oid in oids]
    redaction = outbox.alias("redaction")
    is_redacted = (
        select(redaction.c.seq)
        .where(redaction.c.event_type == _REDACTION, redaction.c.target == "oid:" + outbox.c.oid)
        .exists()
    )
    statement = (
        select(outbox.c.oid, outbox.c.room_id, outbox.c.conversation)
        .where(outbox.c.oid.in_(oids) | outbox.c.target.in_(targets))
        .where(outbox.c.state.in_((State.PENDING, State.SENT)))
        .where(outbox.c.event_type != _REDACTION, ~is_redacted)
        .order_by(outbox.c.seq)
    )
    return [Shown(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API
