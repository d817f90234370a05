"""Shown: what the rooms show of the bot's acts, so that it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from bot.ids import EventId, Oid, RoomId
from bot.storage import attachment
from bot.storage.echo import echo
from bot.storage.outbox import State, mark_all_sent, outbox
from bot.storage.post import Withdrawal
from bot.storage.transaction import Reader, Transaction

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
    statement = (
        select(outbox.c.oid, outbox.c.room_id, outbox.c.conversation)
        .where(_shows(oids), outbox.c.state.in_((State.PENDING, State.SENT)))
        .order_by(outbox.c.seq)
    )
    return [Shown(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def withdraw(transaction: Transaction, oids: Sequence[Oid], at: datetime) -> frozenset[Oid]:
    """Send no more what waits of the acts ``oids`` and of what is added to them.

    Its words are deleted. Return what it was: one of them may be on the wire at this moment.
    """
    statement = select(outbox.c.oid).where(_shows(oids), outbox.c.state == State.PENDING)
    waiting = frozenset(Oid(str(row[0])) for row in await transaction.execute(statement))
    if waiting:
        gone = {"content": None, "fallback": None, "sent_at": at}
        await transaction.execute(
            update(outbox).where(outbox.c.oid.in_(waiting)).values(state=State.WITHDRAWN, **gone)
        )
        await attachment.remove(transaction, sorted(waiting))
        transaction.announce(Withdrawal(waiting))
    return waiting


async def withdrawn_of(reader: Reader, oids: Sequence[Oid]) -> frozenset[Oid]:
    """Return which of the acts ``oids`` were withdrawn, and not sent as far as is known."""
    statement = select(outbox.c.oid).where(
        outbox.c.oid.in_(oids), outbox.c.state == State.WITHDRAWN
    )
    return frozenset(Oid(str(row[0])) for row in await reader.execute(statement))


async def claim(transaction: Transaction, oids: Sequence[Oid], at: datetime) -> None:
    """Note as sent what was withdrawn of the acts ``oids`` and came back all the same."""
    statement = (
        select(outbox.c.oid, echo.c.event_id)
        .join(echo, echo.c.oid == outbox.c.oid)
        .where(_shows(oids), outbox.c.state == State.WITHDRAWN)
    )
    came = {Oid(row.oid): EventId(row.event_id) for row in await transaction.execute(statement)}
    await mark_all_sent(transaction, {oid: (event, at) for oid, event in came.items()})


def _shows(oids: Sequence[Oid]) -> ColumnElement[bool]:
    """Hold for the acts ``oids`` and what was added to them, unless it is redacted already."""
    redaction = outbox.alias("redaction")
    is_redacted = (
        select(redaction.c.seq)
        .where(redaction.c.event_type == _REDACTION, redaction.c.target == "oid:" + outbox.c.oid)
        .exists()
    )
    is_it: ColumnElement[bool] = outbox.c.oid.in_(oids) | outbox.c.target.in_(
        [f"oid:{oid}" for oid in oids]
    )
    return is_it & (outbox.c.event_type != _REDACTION) & ~is_redacted
