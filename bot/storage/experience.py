"""Experience: a problem that was met and what was done about it, as a member told it in a room."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.ids import EventId, RoomId, UserId
from bot.storage import experience_index
from bot.storage.experience_index import COUNT_LIMIT, Filter, Hits
from bot.storage.stem import tokens
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction
from bot.text import fold

experience = Table(
    "experience",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("room_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("source_event_id", Text, nullable=False, unique=True),
    Column("problem", Text, nullable=True),
    Column("solution", Text, nullable=True),
    Column("note", Text, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime, nullable=True),
    sqlite_autoincrement=True,
)
Index("ix_experience_room_id", experience.c.room_id, experience.c.id)
Index("ix_experience_author", experience.c.author, experience.c.id)
Index("ix_experience_created_at", experience.c.created_at)

experience_tag = Table(
    "experience_tag",
    metadata,
    Column("experience_id", ForeignKey("experience.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
)
Index("ix_experience_tag_tag", experience_tag.c.tag, experience_tag.c.experience_id)

# A tag begins a word: neither the fragment of an address nor the "#1" of a list is one.
_TAG = re.compile(r"(?<![\w/#&?=.-])#([^\W\d_][\w-]*)")


@dataclass(frozen=True, slots=True)
class Experience:
    """``E<id>``, shared by ``author`` in ``room_id``: ``problem`` and ``solution``, or a ``note``.

    ``source_event_id`` is the message that holds it: its edits and its redaction count here too.
    Times are aware UTC.
    """

    room_id: RoomId
    author: UserId
    source_event_id: EventId
    created_at: datetime
    problem: str | None = None
    solution: str | None = None
    note: str | None = None
    edited_at: datetime | None = None
    id: int = 0

    @property
    def text(self) -> str:
        """Return all its words."""
        return "\n".join(filter(None, (self.problem, self.solution, self.note)))


_NAMES = [field.name for field in fields(Experience)]
_COLUMNS = [experience.c[name] for name in _NAMES]


def tags(text: str) -> frozenset[str]:
    """Return the tags in ``text`` (``#Achat``), folded and without ``#``."""
    return frozenset(fold(found.rstrip("-_")) for found in _TAG.findall(text))


async def create(transaction: Transaction, item: Experience) -> Experience:
    """Keep and index a new experience; return it with its id, which is never used again."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(experience).values(row).returning(experience.c.id)
    created = replace(item, id=int((await transaction.execute(statement)).scalar_one()))
    await _index(transaction, created)
    return created


async def update_text(transaction: Transaction, item: Experience) -> None:
    """Write and index the new words of ``item``, and when it was edited."""
    names = ("problem", "solution", "note", "edited_at")
    await transaction.execute(
        update(experience)
        .where(experience.c.id == item.id)
        .values({name: getattr(item, name) for name in names})
    )
    await transaction.execute(
        delete(experience_tag).where(experience_tag.c.experience_id == item.id)
    )
    await _index(transaction, item, is_new=False)


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Give the experiences of ``old`` to ``new``, which replaces it."""
    await transaction.execute(
        update(experience).where(experience.c.room_id == old).values(room_id=new)
    )
    statement = select(*_COLUMNS).where(experience.c.room_id == new)
    for row in await transaction.execute(statement):
        moved = Experience(**row._mapping)  # noqa: SLF001  documented API
        await _index_words(transaction, moved, is_new=False)


async def erase(transaction: Transaction, number: int) -> bool:
    """Delete an experience with its tags and its words; return whether it was there."""
    await experience_index.remove(transaction, number)
    await transaction.execute(
        delete(experience_tag).where(experience_tag.c.experience_id == number)
    )
    result = await transaction.execute(delete(experience).where(experience.c.id == number))
    return result.rowcount > 0


async def get(reader: Reader, number: int) -> Experience | None:
    """Return ``E<number>``."""
    return await _one(reader, select(*_COLUMNS).where(experience.c.id == number))


async def of_source(reader: Reader, event_id: EventId) -> Experience | None:
    """Return the experience that the message ``event_id`` holds."""
    return await _one(reader, select(*_COLUMNS).where(experience.c.source_event_id == event_id))


async def sources(reader: Reader, event_ids: Sequence[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` hold an experience."""
    column = experience.c.source_event_id
    found = await reader.execute(select(column).where(column.in_(event_ids)))
    return frozenset(EventId(str(row[0])) for row in found)


async def get_all(reader: Reader, numbers: Sequence[int]) -> list[Experience]:
    """Return those of ``numbers`` that exist, in the order of ``numbers``."""
    statement = select(*_COLUMNS).where(experience.c.id.in_(numbers))
    found = {row.id: Experience(**row._mapping) for row in await reader.execute(statement)}  # noqa: SLF001  documented API
    return [found[number] for number in numbers if number in found]


async def newest(reader: Reader, wanted: Filter) -> Hits:
    """Return what is wanted, the newest first."""
    statement = select(experience.c.id).where(experience.c.room_id.in_(wanted.rooms))
    if wanted.author is not None:
        statement = statement.where(experience.c.author == wanted.author)
    if wanted.since is not None:
        statement = statement.where(experience.c.created_at >= wanted.since)
    for tag in sorted(wanted.tags):
        statement = statement.where(
            select(experience_tag.c.tag)
            .where(experience_tag.c.experience_id == experience.c.id, experience_tag.c.tag == tag)
            .exists()
        )
    statement = statement.order_by(experience.c.id.desc()).limit(COUNT_LIMIT + 1)
    numbers = [int(row[0]) for row in await reader.execute(statement)]
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


async def search(reader: Reader, words: str, wanted: Filter) -> Hits:
    """Return what is wanted and matches ``words``, as `experience_index.search` ranks it."""
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
    return await experience_index.search(reader, words, wanted, first)


async def find_author(reader: Reader, rooms: Iterable[RoomId], name: str) -> UserId | None:
    """Return who shared something in ``rooms`` and is called ``name``: ``@jo`` or a whole id.

    Of several the one who shared last.
    """
    author = experience.c.author
    is_named = (author == name) | author.startswith(f"{name}:", autoescape=True)
    statement = (
        select(author)
        .where(experience.c.room_id.in_(list(rooms)), is_named)
        .order_by(experience.c.id.desc())
        .limit(1)
    )
    found = (await reader.execute(statement)).scalar()
    return UserId(str(found)) if found else None


async def rooms(reader: Reader) -> frozenset[RoomId]:
    """Return the rooms that hold experiences."""
    rows = await reader.execute(select(experience.c.room_id).distinct())
    return frozenset(RoomId(str(row[0])) for row in rows)


async def count(reader: Reader, rooms: Iterable[RoomId]) -> int:
    """Return how many experiences ``rooms`` hold."""
    statement = select(func.count()).where(experience.c.room_id.in_(list(rooms)))
    return int((await reader.execute(statement)).scalar_one())


async def _one(reader: Reader, statement: Select[tuple[object, ...]]) -> Experience | None:
    row = (await reader.execute(statement)).first()
    return Experience(**row._mapping) if row else None  # noqa: SLF001  documented API


async def _index(transaction: Transaction, item: Experience, *, is_new: bool = True) -> None:
    found = tags(item.text)
    if found:
        rows = [{"experience_id": item.id, "tag": tag} for tag in sorted(found)]
        await transaction.execute(insert(experience_tag), rows)
    await _index_words(transaction, item, is_new=is_new)


async def _index_words(transaction: Transaction, item: Experience, *, is_new: bool) -> None:
    own = experience_index.own_tokens(item.room_id, item.author, tags(item.text))
    await experience_index.write(transaction, item.id, tokens(item.text) | own, is_new=is_new)
