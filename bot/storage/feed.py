"""Feed: the secret addresses at which other calendars read meetings again and again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Table, Text, delete, func, insert, select, update

from bot.ids import RoomId, UserId
from bot.storage.personal import FACT, NOBODY, PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Scope(StrEnum):
    """What a feed shows: one room, all rooms of its reader, or what they hold or come to."""

    ROOM = "room"
    ROOMS = "rooms"
    MINE = "mine"


feed = Table(
    "feed",
    metadata,
    Column("digest", Text, primary_key=True, info=NOBODY),
    Column("user_id", Text, nullable=False, info=PERSON),
    Column("scope", Text, nullable=False, info=WORDS),
    Column("room_id", Text, nullable=True, info=FACT),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.GATHER, Erasure.DELETED, until=Until.REMOVED),
)
Index("ix_feed_user_id", feed.c.user_id)
Index("ix_feed_room_id", feed.c.room_id)


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that ``user_id`` asked for; of its secret only the ``digest`` is kept.

    ``room_id`` is there where the scope is one room.
    """

    digest: str
    user_id: UserId
    scope: Scope
    room_id: RoomId | None
    created_at: datetime


_COLUMNS = [feed.c[name] for name in Feed.__slots__]


async def create(transaction: Transaction, item: Feed) -> None:
    """Keep a new feed."""
    row = {name: getattr(item, name) for name in Feed.__slots__}
    await transaction.execute(insert(feed).values(row))


async def get(reader: Reader, digest: str) -> Feed | None:
    """Return the feed with this digest, if there is one."""
    row = (await reader.execute(select(*_COLUMNS).where(feed.c.digest == digest))).first()
    return None if row is None else Feed(**{**row._mapping, "scope": Scope(row.scope)})  # noqa: SLF001  documented API


async def count(reader: Reader, user: UserId, scope: Scope, room: RoomId | None) -> int:
    """Return how many addresses ``user`` has for the same."""
    statement = select(func.count()).where(
        feed.c.user_id == user, feed.c.scope == scope, feed.c.room_id.is_not_distinct_from(room)
    )
    return int((await reader.execute(statement)).scalar_one())


async def remove(transaction: Transaction, user: UserId, scope: Scope, room: RoomId | None) -> None:
    """Delete the addresses that ``user`` has for the same."""
    await transaction.execute(
        delete(feed).where(
            feed.c.user_id == user,
            feed.c.scope == scope,
            feed.c.room_id.is_not_distinct_from(room),
        )
    )


async def remove_all(transaction: Transaction, user: UserId) -> int:
    """Delete all addresses of ``user``; return how many there were."""
    return (await transaction.execute(delete(feed).where(feed.c.user_id == user))).rowcount


async def leave_room(transaction: Transaction, room: RoomId, user: UserId) -> None:
    """Delete what ``user``, who left it, has of ``room``."""
    await transaction.execute(delete(feed).where(feed.c.room_id == room, feed.c.user_id == user))


async def forget_rooms(transaction: Transaction, rooms: list[RoomId]) -> None:
    """Delete what anybody has of rooms that the bot has left."""
    await transaction.execute(delete(feed).where(feed.c.room_id.in_(rooms)))


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Follow the replacement of a room."""
    await transaction.execute(update(feed).where(feed.c.room_id == old).values(room_id=new))
