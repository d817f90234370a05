"""What people type after ``!search`` is words and filters, in either language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import experience_query, setting
from bot.services.experience_query import Query, parse
from bot.services.experience_sight import Sight
from bot.storage import experience
from bot.storage.database import Database
from bot.storage.experience import Experience

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
A, B = RoomId("!a:x"), RoomId("!b:x")


def _parse(text: str) -> Query:
    return parse(text, now=NOW, zone=PARIS)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  budget   école ", Query("budget école")),
        ("budget #Achat #été", Query("budget", frozenset({"achat", "ete"}))),
        ("@jo:x budget", Query("budget", author="@jo:x")),
        ("by:@jo", Query(author="@jo")),
        ("par:@jo,", Query(author="@jo")),
        ("since:2026-01-31", Query(since=datetime(2026, 1, 31, tzinfo=PARIS))),
        ("Depuis:30j", Query(since=NOW - timedelta(days=30))),
        ("depuis:2semaines", Query(since=NOW - timedelta(days=14))),
        ("since:6months", Query(since=NOW - timedelta(days=180))),
        ("depuis:1an", Query(since=NOW - timedelta(days=365))),
        ("a:b", Query("a:b")),
    ],
)
def test_words_and_filters_are_told_apart(text: str, query: Query) -> None:
    assert _parse(text) == query
    assert _parse(text).is_empty == (not text)


@pytest.mark.parametrize("given", ["hier", "2026-02-31", "", "9999999d", "-3d", "\u0663d"])
def test_wrong_date_is_told(given: str) -> None:
    with pytest.raises(UserError) as caught:
        _parse(f"budget since:{given}")
    assert (caught.value.message_id, caught.value.params) == (
        "search.since_wrong",
        {"given": given},
    )


async def test_find_applies_every_filter(database: Database) -> None:
    async def work(transaction: experience.Transaction) -> None:
        for n, (room, author, note) in enumerate(
            [(A, "@jo:x", "budget #achat"), (A, "@ines:x", "budget"), (B, "@jo:x", "budget #achat")]
        ):
            item = Experience(room, UserId(author), EventId(f"${n}"), NOW, note=note)
            await experience.create(transaction, item)

    async def find(text: str, *rooms: RoomId) -> list[int]:
        async with database.read() as reader:
            return (
                await experience_query.find(reader, _parse(text), Sight(frozenset(rooms)))
            ).numbers

    await database.write(work)
    assert await find("budgets", A) == [2, 1]
    assert await find("", A, B) == [3, 2, 1]
    assert await find("#achat", A, B) == [3, 1]
    assert await find("budget by:@jo", A) == [1]
    assert await find("par:@ines:x", A, B) == [2]
    assert await find("par:@nobody budget", A, B) == []
    capture = setting.find_key("capture")
    await database.write(lambda t: setting.change(t, B, capture, "off", UserId("@anne:x"), NOW))
    async with database.read() as reader:
        sight = Sight(frozenset({A, B}), trusted=await setting.trusted(reader))
        assert (await experience_query.find(reader, _parse("budget"), sight)).numbers == [2, 1]
