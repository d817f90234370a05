"""What people look for is found, as they type it."""

from bench.part.search_quality import measure, table
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
