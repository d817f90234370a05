"""Post: what the bot says of somebody, or is about to say, in whatever room."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, func, or_, select, update

from bot.ids import EventId, Oid, RoomId, UserId
from bot.storage.attachment import attachment
from bot.storage.direct_room import direct_room
from bot.storage.echo import echo
from bot.storage.experience import experience
from bot.storage.experience_showing import experience_showing
from bot.storage.outbox import State, outbox
from bot.storage.quote import quote
from bot.storage.room import room
from bot.storage.subject import is_about
from bot.storage.transaction import Reader, Transaction

_REDACTION = "m.room.redaction"


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the bot that names or quotes somebody, or shows what they shared.

    ``event_id`` is None for one that was not sent, as far as is known. The bot can take it back if
    ``is_reachable``: it is in the room, and the room was not replaced.
    """

    oid: Oid
    room_id: RoomId
    event_id: EventId | None
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Parcels that are not to be sent any more; announced once their rows are gone."""

    oids: frozenset[Oid]


async def of_user(reader: Reader, user: UserId, before: datetime | None = None) -> list[Post]:
    """Return what the bot said of ``user``, by whatever is left of it: outbox, note or echo.

    With ``before`` only what was enqueued before, or what the outbox does not hold any more.
    """
    said = _said_of(user).subquery()
    place = func.coalesce(direct_room.c.room_id, said.c.room_id)
    event = func.coalesce(outbox.c.event_id, said.c.event_id, echo.c.event_id)
    statement = (
        select(
            said.c.oid,
            place.label("room_id"),
            event.label("event_id"),
            (room.c.room_id.is_not(None) & room.c.replaced_by.is_(None)).label("is_reachable"),
        )
        .select_from(said)
        .outerjoin(outbox, outbox.c.oid == said.c.oid)
        .outerjoin(echo, echo.c.oid == said.c.oid)
        .outerjoin(direct_room, said.c.room_id == "direct:" + direct_room.c.user_id)
        .outerjoin(room, room.c.room_id == place)
        .order_by(said.c.oid)
    )
    if before is not None:
        statement = statement.where(or_(outbox.c.oid.is_(None), outbox.c.created_at < before))
    found: dict[str, Post] = {}
    for row in await reader.execute(statement):
        known = found.get(row.oid)
        if known is None or known.event_id is None:
            found[row.oid] = Post(**{**row._mapping, "is_reachable": bool(row.is_reachable)})  # noqa: SLF001  documented API
    return list(found.values())


async def withdraw(
    transaction: Transaction, user: UserId, before: datetime | None = None
) -> frozenset[Oid]:
    """Delete what waits to be said to ``user`` or of them, with its words; return what it was.

    Redactions stay. What was said to them is not known any more either.
    """
    said = _said_of(user).subquery()
    is_theirs = is_about(outbox, user) | outbox.c.oid.in_(select(said.c.oid))
    waits = (outbox.c.event_type != _REDACTION) & (outbox.c.state != State.SENT)
    if before is not None:
        is_theirs &= outbox.c.created_at < before
    result = await transaction.execute(select(outbox.c.oid).where(is_theirs, waits))
    oids = frozenset(Oid(str(row[0])) for row in result)
    if oids:
        await transaction.execute(delete(attachment).where(attachment.c.oid.in_(oids)))
        await transaction.execute(delete(outbox).where(outbox.c.oid.in_(oids)))
        transaction.announce(Withdrawal(oids))
    told = is_about(outbox, user) & (outbox.c.event_type != _REDACTION)
    if before is not None:
        told &= outbox.c.created_at < before
    await transaction.execute(delete(outbox).where(told))
    return oids


async def rename_card(transaction: Transaction, oid: Oid, card: str) -> None:
    """Let a reaction on the message ``oid`` be about something else: ``card``."""
    await transaction.execute(update(outbox).where(outbox.c.oid == oid).values(card=card))


async def forget(transaction: Transaction, user: UserId, oids: Collection[Oid]) -> None:
    """Forget that the messages ``oids`` name or quote ``user``, and that they came back."""
    for start in range(0, len(oids), _AT_ONCE):
        some = sorted(oids)[start : start + _AT_ONCE]
        is_it: ColumnElement[bool] = quote.c.oid.in_(some)
        await transaction.execute(delete(quote).where(is_it, quote.c.user_id == user))
        await transaction.execute(delete(echo).where(echo.c.oid.in_(some)))


_AT_ONCE = 500
"""Values in one statement; both engines take many more."""


def _said_of(user: UserId) -> CompoundSelect[Any]:
    showing = experience_showing
    own = select(experience.c.id).where(experience.c.author == user)
    return (
        select(quote.c.oid, quote.c.room_id, quote.c.event_id)
        .where(quote.c.user_id == user)
        .union(
            select(showing.c.oid, showing.c.room_id, showing.c.event_id).where(
                showing.c.experience_id.in_(own)
            )
        )
    )
