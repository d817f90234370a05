"""Waiting: how much ciphertext of one person may wait for its room key."""

import logging
from collections.abc import Sequence

from bot.matrix.batch import Unreadable
from bot.model import Event
from bot.storage import unreadable
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

MOST = 100
"""Events of one sender; a client whose keys are late has a handful, and it takes garbage to fill
a disk: each may have 64 KiB, and waits for days."""


async def within_limits(
    transaction: Transaction, picked: Sequence[Event | Unreadable]
) -> list[Event | Unreadable]:
    """Return ``picked`` without the ciphertext that is too much of its sender's."""
    senders = {item.sender for item in picked if isinstance(item, Unreadable)}
    counts = await unreadable.counts(transaction, senders)
    kept: list[Event | Unreadable] = []
    for item in picked:
        if isinstance(item, Unreadable):
            counts[item.sender] += 1
            if counts[item.sender] > MOST:
                log.warning("event=ciphertext_over_limit sender=%.60r", item.sender)
                continue
        kept.append(item)
    return kept
