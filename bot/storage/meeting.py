"""Meeting: what a community comes together for, when and where; a series has a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.ids import EventId, Oid, RoomId, UserId
from bot.storage.attendee import attendee
from bot.storage.personal import (
    FACT,
    NOBODY,
    PERSON,
    WORDS,
    Erasure,
    Limit,
    Purpose,
    personal,
)
from bot.storage.portion import in_portions
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """Waiting for a yes before anybody sees it, to come (or over), or called off."""

    DRAFT = "draft"
    PLANNED = "planned"
    CANCELLED = "cancelled"


meeting = Table(
    "meeting",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("uid", Text, nullable=False, unique=True, info=NOBODY),
    Column("sequence", Integer, nullable=False, info=NOBODY),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("organiser", Text, nullable=False, info=PERSON),
    Column("title", Text, nullable=False, info=WORDS),
    Column("description", Text, nullable=True, info=WORDS),
    Column("place", Text, nullable=True, info=WORDS),
    Column("link", Text, nullable=True, info=WORDS),
    Column("programme", Text, nullable=True, info=WORDS),
    Column("wall", Text, nullable=False, info=WORDS),
    Column("zone", Text, nullable=False, info=WORDS),
    Column("starts_at", UtcDateTime, nullable=False, info=FACT),
    Column("over_at", UtcDateTime, nullable=True, info=FACT),
    Column("duration_minutes", Integer, nullable=True, info=FACT),
    Column("is_all_day", Boolean, nullable=False, info=FACT),
    Column("rrule", Text, nullable=True, info=WORDS),
    Column("other_at", UtcDateTime, nullable=True, info=FACT),
    Column("capacity", Integer, nullable=True, info=WORDS),
    Column("deadline", UtcDateTime, nullable=True, info=WORDS),
    Column("offsets", Text, nullable=True, info=WORDS),
    Column("language", Text, nullable=False, info=WORDS),
    Column("state", Text, nullable=False, info=FACT),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    Column("card_oid", Text, nullable=True, info=NOBODY),
    Column("card_at", UtcDateTime, nullable=True, info=NOBODY),
    Column("card_date", Text, nullable=True, info=NOBODY),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.GATHER,
        Erasure.CHOSEN,
        Limit("created_at", days=7, only=("state", "draft")),
        Limit("over_at", days=3 * 365),
        due_kinds=("meeting_reminder", "meeting_news", "meeting_card", "retour", "retour_renewal"),
    ),
)
Index("ix_meeting_room_id", meeting.c.room_id, meeting.c.over_at)
Index("ix_meeting_over_at", meeting.c.over_at)


@dataclass(frozen=True, slots=True)
class Meeting:
    """``C<id>``: what people come together for in ``room_id``, said by ``organiser``.

    ``wall`` is the local start of the first date (``2026-10-20T12:30``) in the IANA ``zone``, and
    ``starts_at`` the same as an instant; with an ``rrule`` (RFC 5545) the later dates are computed
    from the wall time. ``duration_minutes`` counts wall time; None where no end was said.
    ``over_at`` is when the last date is over, None for a rule without an end. ``other_at`` is the
    second meaning of the date of a draft. ``deadline`` ends the registration. ``offsets`` are the
    reminders (``7d,1d,1h``), empty for none, None for what the room chose. ``uid`` and ``sequence``
    are those of iCalendar. ``card_oid`` is the message that shows it in its room, ``card_at`` when
    that was last brought up to date, ``card_date`` which date of a series it shows, as
    `bot.storage.attendee.Attendee` names it.
    """

    uid: str
    room_id: RoomId
    organiser: UserId
    title: str
    wall: str
    zone: str
    starts_at: datetime
    language: str
    source_event_id: EventId
    created_at: datetime
    changed_at: datetime
    over_at: datetime | None = None
    duration_minutes: int | None = None
    is_all_day: bool = False
    rrule: str | None = None
    other_at: datetime | None = None
    description: str | None = None
    place: str | None = None
    link: str | None = None
    programme: str | None = None
    capacity: int | None = None
    deadline: datetime | None = None
    offsets: str | None = None
    state: State = State.PLANNED
    sequence: int = 0
    card_oid: Oid | None = None
    card_at: datetime | None = None
    card_date: str | None = None
    id: int = 0


_NAMES = [field.name for field in fields(Meeting)]
_COLUMNS = [meeting.c[name] for name in _NAMES]
_KEPT = frozenset({"id", "uid", "organiser", "source_event_id", "created_at"})
"""What never changes once it is there."""


async def create(transaction: Transaction, item: Meeting) -> Meeting:
    """Keep a new meeting; return it with its id."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(meeting).values(row).returning(meeting.c.id)
    return replace(item, id=int((await transaction.execute(statement)).scalar_one()))


