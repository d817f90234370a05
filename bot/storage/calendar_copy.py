"""Calendar copy: which meetings stand on the calendar server, and as what."""

from dataclasses import dataclass

from sqlalchemy import Column, Table, Text, delete, select

from bot.storage.insert import upsert
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

calendar_copy = Table(
    "calendar_copy",
    metadata,
    Column("server", Text, primary_key=True, info=NOBODY),
    Column("uid", Text, primary_key=True, info=NOBODY),
    Column("version", Text, nullable=True, info=NOBODY),
    Column("etag", Text, nullable=True, info=NOBODY),
    info=personal(Purpose.WORK, Erasure.NONE, until=Until.REMOVED),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """The meeting ``uid`` on the calendar ``server`` (its address).

    It stands there in this ``version`` and has this ``etag`` (RFC 9110, 8.8.3); without a version
    it is not known whether it arrived. The row is there before anything is sent, and until the
    server has confirmed that it holds nothing more.
    """

    server: str
    uid: str
    version: str | None = None
    etag: str | None = None


_COLUMNS = [calendar_copy.c[name] for name in Copy.__slots__]


async def of_server(reader: Reader, server: str) -> dict[str, Copy]:
    """Return what stands on ``server``, by UID."""
    statement = select(*_COLUMNS).where(calendar_copy.c.server == server)
    return {row.uid: Copy(**row._mapping) for row in await reader.execute(statement)}  # noqa: SLF001  documented API


async def put(transaction: Transaction, item: Copy) -> None:
    """Note how a copy stands now."""
    statement = upsert(transaction, calendar_copy, ("server", "uid"), "version", "etag")
    await transaction.execute(statement, {name: getattr(item, name) for name in Copy.__slots__})


async def remove(transaction: Transaction, item: Copy) -> None:
    """Forget a copy that is no more."""
    await transaction.execute(
        delete(calendar_copy).where(
            calendar_copy.c.server == item.server, calendar_copy.c.uid == item.uid
        )
    )
