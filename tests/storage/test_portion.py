"""Who goes through many rows lets others have their turn."""

import asyncio

from bot.storage.portion import PORTION, in_portions


async def test_others_have_their_turn_after_each_portion() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(other())
    found = [item async for item in in_portions(range(3 * PORTION))]
    beside.cancel()

    assert found == list(range(3 * PORTION))
    assert turns >= 2
