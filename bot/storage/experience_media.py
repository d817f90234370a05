"""Experience media: the files that belong to an experience; they lie where their sender put them.

Nothing of a file itself is here, only what its message tells: where it lies, and what decrypts it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
)

from bot.ids import EventId, Oid, RoomId, UserId
from bot.model import Media, media_from
from bot.storage.insert import insert_new
from bot.storage.personal import (
    FACT,
    PERSON,
    PLACE,
    WORDS,
    Belongs,
    Erasure,
    Purpose,
    Until,
    personal,
)
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

experience_media = Table(
    "experience_media",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column(
        "experience_id",
        ForeignKey("experience.id", ondelete="CASCADE"),
        nullable=False,
        info=FACT,
    ),
    Column("source_event_id", Text, nullable=False, index=True, info=FACT),
    Column("room_id", Text, nullable=False, info=PLACE),
    Column("sender", Text, nullable=False, info=PERSON),
    Column("media", Json, nullable=False, info=WORDS),
    Column("added_at", UtcDateTime, nullable=False, info=FACT),
    UniqueConstraint("experience_id", "source_event_id"),
    info=personal(
        Purpose.MEMORY,
        Erasure.DELETED,
        until=Until.REMOVED,
        belongs=Belongs("experience_id", "experience"),
    ),
    sqlite_autoincrement=True,
)

experience_media_copy = Table(
    "experience_media_copy",
    metadata,
    Column("oid", Text, primary_key=True, info=FACT),
    Column("media_id", Integer, nullable=False, info=FACT),
    info=personal(
        Purpose.MEMORY,
        Erasure.DELETED,
        until=Until.REMOVED,
        belongs=Belongs("media_id", "experience_media"),
    ),
)
Index("ix_experience_media_copy_media_id", experience_media_copy.c.media_id)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of ``E<experience_id>``: the message ``source_event_id`` of ``sender`` brought it."""

    experience_id: int
    source_event_id: EventId
    room_id: RoomId
    sender: UserId
    media: Media
    added_at: datetime
    id: int = 0


_COLUMNS = [experience_media.c[name] for name in Piece.__slots__]


async def add(transaction: Transaction, piece: Piece) -> bool:
    """Keep ``piece``; return False if its message had joined the experience before."""
    row = {name: getattr(piece, name) for name in Piece.__slots__ if name != "id"}
    statement = insert_new(transaction, experience_media, "experience_id", "source_event_id")
    found = await transaction.execute(statement, {**row, "media": asdict(piece.media)})
    return found.rowcount > 0


async def of(reader: Reader, number: int) -> list[Piece]:
    """Return the files of ``E<number>``, in the order in which they joined it."""
    table = experience_media
    statement = select(*_COLUMNS).where(table.c.experience_id == number).order_by(table.c.id)
    return [_piece(row) for row in await reader.execute(statement)]


async def of_source(reader: Reader, event_id: EventId) -> list[Piece]:
    """Return the files that the message ``event_id`` brought."""
    statement = select(*_COLUMNS).where(experience_media.c.source_event_id == event_id)
    return [_piece(row) for row in await reader.execute(statement)]


async def sources(reader: Reader, event_ids: Sequence[EventId]) -> frozenset[EventId]:
    """Return which of ``event_ids`` brought a file that is kept."""
    column = experience_media.c.source_event_id
    found = await reader.execute(select(column).where(column.in_(event_ids)))
    return frozenset(EventId(str(row[0])) for row in found)


async def counts(reader: Reader, numbers: Sequence[int]) -> dict[int, int]:
    """Return how many files those of ``numbers`` have that have any."""
    table = experience_media
    statement = (
        select(table.c.experience_id, func.count().label("n"))
        .where(table.c.experience_id.in_(numbers))
        .group_by(table.c.experience_id)
    )
    return {int(row.experience_id): int(row.n) for row in await reader.execute(statement)}


async def remove(transaction: Transaction, piece: Piece) -> None:
    """Delete ``piece``; what was said of its copies stays until they are taken back."""
    table = experience_media
    await transaction.execute(delete(table).where(table.c.id == piece.id))


async def note_copy(transaction: Transaction, piece: Piece, oid: Oid) -> None:
    """Remember that the bot's message ``oid`` shows ``piece``."""
    statement = insert_new(transaction, experience_media_copy, "oid")
    await transaction.execute(statement, {"oid": oid, "media_id": piece.id})


async def copies(reader: Reader, number: int) -> list[Oid]:
    """Return the bot's messages that show the file of the number ``number``."""
    table = experience_media_copy
    statement = select(table.c.oid).where(table.c.media_id == number).order_by(table.c.oid)
    return [Oid(str(row.oid)) for row in await reader.execute(statement)]


async def forget_copies(transaction: Transaction, oids: Iterable[Oid]) -> None:
    """Forget messages that were taken back."""
    table = experience_media_copy
    await transaction.execute(delete(table).where(table.c.oid.in_(list(oids))))


def _piece(row: Row[tuple[object, ...]]) -> Piece:
    values = dict(row._mapping)  # noqa: SLF001  documented API
    return Piece(**{**values, "media": media_from(values["media"])})
