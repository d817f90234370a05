"""Voice: what somebody takes away from a date of a meeting, shown once they approved how."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, select

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Asked for, to be asked for again, not to be shown, said and not approved, or approved."""

    ASKED = "asked"
    LATER = "later"
    DECLINED = "declined"
    DRAFT = "draft"
    SIGNED = "signed"
    ANONYMOUS = "anonymous"


SHOWN = (State.SIGNED, State.ANONYMOUS)
"""What others may read."""

_DAYS = 3 * 365
_WAITING_DAYS = 90

voice = Table(
    "voice",
    metadata,
    Column(
        "meeting_id",
        Integer,
        ForeignKey("meeting.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("date", Text, primary_key=True, info=FACT),
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("state", Text, nullable=False, info=FACT),
    Column("text", Text, nullable=True, info=WORDS),
    Column("name", Text, nullable=True, info=WORDS),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    info=personal(
        Purpose.GATHER,
        Erasure.DELETED,
        Limit("at", days=_WAITING_DAYS, only=("state", State.DRAFT.value)),
        Limit("at", days=_DAYS),
    ),
)
Index("ix_voice_user_id", voice.c.user_id)


@dataclass(frozen=True, slots=True)
class Voice:
    """What ``user_id`` takes away from a date of ``C<meeting_id>``, named as answers are.

    ``text`` is what they said, ``name`` how they would be signed, as it was shown to them. ``at``
    is when it came to its ``state``.
    """

    meeting_id: int
    date: str
    user_id: UserId
    state: State
    at: datetime
    text: str | None = None
    name: str | None = None


_UNIQUE = ("meeting_id", "date", "user_id")
_COLUMNS = [voice.c[name] for name in Voice.__slots__]


async def get(reader: Reader, number: int, date: str, user: UserId) -> Voice | None:
    """Return what became of the question to ``user``, None for who was not asked."""
    statement = select(*_COLUMNS).where(
        voice.c.meeting_id == number, voice.c.date == date, voice.c.user_id == user
    )
    row = (await reader.execute(statement)).first()
    return _voice(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def put(transaction: Transaction, item: Voice) -> None:
    """Note a voice, over what was noted before."""
    names = [name for name in Voice.__slots__ if name not in _UNIQUE]
    row = {name: getattr(item, name) for name in Voice.__slots__}
    await transaction.execute(upsert(transaction, voice, _UNIQUE, *names), row)


async def states(
    reader: Reader, number: int, date: str, users: Collection[UserId]
) -> dict[UserId, State]:
    """Return what became of the question to each of ``users`` who was asked."""
    statement = select(voice.c.user_id, voice.c.state).where(
        voice.c.meeting_id == number, voice.c.date == date, voice.c.user_id.in_(list(users))
    )
    return {UserId(row.user_id): State(row.state) for row in await reader.execute(statement)}


async def shown(reader: Reader, number: int, date: str) -> list[Voice]:
    """Return what may be shown of a date, in the order in which it was approved."""
    statement = (
        select(*_COLUMNS)
        .where(voice.c.meeting_id == number, voice.c.date == date, voice.c.state.in_(SHOWN))
        .order_by(voice.c.at, voice.c.user_id)
    )
    return [_voice(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def shown_of(reader: Reader, user: UserId) -> Sequence[tuple[int, str]]:
    """Return the meetings and dates of which something of ``user`` may be shown."""
    statement = (
        select(voice.c.meeting_id, voice.c.date)
        .where(voice.c.user_id == user, voice.c.state.in_(SHOWN))
        .order_by(voice.c.meeting_id, voice.c.date)
    )
    return [(int(row.meeting_id), str(row.date)) for row in await reader.execute(statement)]


def _voice(row: dict[str, object]) -> Voice:
    return Voice(**{**row, "state": State(str(row["state"]))})  # type: ignore[arg-type]  # same names
