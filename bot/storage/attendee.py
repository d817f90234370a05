"""Attendee: what a member answered to one date of a meeting; one answer counts, or waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    or_,
    select,
    update,
)

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, NOBODY, PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Answer(StrEnum):
    """Comes, waits for a place, may come, does not come, or said nothing."""

    GOING = "going"
    WAITING = "waiting"
    MAYBE = "maybe"
    NOT_GOING = "not_going"
    NONE = "none"


attendee = Table(
    "attendee",
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
    Column("answer", Text, nullable=False, info=WORDS),
    Column("said", Text, nullable=False, info=WORDS),
    Column("answered_at", UtcDateTime, nullable=False, info=FACT),
    Column("turn", Integer, nullable=False, info=NOBODY),
    Column("is_subscribed", Boolean, nullable=False, info=WORDS),
    Column("came", Boolean, nullable=True, info=FACT),
    info=personal(Purpose.GATHER, Erasure.DELETED, until=Until.REMOVED),
)
Index(
    "ix_attendee_turn",
    attendee.c.meeting_id,
    attendee.c.date,
    attendee.c.answer,
    attendee.c.turn,
)
Index("ix_attendee_user_id", attendee.c.user_id)


@dataclass(frozen=True, slots=True)
class Attendee:
    """What ``user_id`` answered to a date of ``C<meeting_id>``: ``answer`` counts.

    ``date`` is the recurrence id of a date of a series (``20261020T103000Z``), and empty for a
    meeting that is none; with an empty one somebody also follows a whole series.
    ``said`` are the answers that still stand (``going,maybe``), the newest last: somebody may react
    twice, and taking the newer reaction back leaves the older. ``turn`` orders the waiting list.
    ``is_subscribed`` tells that they want the reminders without an answer. ``came`` is whether they
    were there, None where nobody said.
    """

    meeting_id: int
    date: str
    user_id: UserId
    answer: Answer
    said: str
    answered_at: datetime
    turn: int = 0
    is_subscribed: bool = False
    came: bool | None = None


_UNIQUE = ("meeting_id", "date", "user_id")
_COLUMNS = [attendee.c[name] for name in Attendee.__slots__]


async def get(reader: Reader, number: int, date: str, user: UserId) -> Attendee | None:
    """Return what ``user`` answered to a date, if anything."""
    statement = select(*_COLUMNS).where(_of(number, date), attendee.c.user_id == user)
    row = (await reader.execute(statement)).first()
    return _attendee(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def put(transaction: Transaction, item: Attendee) -> None:
    """Note an answer, over what was answered before."""
    await put_all(transaction, [item])


async def put_all(transaction: Transaction, items: Sequence[Attendee]) -> None:
    """Note answers, each over what was answered before."""
    names = [name for name in Attendee.__slots__ if name not in _UNIQUE]
    statement = upsert(transaction, attendee, _UNIQUE, *names)
    rows = [{name: getattr(item, name) for name in Attendee.__slots__} for item in items]
    if rows:
        await transaction.execute(statement, rows)


async def counts(reader: Reader, number: int, date: str) -> dict[Answer, int]:
    """Return how many gave each answer to a date."""
    statement = (
        select(attendee.c.answer, func.count().label("n"))
        .where(_of(number, date))
        .group_by(attendee.c.answer)
    )
    return {Answer(row.answer): int(row.n) for row in await reader.execute(statement)}


async def going(reader: Reader, numbers: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return how many come, by meeting and date."""
    statement = (
        select(attendee.c.meeting_id, attendee.c.date, func.count().label("n"))
        .where(attendee.c.meeting_id.in_(list(numbers)), attendee.c.answer == Answer.GOING)
        .group_by(attendee.c.meeting_id, attendee.c.date)
    )
    rows = await reader.execute(statement)
    return {(int(row.meeting_id), str(row.date)): int(row.n) for row in rows}


async def note_came(
    transaction: Transaction,
    number: int,
    date: str,
    users: Sequence[UserId],
    now: datetime,
    *,
    came: bool,
) -> None:
    """Note that ``users`` were there, or were not, whatever they answered before."""
    items = [Attendee(number, date, user, Answer.NONE, "", now, came=came) for user in users]
    rows = [{name: getattr(item, name) for name in Attendee.__slots__} for item in items]
    await transaction.execute(upsert(transaction, attendee, _UNIQUE, "came"), rows)


