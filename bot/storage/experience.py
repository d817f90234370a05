"""Experience: a problem that was met and what was done about it, as a member told it in a room."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

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

from bot.ids import ANONYMOUS, EventId, RoomId
from bot.storage import experience_grave, experience_index, experience_token, experience_vector
from bot.storage.experience_told import FIELDS, Experience, Status, Visibility, tags
from bot.storage.personal import FACT, PERSON, WORDS, Belongs, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

__all__ = [
    "FIELDS",
    "Experience",
    "Status",
    "Visibility",
    "children",
    "count",
    "create",
    "erase",
    "experience",
    "experience_tag",
    "get",
    "get_all",
    "move",
    "of_source",
    "reuse_counts",
    "rooms",
    "sources",
    "tags",
    "update_status",
    "update_text",
]


experience = Table(
    "experience",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("author", Text, nullable=False, info=PERSON),
    Column("source_event_id", Text, nullable=False, unique=True, info=FACT),
    *(Column(name, Text, nullable=True, info=WORDS) for name in FIELDS),
    Column("given_tags", Text, nullable=False, info=WORDS),
    Column("visibility", Text, nullable=False, info=WORDS),
    Column("parent_id", ForeignKey("experience.id", ondelete="SET NULL"), nullable=True, info=FACT),
    Column("status", Text, nullable=True, info=WORDS),
    Column("status_at", UtcDateTime, nullable=True, info=FACT),
    Column("status_reason", Text, nullable=True, info=WORDS),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    Column("edited_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.MEMORY, Erasure.CHOSEN, until=Until.REMOVED),
)
Index("ix_experience_room_id", experience.c.room_id, experience.c.id)
Index("ix_experience_author", experience.c.author, experience.c.id)
Index("ix_experience_created_at", experience.c.created_at)
_has = experience.c.parent_id.is_not(None)
Index("ix_experience_parent_id", experience.c.parent_id, sqlite_where=_has, postgresql_where=_has)
_has = experience.c.status_at.is_not(None)
Index("ix_experience_status_at", experience.c.status_at, sqlite_where=_has, postgresql_where=_has)
Index(
    "ix_experience_widened",
    experience.c.id,
    sqlite_where=experience.c.visibility != "room",
    postgresql_where=experience.c.visibility != "room",
)

experience_tag = Table(
    "experience_tag",
    metadata,
    Column(
        "experience_id",
        ForeignKey("experience.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("tag", Text, primary_key=True, info=WORDS),
    info=personal(
        Purpose.MEMORY,
        Erasure.CHOSEN,
        until=Until.REMOVED,
        belongs=Belongs("experience_id", "experience"),
    ),
)
Index("ix_experience_tag_tag", experience_tag.c.tag, experience_tag.c.experience_id)

_NAMES = [field.name for field in fields(Experience)]
_COLUMNS = [experience.c[name] for name in _NAMES]


async def create(transaction: Transaction, item: Experience) -> Experience:
    """Keep and index a new experience; return it with its id, which is never used again."""
    row = {name: getattr(item, name) for name in _NAMES if name != "id"}
    statement = insert(experience).values(row).returning(experience.c.id)
    created = replace(item, id=int((await transaction.execute(statement)).scalar_one()))
    await _index(transaction, created)
    transaction.announce(experience_vector.Told(created.id))
    return created


async def update_text(transaction: Transaction, item: Experience) -> None:
    """Write and index what ``item`` tells, its tags, who may see it, and when it was edited."""
    names = (*FIELDS, "given_tags", "visibility", "edited_at")
    await _write(transaction, item, names)
    await transaction.execute(
        delete(experience_tag).where(experience_tag.c.experience_id == item.id)
    )
    await _index(transaction, item, is_new=False)
    await experience_vector.remove(transaction, item.id)
    transaction.announce(experience_vector.Told(item.id))


async def update_status(transaction: Transaction, item: Experience) -> None:
    """Write what became of ``item``."""
    await _write(transaction, item, ("status", "status_at", "status_reason"))


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
    """Delete an experience with its tags and its words; return whether it was there.

    That it was withdrawn is remembered: no file brings it back.
    """
    item = await get(transaction, number)
    if item is None:
        return False
    await experience_grave.note(transaction, item.source_event_id)
    await experience_index.remove(transaction, number)
    await experience_vector.remove(transaction, number)
    await transaction.execute(
        delete(experience_tag).where(experience_tag.c.experience_id == number)
    )
    await transaction.execute(delete(experience).where(experience.c.id == number))
    return True


async def disown(transaction: Transaction, number: int) -> None:
    """Take the author, and how to reach them, out of an experience; its other words stay."""
    item = await get(transaction, number)
    if item is not None:
        nobodys = replace(item, author=ANONYMOUS, contact=None)
        await _write(transaction, nobodys, ("author", "contact"))
        await _index_words(transaction, nobodys, is_new=False)


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


async def children(reader: Reader, numbers: Sequence[int]) -> list[Experience]:
    """Return what takes up one of ``numbers``, the oldest first."""
    statement = (
        select(*_COLUMNS).where(experience.c.parent_id.in_(numbers)).order_by(experience.c.id)
    )
    return [Experience(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def reuse_counts(reader: Reader, numbers: Sequence[int]) -> dict[int, int]:
    """Return how often each of ``numbers`` was taken up; those never are left out."""
    statement = (
        select(experience.c.parent_id, func.count().label("n"))
        .where(experience.c.parent_id.in_(numbers))
        .group_by(experience.c.parent_id)
    )
    return {int(row.parent_id): int(row.n) for row in await reader.execute(statement)}


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


async def _write(transaction: Transaction, item: Experience, names: Iterable[str]) -> None:
    values = {name: getattr(item, name) for name in names}
    await transaction.execute(update(experience).where(experience.c.id == item.id).values(values))


async def _index(transaction: Transaction, item: Experience, *, is_new: bool = True) -> None:
    if item.tags:
        rows = [{"experience_id": item.id, "tag": tag} for tag in sorted(item.tags)]
        await transaction.execute(insert(experience_tag), rows)
    await _index_words(transaction, item, is_new=is_new)


async def _index_words(transaction: Transaction, item: Experience, *, is_new: bool) -> None:
    await experience_index.write(transaction, item.id, experience_token.of(item), is_new=is_new)
