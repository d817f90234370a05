"""Stats: counts of what happened in rooms, never of whom."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select

from bot.ids import RoomId, UserId
from bot.storage.consent import consent
from bot.storage.experience import experience
from bot.storage.inbox import inbox
from bot.storage.newcomer import State, newcomer
from bot.storage.profile import profile
from bot.storage.transaction import Reader

_AT_ONCE = 2000
"""Profiles read at a time: the event loop is free in between."""


async def active(reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime) -> int:
    """Return how many people addressed the bot in ``rooms`` in a time, as far as that is kept."""
    statement = (
        select(func.count(inbox.c.sender.distinct()))
        .where(inbox.c.handled_at >= since, inbox.c.handled_at < until)
        .where(inbox.c.room_id.in_(list(rooms)), inbox.c.command.is_not(None))
    )
    return int((await reader.execute(statement)).scalar_one())


async def worlds(reader: Reader, users: Collection[UserId]) -> dict[str, int]:
    """Return how many of ``users`` say, for others to see, that they work in each world."""
    withdrew = select(consent.c.user_id).where(
        consent.c.user_id == profile.c.user_id,
        consent.c.purpose == "directory",
        consent.c.withdrawn_at.is_not(None),
    )
    visible = (
        select(profile.c.user_id, profile.c.value)
        .where(profile.c.field == "world", profile.c.is_hidden.is_(False))
        .where(profile.c.value.is_not(None), ~withdrew.exists())
        .order_by(profile.c.user_id)
        .limit(_AT_ONCE)
    )
    counted, found, after = frozenset(users), Counter[str](), ""
    while True:
        rows = (await reader.execute(visible.where(profile.c.user_id > after))).all()
        found.update(row.value for row in rows if row.user_id in counted)
        if len(rows) < _AT_ONCE:
            return dict(found)
        after = rows[-1].user_id


async def told_of_again(
    reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime
) -> int:
    """Return of how many experiences their authors said in a time what became of them."""
    statement = select(func.count()).where(
        experience.c.room_id.in_(list(rooms)),
        experience.c.status_at >= since,
        experience.c.status_at < until,
    )
    return int((await reader.execute(statement)).scalar_one())


async def silent(reader: Reader, rooms: Iterable[RoomId], since: datetime, until: datetime) -> int:
    """Return how many came into ``rooms`` in a time as somebody new and took no first step."""
    statement = select(func.count()).where(
        newcomer.c.came_at >= since,
        newcomer.c.came_at < until,
        newcomer.c.room_id.in_(list(rooms)),
        newcomer.c.state == State.GREETED,
        newcomer.c.has_stepped.is_(False),
    )
    return int((await reader.execute(statement)).scalar_one())
