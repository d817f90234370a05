"""Retour: what a community looks back on after one date of a meeting, once it was posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, select, update

from bot.ids import Oid, RoomId
from bot.storage.insert import upsert
from bot.storage.meeting import meeting
from bot.storage.personal import FACT, NOBODY, Belongs, Erasure, Purpose, Until, personal
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

retour = Table(
    "retour",
    metadata,
    Column(
        "meeting_id",
        Integer,
        ForeignKey("meeting.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("date", Text, primary_key=True, info=FACT),
    Column("present", Integer, nullable=True, info=FACT),
    Column("oid", Text, nullable=True, info=NOBODY),
    Column("edits", Json, nullable=False, info=NOBODY),
    Column("recalled_oid", Text, nullable=True, info=NOBODY),
    Column("posted_at", UtcDateTime, nullable=True, info=FACT),
    info=personal(
        Purpose.GATHER,
        Erasure.CHOSEN,
        until=Until.REMOVED,
        belongs=Belongs("meeting_id", "meeting"),
    ),
)


@dataclass(frozen=True, slots=True)
class Retour:
    """What is known of the retour on a date of ``C<meeting_id>``; the date is named as answers are.

    ``present`` is how many were there, as somebody counted; None where nobody did. ``oid`` is the
    message that shows it, posted at ``posted_at``, ``edits`` those that brought it up to date;
    ``recalled_oid`` reminded of it before the next date.
    """

    meeting_id: int
    date: str
    present: int | None = None
    oid: Oid | None = None
    edits: Sequence[Oid] = ()
    recalled_oid: Oid | None = None
    posted_at: datetime | None = None


_UNIQUE = ("meeting_id", "date")
_COLUMNS = [retour.c[name] for name in Retour.__slots__]


async def get(reader: Reader, number: int, date: str) -> Retour:
    """Return what is known of the retour on a date; of one that nobody touched, nothing."""
    statement = select(*_COLUMNS).where(retour.c.meeting_id == number, retour.c.date == date)
    row = (await reader.execute(statement)).first()
    return Retour(**row._mapping) if row else Retour(number, date)  # noqa: SLF001  documented API


async def put(transaction: Transaction, item: Retour) -> None:
    """Note what is known of a retour, over what was known before."""
    names = [name for name in Retour.__slots__ if name not in _UNIQUE]
    row = {name: getattr(item, name) for name in Retour.__slots__} | {"edits": list(item.edits)}
    await transaction.execute(upsert(transaction, retour, _UNIQUE, *names), row)


async def last_posted(reader: Reader, number: int, before: str) -> Retour | None:
    """Return the newest retour on a date of ``C<number>`` before another one that was posted."""
    statement = (
        select(*_COLUMNS)
        .where(retour.c.meeting_id == number, retour.c.oid.is_not(None), retour.c.date < before)
        .order_by(retour.c.date.desc())
        .limit(1)
    )
    row = (await reader.execute(statement)).first()
    return Retour(**row._mapping) if row else None  # noqa: SLF001  documented API


async def move(transaction: Transaction, new: RoomId) -> None:
    """Leave behind what was posted on the meetings that moved into ``new``: it cannot be edited."""
    moved = select(meeting.c.id).where(meeting.c.room_id == new)
    nothing: dict[str, object] = {"oid": None, "edits": [], "recalled_oid": None}
    await transaction.execute(update(retour).where(retour.c.meeting_id.in_(moved)).values(nothing))
