"""Addressee: who is told of a meeting, with what they chose, a portion at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from bot.ids import UserId
from bot.storage.attendee import Answer, attendee
from bot.storage.member import Member, member
from bot.storage.transaction import Reader


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told of a meeting, with what they chose; None where nothing was."""

    user_id: UserId
    answered_at: datetime
    chosen: Member


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is concerned: who gave one of ``answers`` to a date of ``C<number>``, or subscribed.

    With ``is_strict`` subscribing is not enough. Without a ``date`` the answers to all dates count
    from ``since`` on. Both are as `bot.storage.attendee.Attendee` names dates.
    """

    number: int
    answers: Sequence[Answer]
    date: str | None
    since: str = ""
    is_strict: bool = False


async def portion(
    reader: Reader, circle: Circle, *, after: str = "", only: str | None = None, limit: int = 1
) -> list[Addressee]:
    """Return up to ``limit`` people of ``circle``, by id from ``after`` on.

    One query, however many they are. ``only`` asks for nobody but that one.
    """
    is_meant = attendee.c.user_id > after if only is None else attendee.c.user_id == only
    date = circle.date
    in_time = or_(attendee.c.date == "", attendee.c.date >= circle.since)
    is_answer = (attendee.c.date == date) if date is not None else in_time
    is_given = is_answer & attendee.c.answer.in_(list(circle.answers))
    found = (
        select(attendee.c.user_id.label("who"), func.min(attendee.c.answered_at).label("at"))
        .where(
            attendee.c.meeting_id == circle.number,
            is_meant,
            is_given if circle.is_strict else or_(is_given, attendee.c.is_subscribed),
        )
        .group_by(attendee.c.user_id)
        .order_by(attendee.c.user_id)
        .limit(limit)
        .subquery()
    )
    choices = [member.c[name] for name in Member.__slots__ if name != "user_id"]
    statement = (
        select(found.c.who, found.c.at, *choices)
        .outerjoin(member, member.c.user_id == found.c.who)
        .order_by(found.c.who)
    )
    people = []
    for row in await reader.execute(statement):
        values = dict(row._mapping)  # noqa: SLF001  documented API
        user, at = UserId(values.pop("who")), values.pop("at")
        people.append(Addressee(user, at, Member(user, **values)))
    return people
