"""Sync position: how far each device has journalled the server's event stream."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Table, Text, func, select, update

from bot.ids import DeviceId, SyncToken
from bot.storage.insert import upsert
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

sync_position = Table(
    "sync_position",
    metadata,
    Column("device_id", Text, primary_key=True, info=NOBODY),
    Column("token", Text, nullable=True, info=NOBODY),
    Column("watched", Text, nullable=True, info=NOBODY),
    Column("saved_at", UtcDateTime, nullable=False, info=NOBODY),
    info=personal(Purpose.WORK, Erasure.NONE, until=Until.ALWAYS),
)


@dataclass(frozen=True, slots=True)
class Position:
    """How far the stream is journalled: up to ``token``, which ``device`` was given ``at``."""

    device: DeviceId
    token: SyncToken
    at: datetime


async def save(transaction: Transaction, device: DeviceId, token: SyncToken, at: datetime) -> None:
    """Move on to ``token``; only ever in the transaction that journals what came before it."""
    changed = ("token", "watched", "saved_at")
    statement = upsert(transaction, sync_position, ("device_id",), *changed)
    row = {"device_id": device, "token": token, "watched": None, "saved_at": at}
    await transaction.execute(statement, row)


async def save_watched(
    transaction: Transaction, device: DeviceId, token: SyncToken, at: datetime
) -> None:
    """Note how far a device that stands by took what is sent to it; where it journalled, stays."""
    statement = upsert(transaction, sync_position, ("device_id",), "watched")
    row = {"device_id": device, "token": None, "watched": token, "saved_at": at}
    await transaction.execute(statement, row)


async def load(reader: Reader, device: DeviceId) -> SyncToken | None:
    """Return how far ``device`` took what is sent to it, or None before its first answer."""
    taken = func.coalesce(sync_position.c.watched, sync_position.c.token)
    statement = select(taken).where(sync_position.c.device_id == device)
    found = (await reader.execute(statement)).scalar()
    return SyncToken(str(found)) if found else None


async def latest(reader: Reader) -> Position | None:
    """Return where the device stands that journalled the stream last, or None if none ever did."""
    statement = (
        select(sync_position.c.device_id, sync_position.c.token, sync_position.c.saved_at)
        .where(sync_position.c.token.is_not(None))
        .order_by(sync_position.c.saved_at.desc())
        .limit(1)
    )
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    return Position(DeviceId(row.device_id), SyncToken(row.token), row.saved_at)


async def devices(reader: Reader) -> frozenset[DeviceId]:
    """Return every device of the bot that ever followed the stream."""
    found = await reader.execute(select(sync_position.c.device_id))
    return frozenset(DeviceId(row.device_id) for row in found)


async def touch(transaction: Transaction) -> None:
    """Write without changing anything, which proves that the database takes writes."""
    await transaction.execute(update(sync_position).values(token=sync_position.c.token))
