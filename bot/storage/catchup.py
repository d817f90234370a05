"""Catch-up: when somebody was last there, and what they write about."""

from datetime import datetime

from sqlalchemy import func, select

from bot.ids import UserId
from bot.storage.experience import experience, experience_tag
from bot.storage.inbox import inbox
from bot.storage.transaction import Reader


async def last_heard(
    reader: Reader, user: UserId, since: datetime, until: datetime
) -> datetime | None:
    """Return when ``user`` last addressed the bot between these moments, as far as is kept."""
    statement = (
        select(inbox.c.handled_at)
        .where(inbox.c.handled_at >= since, inbox.c.handled_at < until)
        .where(inbox.c.sender == user)
        .order_by(inbox.c.handled_at.desc())
        .limit(1)
    )
    found = (await reader.execute(statement)).scalar()
    return found if isinstance(found, datetime) else None


async def tags_of(reader: Reader, user: UserId, limit: int) -> list[str]:
    """Return the tags that ``user`` gave what they shared, the most used first."""
    statement = (
        select(experience_tag.c.tag)
        .join(experience, experience.c.id == experience_tag.c.experience_id)
        .where(experience.c.author == user)
        .group_by(experience_tag.c.tag)
        .order_by(func.count().desc(), experience_tag.c.tag)
        .limit(limit)
    )
    return [str(row.tag) for row in await reader.execute(statement)]
