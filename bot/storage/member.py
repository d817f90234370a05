"""Member: what a member chose for speaking with the bot, in every room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Table, Text, delete, select

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Notified(StrEnum):
    """How a member is told of what they come to: alone, by name in the room, or not at all."""

    DIRECT = "direct"
    MENTION = "mention"
    NOTHING = "nothing"


member = Table(
    "member",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("language", Text, nullable=True, info=WORDS),
    Column("timezone", Text, nullable=True, info=WORDS),
    Column("paused_until", UtcDateTime, nullable=True, info=WORDS),
    Column("notified", Text, nullable=True, info=WORDS),
    info=personal(Purpose.SPEAK, Erasure.DELETED, until=Until.CHANGED),
)


@dataclass(frozen=True, slots=True)
class Member:
    """The choices of one member; None where nothing was chosen.

    ``language`` is a code such as ``fr``, ``timezone`` an IANA name. Until ``paused_until`` the bot
    says nothing to the member that was not asked for. ``notified`` is how they hear of meetings.
    """

    user_id: UserId
    language: str | None = None
    timezone: str | None = None
    paused_until: datetime | None = None
    notified: str | None = None


_COLUMNS = [member.c[name] for name in Member.__slots__]


async def get(reader: Reader, user_id: UserId) -> Member:
    """Return what ``user_id`` chose; of somebody unknown, a member who chose nothing."""
    statement = select(*_COLUMNS).where(member.c.user_id == user_id)
    row = (await reader.execute(statement)).first()
    return Member(**row._mapping) if row else Member(user_id)  # noqa: SLF001  documented API


async def set_language(transaction: Transaction, user_id: UserId, language: str | None) -> None:
    """Note the member's language, or None to follow the room again."""
    await _set(transaction, user_id, "language", language)


async def set_timezone(transaction: Transaction, user_id: UserId, timezone: str | None) -> None:
    """Note the member's IANA zone, or None to follow profile and room again."""
    await _set(transaction, user_id, "timezone", timezone)


async def set_pause(transaction: Transaction, user_id: UserId, until: datetime | None) -> None:
    """Note until when the member wants nothing unasked, or None to end the pause."""
    await _set(transaction, user_id, "paused_until", until)


async def set_notified(
    transaction: Transaction, user_id: UserId, notified: Notified | None
) -> None:
    """Note how the member wants to hear of meetings, or None for the usual way: directly."""
    await _set(transaction, user_id, "notified", notified)


async def forget(transaction: Transaction, user_id: UserId) -> None:
    """Delete all choices of ``user_id``."""
    await transaction.execute(delete(member).where(member.c.user_id == user_id))


async def _set(transaction: Transaction, user_id: UserId, column: str, value: object) -> None:
    statement = upsert(transaction, member, ("user_id",), column)
    await transaction.execute(statement, {"user_id": user_id, column: value})
