"""Letter material: what happened in rooms in a period, by indexes alone, however much there is."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from bot.ids import ANONYMOUS, RoomId, UserId
from bot.storage import experience as stored
from bot.storage.consent import consent
from bot.storage.experience import Experience, Visibility, experience
from bot.storage.experience_interest import experience_interest
from bot.storage.meeting import State as Meeting
from bot.storage.meeting import meeting
from bot.storage.onboarding import onboarding
from bot.storage.transaction import Reader

_NEWEST_REUSES = 100
"""Of how many reuses the authors are looked for who are to be thanked."""


@dataclass(frozen=True, slots=True)
class Span:
    """What may be told: of ``rooms``, and with ``is_widened`` what their authors opened to all.

    Of the ``hidden`` rooms nothing is told. Aware UTC, ``since`` is part of it, ``until``
    is not.
    """

    rooms: tuple[RoomId, ...]
    since: datetime
    until: datetime
    is_widened: bool = False
    hidden: frozenset[RoomId] = frozenset()

    @property
    def told_rooms(self) -> list[RoomId]:
        """Return the rooms of which something may be told that is not an experience."""
        return [room for room in self.rooms if room not in self.hidden]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom a letter tells, and a room that they are known in."""

    user_id: UserId
    room_id: RoomId


async def first_number(reader: Reader, at: datetime) -> int | None:
    """Return the first experience told at or after ``at``; numbers grow with time."""
    statement = (
        select(experience.c.id)
        .where(experience.c.created_at >= at)
        .order_by(experience.c.created_at, experience.c.id)
        .limit(1)
    )
    found = (await reader.execute(statement)).scalar()
    return None if found is None else int(found)


async def newest(
    reader: Reader, span: Span, limit: int, *, is_reuse: bool
) -> tuple[list[Experience], int]:
    """Return the newest experiences of a span, and how many there are.

    With ``is_reuse`` those that take another one up, else those that do not.
    """
    start = await first_number(reader, span.since)
    if start is None:
        return [], 0
    conditions = [*_of(span, start), _reuse(is_reuse=is_reuse)]
    count = select(func.count()).where(*conditions)
    total = int((await reader.execute(count)).scalar_one())
    if not total:
        return [], 0
    numbers = select(experience.c.id).where(*conditions).order_by(experience.c.id.desc())
    rows = await reader.execute(numbers.limit(limit))
    return await stored.get_all(reader, [int(row[0]) for row in rows]), total


async def most_wanted(reader: Reader, span: Span) -> tuple[Experience, int] | None:
    """Return the experience that most people of the span's time want at their place, and how many.

    One alone is no reason to tell of it.
    """
    wanted = func.count().label("wanted")
    statement = (
        select(experience_interest.c.experience_id, wanted)
        .join(experience, experience.c.id == experience_interest.c.experience_id)
        .where(experience_interest.c.at >= span.since, experience_interest.c.at < span.until)
        .where(_seen(span))
        .group_by(experience_interest.c.experience_id)
        .having(func.count() > 1)
        .order_by(wanted.desc(), experience_interest.c.experience_id.desc())
        .limit(1)
    )
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    found = await stored.get(reader, int(row.experience_id))
    return None if found is None else (found, int(row.wanted))


async def closing(reader: Reader, span: Span, until: datetime, limit: int) -> list[int]:
    """Return the meetings that take answers until a time between the span and ``until``."""
    statement = (
        select(meeting.c.id)
        .where(meeting.c.room_id.in_(span.told_rooms), meeting.c.state == Meeting.PLANNED)
        .where(meeting.c.deadline >= span.until, meeting.c.deadline < until)
        .order_by(meeting.c.deadline, meeting.c.id)
        .limit(limit)
    )
    return [int(row.id) for row in await reader.execute(statement)]


async def newcomers(reader: Reader, span: Span, limit: int) -> list[Person]:
    """Return who came into the rooms of a span and agrees to have it told, in their order."""
    statement = (
        select(onboarding.c.user_id, onboarding.c.room_id)
        .join(consent, consent.c.user_id == onboarding.c.user_id)
        .where(onboarding.c.begun_at >= span.since, onboarding.c.begun_at < span.until)
        .where(onboarding.c.room_id.in_(span.told_rooms))
        .where(consent.c.purpose == "letter", consent.c.withdrawn_at.is_(None))
        .order_by(onboarding.c.begun_at, onboarding.c.id)
        .limit(limit)
    )
    rows = await reader.execute(statement)
    return [Person(UserId(row.user_id), RoomId(row.room_id)) for row in rows]


async def taken_up(reader: Reader, span: Span, limit: int) -> list[Person]:
    """Return whose experiences others took up in a span, as far as both may be told of."""
    start = await first_number(reader, span.since)
    if start is None:
        return []
    # The newest alone: few are named, and a busy time has thousands.
    reuses = (
        select(experience.c.parent_id, experience.c.author)
        .where(*_of(span, start), _reuse(is_reuse=True))
        .order_by(experience.c.id.desc())
        .limit(_NEWEST_REUSES)
        .subquery()
    )
    parent = experience.alias("parent")
    statement = (
        select(parent.c.author, func.min(parent.c.room_id).label("room_id"))
        .join(reuses, reuses.c.parent_id == parent.c.id)
        .where(_seen(span, parent), parent.c.author != reuses.c.author)
        .where(parent.c.author != ANONYMOUS)
        .group_by(parent.c.author)
        .order_by(parent.c.author)
        .limit(limit)
    )
    rows = await reader.execute(statement)
    return [Person(UserId(row.author), RoomId(row.room_id)) for row in rows]


async def counts(reader: Reader, span: Span, edges: Sequence[datetime]) -> list[int]:
    """Return how many experiences were told between each two of ``edges``, aware UTC, ascending."""
    starts = [await first_number(reader, edge) for edge in edges]
    found: list[int] = []
    for first, last in itertools.pairwise(starts):
        if first is None:
            found.append(0)
            continue
        statement = select(func.count()).where(_seen(span), experience.c.id >= first)
        if last is not None:
            statement = statement.where(experience.c.id < last)
        found.append(int((await reader.execute(statement)).scalar_one()))
    return found


def _of(span: Span, start: int) -> list[ColumnElement[bool]]:
    return [experience.c.id >= start, experience.c.created_at < span.until, _seen(span)]


def _seen(span: Span, item: FromClause = experience) -> ColumnElement[bool]:
    own = item.c.room_id.in_(span.rooms)
    seen = or_(own, item.c.visibility != Visibility.ROOM) if span.is_widened else own
    return and_(seen, item.c.room_id.not_in(span.hidden)) if span.hidden else seen


def _reuse(*, is_reuse: bool) -> ColumnElement[bool]:
    parent = experience.c.parent_id
    return parent.is_not(None) if is_reuse else parent.is_(None)
