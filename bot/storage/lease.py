"""Lease: which process may act for the bot; one at a time, on any number of machines."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, Text, delete, select, update

from bot.storage.insert import insert_new
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Transaction

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True, info=NOBODY),
    Column("holder", Text, nullable=False, info=NOBODY),
    Column("expires_at", UtcDateTime, nullable=False, info=NOBODY),
    info=personal(Purpose.WORK, Erasure.NONE, until=Until.ALWAYS),
)

NAME = "bot"


async def take(transaction: Transaction, holder: str, now: datetime, length: timedelta) -> str:
    """Take or renew the lease for ``holder``; return who holds it now.

    A holder takes its own lease over at once: the file lock beside its session already proves that
    the process that held it is gone.
    """
    row = {"name": NAME, "holder": holder, "expires_at": now + length}
    await transaction.execute(insert_new(transaction, lease, "name"), row)
    await transaction.execute(
        update(lease)
        .where(lease.c.name == NAME, (lease.c.holder == holder) | (lease.c.expires_at < now))
        .values(holder=holder, expires_at=now + length)
    )
    found = await transaction.execute(select(lease.c.holder).where(lease.c.name == NAME))
    return str(found.scalar_one())


async def release(transaction: Transaction, holder: str) -> None:
    """Give the lease back at an orderly end."""
    await transaction.execute(delete(lease).where(lease.c.name == NAME, lease.c.holder == holder))
