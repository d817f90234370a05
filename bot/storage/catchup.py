"""Catch-up: what somebody writes about."""

from sqlalchemy import func, select

from bot.ids import UserId
from bot.storage.experience import experience, experience_tag
from bot.storage.transaction import Reader


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
