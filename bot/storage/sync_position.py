"""Sync position: how far each device has journalled the server's event stream."""

from datetime import datetime

from sqlalchemy import Column, Table, Text, select, update

from bot.ids import DeviceId, SyncToken
from bot.storage.insert import upsert
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

sync_position = Table(
    "sync_position",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)


async def save(transaction: Transaction, device: DeviceId, token: SyncToken, at: datetime) -> None:
    """Move on to ``token``; only ever in the transaction that journals what came before it."""
    statement = upsert(transaction, sync_position, ("device_id",), "token", "saved_at")
    await transaction.execute(statement, {"device_id": device, "token": token, "saved_at": at})


async def load(reader: Reader, device: DeviceId) -> SyncToken | None:
    """Return where ``device`` stands, or None at its first start."""
    statement = select(sync_position.c.token).where(sync_position.c.device_id == device)
    found = (await reader.execute(statement)).scalar()
    return SyncToken(str(found)) if found else None


async def latest(reader: Reader) -> SyncToken | None:
    """Return where the device stands that followed the stream last, or None if none ever did."""
    statement = select(sync_position.c.token).order_by(sync_position.c.saved_at.desc()).limit(1)
    found = (await reader.execute(statement)).scalar()
    return SyncToken(str(found)) if found else None


async def devices(reader: Reader) -> frozenset[DeviceId]:
    """Return every device of the bot that ever followed the stream."""
    found = await reader.execute(select(sync_position.c.device_id))
    return frozenset(DeviceId(row.device_id) for row in found)


async def touch(transaction: Transaction) -> None:
    """Write without changing anything, which proves that the database takes writes."""
    await transaction.execute(update(sync_position).values(token=sync_position.c.token))
