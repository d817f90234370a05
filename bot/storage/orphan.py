"""Orphan: files whose parcel is not to be sent any more, whatever became of it."""

from sqlalchemy import delete, select

from bot.storage.attachment import attachment
from bot.storage.outbox import State, outbox
from bot.storage.transaction import Transaction


async def sweep(transaction: Transaction) -> int:
    """Delete the files of parcels that were sent, given up or erased; return how many went."""
    is_wanted = (
        select(outbox.c.seq)
        .where(outbox.c.oid == attachment.c.oid)
        .where(outbox.c.state.in_((State.PENDING, State.HELD)))
        .exists()
    )
    return (await transaction.execute(delete(attachment).where(~is_wanted))).rowcount
