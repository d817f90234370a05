"""Experience nearby: the vectors that a search by meaning compares, and those that are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from bot.storage.experience import experience
from bot.storage.experience_index import Filter
from bot.storage.experience_search import newest_first
from bot.storage.experience_vector import experience_vector
from bot.storage.transaction import Reader


@dataclass(frozen=True, slots=True)
class Shelf:
    """Vectors of some experiences, by number; ``lowest`` is where the next shelf begins, if any."""

    vectors: dict[int, bytes]
    lowest: int | None


async def shelf(
    reader: Reader, model: str, wanted: Filter, limit: int, before: int | None = None
) -> Shelf:
    """Return the vectors of the newest ``limit`` that are wanted, of those below ``before``."""
    ids = newest_first(wanted, limit, before).subquery()
    vector = experience_vector.c
    statement = select(ids.c.id, vector.vector).outerjoin_from(
        ids,
        experience_vector,
        and_(vector.experience_id == ids.c.id, vector.model == model),
    )
    rows = (await reader.execute(statement)).all()
    vectors = {int(row.id): bytes(row.vector) for row in rows if row.vector is not None}
    is_last = len(rows) < limit
    return Shelf(vectors, None if is_last else min(int(row.id) for row in rows))


async def missing(
    reader: Reader, model: str, limit: int, before: int | None = None
) -> Sequence[int]:
    """Return the newest experiences below ``before`` without a vector of ``model``."""
    vector = experience_vector.c
    statement = (
        select(experience.c.id)
        .outerjoin_from(
            experience,
            experience_vector,
            and_(vector.experience_id == experience.c.id, vector.model == model),
        )
        .where(vector.experience_id.is_(None))
        .order_by(experience.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(experience.c.id < before)
    return [int(row[0]) for row in await reader.execute(statement)]
