"""Attendee: what a member answered to a meeting; one answer counts, and it may wait for a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
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
from bot.storage.member import Member, member
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
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("answer", Text, nullable=False, info=WORDS),
    Column("said", Text, nullable=False, info=WORDS),
    Column("answered_at", UtcDateTime, nullable=False, info=FACT),
    Column("turn", Integer, nullable=False, info=NOBODY),
    Column("is_subscribed", Boolean, nullable=False, info=WORDS),
    info=personal(Purpose.GATHER, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_attendee_turn", attendee.c.meeting_id, attendee.c.answer, attendee.c.turn)
Index("ix_attendee_user_id", attendee.c.user_id)


@dataclass(frozen=True, slots=True)
class Attendee:
    """What ``user_id`` answered to ``C<meeting_id>``: ``answer`` counts.

    ``said`` are the answers that still stand (``going,maybe``), the newest last: somebody may react
    twice, and taking the newer reaction back leaves the older. ``turn`` orders the waiting list.
    ``is_subscribed`` tells that they want the reminders without an answer.
    """

    meeting_id: int
    user_id: UserId
    answer: Answer
    said: str
    answered_at: datetime
    turn: int = 0
    is_subscribed: bool = False


_COLUMNS = [attendee.c[name] for name in Attendee.__slots__]


async def get(reader: Reader, number: int, user: UserId) -> Attendee | None:
    """Return what ``user`` answered, if anything."""
    statement = select(*_COLUMNS).where(attendee.c.meeting_id == number, attendee.c.user_id == user)
    row = (await reader.execute(statement)).first()
    return _attendee(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def put(transaction: Transaction, item: Attendee) -> None:
    """Note an answer, over what was answered before."""
    names = [name for name in Attendee.__slots__ if name not in ("meeting_id", "user_id")]
    statement = upsert(transaction, attendee, ("meeting_id", "user_id"), *names)
    await transaction.execute(statement, {name: getattr(item, name) for name in Attendee.__slots__})


async def counts(reader: Reader, number: int) -> dict[Answer, int]:
    """Return how many gave each answer."""
    return (await counts_of(reader, [number])).get(number, {})


async def counts_of(reader: Reader, numbers: Sequence[int]) -> dict[int, dict[Answer, int]]:
    """Return how many gave each answer, by meeting."""
    statement = (
        select(attendee.c.meeting_id, attendee.c.answer, func.count().label("n"))
        .where(attendee.c.meeting_id.in_(list(numbers)))
        .group_by(attendee.c.meeting_id, attendee.c.answer)
    )
    found: dict[int, dict[Answer, int]] = {}
    for row in await reader.execute(statement):
        found.setdefault(int(row.meeting_id), {})[Answer(row.answer)] = int(row.n)
    return found


async def last_turn(reader: Reader, number: int) -> int:
    """Return the highest turn that was given out."""
    statement = select(func.max(attendee.c.turn)).where(attendee.c.meeting_id == number)
    return int((await reader.execute(statement)).scalar() or 0)


async def promote(transaction: Transaction, number: int, places: int, at: datetime) -> list[UserId]:
    """Let the first ``places`` of the waiting list in; return who they are, in their order."""
    statement = (
        select(attendee.c.user_id)
        .where(attendee.c.meeting_id == number, attendee.c.answer == Answer.WAITING)
        .order_by(attendee.c.turn)
        .limit(places)
    )
    users = [UserId(row.user_id) for row in await transaction.execute(statement)]
    if users:
        await transaction.execute(
            update(attendee)
            .where(attendee.c.meeting_id == number, attendee.c.user_id.in_(users))
            .values(answer=Answer.GOING, answered_at=at)
        )
    return users


async def place_in_line(reader: Reader, item: Attendee) -> int:
    """Return how many wait until it is the turn of ``item``, itself included."""
    statement = select(func.count()).where(
        attendee.c.meeting_id == item.meeting_id,
        attendee.c.answer == Answer.WAITING,
        attendee.c.turn <= item.turn,
    )
    return int((await reader.execute(statement)).scalar_one())


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told of a meeting, with what they chose; None where nothing was."""

    user_id: UserId
    answer: Answer
    answered_at: datetime
    chosen: Member


async def addressees(
    reader: Reader,
    number: int,
    answers: Sequence[Answer],
    *,
    after: str = "",
    only: str | None = None,
    limit: int = 1,
) -> list[Addressee]:
    """Return up to ``limit`` of who gave one of ``answers`` or subscribed, by id from ``after`` on.

    One query, however many they are. ``only`` asks for nobody but that one.
    """
    is_meant = attendee.c.user_id > after if only is None else attendee.c.user_id == only
    choices = [member.c[name] for name in Member.__slots__ if name != "user_id"]
    statement = (
        select(attendee.c.user_id.label("who"), attendee.c.answer, attendee.c.answered_at, *choices)
        .outerjoin(member, member.c.user_id == attendee.c.user_id)
        .where(
            attendee.c.meeting_id == number,
            is_meant,
            or_(attendee.c.answer.in_(list(answers)), attendee.c.is_subscribed),
        )
        .order_by(attendee.c.user_id)
        .limit(limit)
    )
    found = []
    for row in await reader.execute(statement):
        values = dict(row._mapping)  # noqa: SLF001  documented API
        user, answer = UserId(values.pop("who")), Answer(values.pop("answer"))
        at = values.pop("answered_at")
        found.append(Addressee(user, answer, at, Member(user, **values)))
    return found


async def of_user(reader: Reader, user: UserId) -> dict[int, Answer]:
    """Return what ``user`` answered, by meeting."""
    statement = select(attendee.c.meeting_id, attendee.c.answer).where(attendee.c.user_id == user)
    return {int(row.meeting_id): Answer(row.answer) for row in await reader.execute(statement)}


async def listed(reader: Reader, number: int) -> list[Attendee]:
    """Return everybody who answered, in the order in which they did."""
    statement = (
        select(*_COLUMNS)
        .where(attendee.c.meeting_id == number)
        .order_by(attendee.c.turn, attendee.c.user_id)
    )
    return [_attendee(dict(row._mapping)) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def erase(transaction: Transaction, number: int, user: UserId) -> bool:
    """Forget what ``user`` answered; return whether they had."""
    statement = delete(attendee).where(attendee.c.meeting_id == number, attendee.c.user_id == user)
    return (await transaction.execute(statement)).rowcount > 0


def _attendee(row: dict[str, object]) -> Attendee:
    values = {**row, "answer": Answer(str(row["answer"]))}
    return Attendee(**values)  # type: ignore[arg-type]  # columns and fields are the same names