async def came(reader: Reader, number: int, date: str) -> int:
    """Return how many are known to have been there."""
    statement = select(func.count()).where(_of(number, date), attendee.c.came.is_(True))
    return int((await reader.execute(statement)).scalar_one())


async def last_turn(reader: Reader, number: int, date: str) -> int:
    """Return the highest turn that was given out for a date."""
    statement = select(func.max(attendee.c.turn)).where(_of(number, date))
    return int((await reader.execute(statement)).scalar() or 0)


async def promote(
    transaction: Transaction, number: int, date: str, places: int, at: datetime
) -> list[UserId]:
    """Let the first ``places`` of the waiting list in; return who they are, in their order."""
    statement = (
        select(attendee.c.user_id)
        .where(_of(number, date), attendee.c.answer == Answer.WAITING)
        .order_by(attendee.c.turn)
        .limit(places)
    )
    users = [UserId(row.user_id) for row in await transaction.execute(statement)]
    if users:
        await transaction.execute(
            update(attendee)
            .where(_of(number, date), attendee.c.user_id.in_(users))
            .values(answer=Answer.GOING, answered_at=at)
        )
    return users


async def place_in_line(reader: Reader, item: Attendee) -> int:
    """Return how many wait until it is the turn of ``item``, itself included."""
    statement = select(func.count()).where(
        _of(item.meeting_id, item.date),
        attendee.c.answer == Answer.WAITING,
        attendee.c.turn <= item.turn,
    )
    return int((await reader.execute(statement)).scalar_one())


async def of_user(reader: Reader, user: UserId) -> dict[tuple[int, str], Answer]:
    """Return what ``user`` answered, by meeting and date."""
    columns = (attendee.c.meeting_id, attendee.c.date, attendee.c.answer)
    rows = await reader.execute(select(*columns).where(attendee.c.user_id == user))
    return {(int(row.meeting_id), str(row.date)): Answer(row.answer) for row in rows}


async def meetings_of(
    reader: Reader, user: UserId, answers: Sequence[Answer], since: str
) -> frozenset[int]:
    """Return the meetings to which ``user`` gave one of ``answers``; of series, since a date."""
    in_time = or_(attendee.c.date == "", attendee.c.date >= since)
    statement = select(attendee.c.meeting_id).where(
        attendee.c.user_id == user, attendee.c.answer.in_(list(answers)), in_time
    )
    return frozenset(int(row.meeting_id) for row in await reader.execute(statement))


async def dates_of(
    reader: Reader, number: int, *, user: UserId | None = None, answer: Answer | None = None
) -> list[str]:
    """Return to which dates there is an answer (``answer``, of ``user``), the earliest first."""
    statement = select(attendee.c.date).distinct().where(attendee.c.meeting_id == number)
    if user is not None:
        statement = statement.where(attendee.c.user_id == user)
    if answer is not None:
        statement = statement.where(attendee.c.answer == answer)
    rows = await reader.execute(statement.order_by(attendee.c.date))
    return [str(row.date) for row in rows]


async def listed(reader: Reader, number: int, date: str | None = None) -> list[Attendee]:
    """Return everybody who answered (to one date), in the order in which they did."""
    is_it = attendee.c.meeting_id == number if date is None else _of(number, date)
    statement = select(*_COLUMNS).where(is_it).order_by(attendee.c.turn, attendee.c.user_id)
    return [_attendee(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def erase(
    transaction: Transaction, number: int, date: str, user: UserId | None = None
) -> None:
    """Forget what ``user``, or everybody, answered to a date."""
    whose = _of(number, date) if user is None else _of(number, date) & (attendee.c.user_id == user)
    await transaction.execute(delete(attendee).where(whose))


def _of(number: int, date: str) -> ColumnElement[bool]:
    return (attendee.c.meeting_id == number) & (attendee.c.date == date)


def _attendee(row: dict[str, object]) -> Attendee:
    values = {**row, "answer": Answer(str(row["answer"]))}
    return Attendee(**values)  # type: ignore[arg-type]  # columns and fields are the same names
