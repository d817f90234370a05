"""Portion: many rows are gone through without holding up everything else."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

PORTION = 100
"""Meetings built at a time: some milliseconds."""


async def in_portions(items: Iterable[T]) -> AsyncIterator[T]:
    """Yield ``items``, letting others have their turn after each portion."""
    for number, item in enumerate(items, 1):
        yield item
        if number % PORTION == 0:
            await asyncio.sleep(0)
