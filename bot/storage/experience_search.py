"""Experience search: which experiences are wanted, by their words, their filters or their age."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select, union

from bot.ids import RoomId, UserId
from bot.storage import experience_rank
from bot.storage.experience import Visibility, experience, experience_tag
from bot.storage.experience_index import COUNT_LIMIT, Filter, Hits
from bot.storage.transaction import Reader


async def newest(reader: Reader, wanted: Filter) -> Hits:
    """Return what is wanted, the newest first."""
    rows = await reader.execute(newest_first(wanted, COUNT_LIMIT + 1))
    numbers = [int(row[0]) for row in rows]
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


def newest_first(wanted: Filter, limit: int, before: int | None = None) -> Select[tuple[int]]:
    """Return the statement for the newest ``limit`` that are wanted, below ``before`` if given."""
    scopes: list[ColumnElement[bool]] = [experience.c.room_id.in_(wanted.rooms)]
    if wanted.is_widened:
        scopes.append(experience.c.visibility != Visibility.ROOM)
    required = _required(wanted)
    if before is not None:
        required.append(experience.c.id < before)
    # One ordered look for each way to be seen: together they would make the engine sort them all.
    looks = [
        select(
            select(experience.c.id)
            .where(scope, *required)
            .order_by(experience.c.id.desc())
            .limit(limit)
            .subquery()
        )
        for scope in scopes
    ]
    found = union(*looks).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(limit)


def _required(wanted: Filter) -> list[ColumnElement[bool]]:
    required: list[ColumnElement[bool]] = []
    if wanted.room is not None:
        required.append(experience.c.room_id == wanted.room)
    if wanted.author is not None:
        required.append(experience.c.author == wanted.author)
    if wanted.since is not None:
        required.append(experience.c.created_at >= wanted.since)
    required += [
        select(experience_tag.c.tag)
        .where(experience_tag.c.experience_id == experience.c.id, experience_tag.c.tag == tag)
        .exists()
        for tag in sorted(wanted.tags)
    ]
    return required


async def search(reader: Reader, words: str, wanted: Filter) -> Hits:
    """Return what is wanted and matches ``words``, as `experience_rank.search` ranks it."""
    first = 0
    if wanted.since is not None:
        # Numbers grow with time, and the index knows nothing but numbers. Not min(id), for which
        # both engines would read the table from its beginning.
        statement = (
            select(experience.c.id)
            .where(experience.c.created_at >= wanted.since)
            .order_by(experience.c.created_at, experience.c.id)
            .limit(1)
        )
        found = (await reader.execute(statement)).scalar()
        if found is None:
            return Hits([], is_capped=False)
        first = int(found)
    return await experience_rank.search(reader, words, wanted, first)


async def find_author(
    reader: Reader, rooms: Iterable[RoomId], name: str, *, is_widened: bool = False
) -> UserId | None:
    """Return who shared something that may be seen and is called ``name``: ``@jo`` or a whole id.

    Seen is what is in ``rooms``, and with ``is_widened`` what its author let the community see. Of
    several the one who shared last.
    """
    author = experience.c.author
    is_named = (author == name) | author.startswith(f"{name}:", autoescape=True)
    is_seen: ColumnElement[bool] = experience.c.room_id.in_(list(rooms))
    if is_widened:
        is_seen |= experience.c.visibility != Visibility.ROOM
    statement = select(author).where(is_seen, is_named).order_by(experience.c.id.desc()).limit(1)
    found = (await reader.execute(statement)).scalar()
    return UserId(str(found)) if found else None
