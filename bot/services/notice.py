"""Notice: everybody is told once, before all else, how the bot deals with their data."""

from collections.abc import Callable
from datetime import datetime

from bot.ids import UserId
from bot.storage import notice
from bot.storage.transaction import Transaction

VERSION = 1
"""Raised when the text says something else: then everybody is told again."""


async def tell_once(
    transaction: Transaction, user: UserId, now: datetime, say: Callable[[], object]
) -> bool:
    """Let ``say`` tell the notice, and note it, unless ``user`` was told this version before."""
    if await notice.told_at(transaction, user, VERSION) is not None:
        return False
    say()
    await notice.record(transaction, user, VERSION, now)
    return True