async def save(transaction: Transaction, item: Meeting) -> None:
    """Write all that may change of a meeting that is there."""
    row = {name: getattr(item, name) for name in _NAMES if name not in _KEPT}
    await transaction.execute(update(meeting).where(meeting.c.id == item.id).values(row))


async def note_card(
    transaction: Transaction, number: int, oid: Oid, at: datetime, date: str
) -> None:
    """Note which message shows which date in the room, and when it was brought up to date."""
    values = {"card_oid": oid, "card_at": at, "card_date": date}
    await transaction.execute(update(meeting).where(meeting.c.id == number).values(values))


async def get(reader: Reader, number: int) -> Meeting | None:
    """Return ``C<number>``, if there is one."""
    return next(iter(await _all(reader, meeting.c.id == number)), None)


async def of_source(reader: Reader, event_id: EventId) -> Meeting | None:
    """Return the meeting that the command ``event_id`` made."""
    found = await _all(reader, meeting.c.source_event_id == event_id)
    return found[0] if found else None


async def of_uids(reader: Reader, uids: Sequence[str]) -> dict[str, Meeting]:
    """Return the meetings that calendars know by one of ``uids``."""
    return {item.uid: item for item in await _all(reader, meeting.c.uid.in_(uids))}


async def to_come(reader: Reader, rooms: Iterable[RoomId], now: datetime) -> list[Meeting]:
    """Return what is planned in ``rooms`` and has a date that is not over at ``now``."""
    is_there = meeting.c.room_id.in_(list(rooms)) & (meeting.c.state == State.PLANNED)
    return await _all(reader, is_there, _is_over_after(now))


async def shown_since(reader: Reader, rooms: Iterable[RoomId], at: datetime) -> list[Meeting]:
    """Return what ``rooms`` were shown, called off or not, and was not over yet at ``at``."""
    is_there = meeting.c.room_id.in_(list(rooms)) & (meeting.c.state != State.DRAFT)
    return await _all(reader, is_there, _is_over_after(at))


async def known_uids(reader: Reader, rooms: Iterable[RoomId]) -> frozenset[str]:
    """Return the UIDs of all that is kept of ``rooms``."""
    statement = select(meeting.c.uid).where(meeting.c.room_id.in_(list(rooms)))
    return frozenset(str(row.uid) for row in await reader.execute(statement))


async def answered_by(reader: Reader, room: RoomId, user: UserId, now: datetime) -> list[Meeting]:
    """Return what is to come in ``room`` that ``user`` answered to, or follows."""
    answered = select(attendee.c.meeting_id).where(attendee.c.user_id == user)
    return await _all(
        reader,
        meeting.c.id.in_(answered),
        meeting.c.room_id == room,
        meeting.c.state != State.CANCELLED,
        _is_over_after(now),
    )


async def rooms_since(reader: Reader, at: datetime) -> frozenset[RoomId]:
    """Return the rooms that were shown something that was not over yet at ``at``."""
    is_shown = (meeting.c.state != State.DRAFT) & _is_over_after(at)
    found = await reader.execute(select(meeting.c.room_id).distinct().where(is_shown))
    return frozenset(RoomId(row.room_id) for row in found)


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Have the meetings of ``old`` take place in ``new``; what shows them there comes anew."""
    await transaction.execute(
        update(meeting)
        .where(meeting.c.room_id == old)
        .values(room_id=new, card_oid=None, card_at=None, card_date=None)
    )


async def erase(transaction: Transaction, number: int) -> bool:
    """Delete a meeting with all that belongs to it; return whether it was there."""
    return (await transaction.execute(delete(meeting).where(meeting.c.id == number))).rowcount > 0


def _is_over_after(at: datetime) -> ColumnElement[bool]:
    return or_(meeting.c.over_at.is_(None), meeting.c.over_at > at)


async def _all(reader: Reader, *conditions: object) -> list[Meeting]:
    statement = (
        select(*_COLUMNS)
        .where(*conditions)  # type: ignore[arg-type]  # SQLAlchemy's own expressions
        .order_by(meeting.c.starts_at, meeting.c.id)
    )
    rows = in_portions(await reader.execute(statement))
    return [_meeting(dict(row._mapping)) async for row in rows]  # noqa: SLF001  documented API


def _meeting(row: dict[str, object]) -> Meeting:
    values = {**row, "state": State(str(row["state"]))}
    return Meeting(**values)  # type: ignore[arg-type]  # columns and fields are the same names
