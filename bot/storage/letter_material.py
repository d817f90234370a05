"""Letter material: what happened in rooms in a period, by indexes alone, however much there is."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.ids import RoomId
from bot.storage import experience as stored
from bot.storage.experience import Experience, Visibility, experience
from bot.storage.experience_interest import experience_interest
from bot.storage.transaction import Reader


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


def _seen(span: Span) -> ColumnElement[bool]:
    own = experience.c.room_id.in_(span.rooms)
    seen = or_(own, experience.c.visibility != Visibility.ROOM) if span.is_widened else own
    return and_(seen, experience.c.room_id.not_in(span.hidden)) if span.hidden else seen


def _reuse(*, is_reuse: bool) -> ColumnElement[bool]:
    parent = experience.c.parent_id
    return parent.is_not(None) if is_reuse else parent.is_(None)
