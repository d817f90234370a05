"""What people look for is found, as they type it."""

import pytest

from bench.part.search_quality import measure, table
from bot.encoder import SentenceEncoder, is_installed
from bot.storage.database import Database


def test_the_table_is_large_and_whole() -> None:
    names = {name for name, _problem, _solution in table("experiences")}
    queries = table("queries")
    assert len(names) >= 80
    assert len(queries) >= 60
    assert {name for _query, helpful in queries for name in helpful.split()} <= names


async def test_most_is_found_without_any_extra(database: Database) -> None:
    quality = await measure(database)
    assert quality.recall >= 0.6, quality
    assert quality.on_top >= 0.6, quality


@pytest.mark.skipif(not is_installed(), reason="needs compagnon[semantic]")
async def test_more_is_found_with_the_extra(database: Database) -> None:
    encoder = SentenceEncoder()
    quality = await measure(database, encoder)
    encoder.close()
    assert quality.recall >= 0.9, quality
    assert quality.precision >= 0.3, quality
