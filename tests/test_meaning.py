"""Vectors are made in the background, of what is told and of what was told before."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.ids import EventId, RoomId, UserId
from bot.meaning import Meaning
from bot.storage import experience, experience_vector
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.transaction import Transaction
from tests.meaning import TopicEncoder

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


async def tell(database: Database, count: int) -> None:
    async def work(transaction: Transaction) -> None:
        for number in range(count):
            event = EventId(f"${number}")
            item = Experience(RoomId("!r"), UserId("@jo:x"), event, NOW, note=f"cantine {number}")
            await experience.create(transaction, item)

    await database.write(work)


async def nothing(transaction: Transaction) -> None:
    del transaction


async def kept(database: Database) -> dict[int, str]:
    table = experience_vector.experience_vector
    async with database.read() as reader:
        return {row.experience_id: row.model for row in await reader.execute(select(table))}


async def test_what_was_told_before_is_made_up_for(database: Database) -> None:
    await tell(database, 40)
    encoder = TopicEncoder()

    assert await Meaning(database, encoder).catch_up() == 40
    assert await Meaning(database, encoder).catch_up() == 0

    assert len(await kept(database)) == len(encoder.encoded) == 40


async def test_another_model_makes_all_anew(database: Database) -> None:
    await tell(database, 2)
    await Meaning(database, TopicEncoder()).catch_up()

    await Meaning(database, TopicEncoder(model="newer")).catch_up()

    assert await kept(database) == {1: "newer", 2: "newer"}


async def test_what_changes_while_it_is_encoded_is_not_kept(database: Database) -> None:
    await tell(database, 2)

    class Slow(TopicEncoder):
        async def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
            async def change(transaction: Transaction) -> None:
                await experience.erase(transaction, 1)
                item = await experience.get(transaction, 2)
                assert item is not None
                await experience.update_text(
                    transaction, Experience(**{**vars_of(item), "note": "x"})
                )

            await database.write(change)
            return await super().encode(items)

    await Meaning(database, Slow()).encode_these([1, 2])

    assert await kept(database) == {}


def vars_of(item: Experience) -> dict[str, object]:
    return {name: getattr(item, name) for name in Experience.__slots__}


async def test_what_is_told_is_encoded_while_it_runs(database: Database) -> None:
    encoder = TopicEncoder(is_ready=False)
    meaning = Meaning(database, encoder)

    def hear(announced: list[object]) -> None:
        found = [item.number for item in announced if isinstance(item, experience_vector.Told)]
        meaning.add(found)

    database.on_announced = hear
    running = asyncio.create_task(meaning.run())
    await tell(database, 3)
    async with asyncio.timeout(30):
        await encoder.has_encoded.wait()
    while len(await kept(database)) < 3:
        await database.write(nothing)  # behind what is being kept
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert encoder.is_ready
    assert encoder.is_closed


async def test_model_that_cannot_be_loaded_ends_quietly(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = TopicEncoder(is_ready=False, breaks=ImportError("no such library"))

    await Meaning(database, encoder).run()

    assert "event=encoder_failed" in caplog.text
    assert encoder.is_closed
