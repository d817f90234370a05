"""Stats: counts of what happened in rooms, never of whom."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import orjson
from sqlalchemy import JSON, Select, Text, cast, func, literal, select

from bot.ids import RoomId, UserId
from bot.storage.consent import consent
from bot.storage.experience import experience
from bot.storage.inbox import inbox
from bot.storage.newcomer import State, newcomer
from bot.storage.profile import profile
from bot.storage.transaction import Reader

_AT_ONCE = 10_000
"""People in one statement: the event loop is free in between."""


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
    found: Counter[str] = Counter()
    everybody = list(users)
    for start in range(0, len(everybody), _AT_ONCE):
        withdrew = select(consent.c.user_id).where(
            consent.c.user_id == profile.c.user_id,
            consent.c.purpose == "directory",
            consent.c.withdrawn_at.is_not(None),
        )
        statement = (
            select(profile.c.value, func.count().label("n"))
            .where(profile.c.user_id.in_(_each(reader, everybody[start : start + _AT_ONCE])))
            .where(profile.c.field == "world", profile.c.is_hidden.is_(False))
            .where(profile.c.value.is_not(None), ~withdrew.exists())
            .group_by(profile.c.value)
        )
        found.update({row.value: int(row.n) for row in await reader.execute(statement)})
    return dict(found)


def _each(reader: Reader, users: Sequence[UserId]) -> Select[tuple[str]]:
    """Return a query for ``users``, given as one value: thousands of them cost seconds."""
    given = literal(orjson.dumps(users).decode(), Text)
    if reader.engine == "sqlite":
        return select(func.json_each(given).table_valued("value").c.value)
    return select(func.json_array_elements_text(cast(given, JSON)).column_valued("member"))


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
