"""What members chose, and the long answers they page through."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.config.settings import RetentionSettings
from bot.ids import UserId
from bot.storage import member, page, retention
from bot.storage.database import Database
from bot.storage.member import Member
from bot.storage.page import Page

DAYS: dict[str, int] = RetentionSettings().model_dump()
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
A = UserId("@a")


async def test_member_unknown_chose_nothing(database: Database) -> None:
    async with database.read() as reader:
        assert await member.get(reader, A) == Member(A)


async def test_member_choices_do_not_touch_each_other(database: Database) -> None:
    await database.write(lambda t: member.set_language(t, A, "en"))
    await database.write(lambda t: member.set_timezone(t, A, "America/Martinique"))
    await database.write(lambda t: member.set_pause(t, A, NOW))
    await database.write(lambda t: member.set_language(t, A, "fr"))
    async with database.read() as reader:
        assert await member.get(reader, A) == Member(A, "fr", "America/Martinique", NOW)
    await database.write(lambda t: member.set_pause(t, A, None))
    async with database.read() as reader:
        assert (await member.get(reader, A)).paused_until is None
    await database.write(lambda t: member.forget(t, A))
    async with database.read() as reader:
        assert await member.get(reader, A) == Member(A)


async def test_naive_time_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="naive datetime"):
        await database.write(lambda t: member.set_pause(t, A, naive))


async def test_pages_are_taken_one_by_one(database: Database) -> None:
    pages = [Page(f"page {n}", f"<b>page {n}</b>") for n in range(3)]
    await database.write(lambda t: page.replace(t, "!r|@a", pages, NOW))
    for left in (2, 1, 0):
        taken = await database.write(lambda t: page.take(t, "!r|@a"))
        assert taken == (pages[2 - left], left)
    assert await database.write(lambda t: page.take(t, "!r|@a")) is None


async def test_next_long_answer_replaces_the_rest(database: Database) -> None:
    await database.write(lambda t: page.replace(t, "c", [Page("old", "old")], NOW))
    await database.write(lambda t: page.replace(t, "d", [Page("other", "other")], NOW))
    await database.write(lambda t: page.replace(t, "c", [Page("new", "new")], NOW))
    assert await database.write(lambda t: page.take(t, "c")) == (Page("new", "new"), 0)
    await database.write(lambda t: page.replace(t, "d", [], NOW))
    assert await database.write(lambda t: page.take(t, "d")) is None


async def test_pages_nobody_asked_for_are_forgotten(database: Database) -> None:
    await database.write(lambda t: page.replace(t, "c", [Page("a", "a")], NOW))
    await database.write(lambda t: page.replace(t, "d", [Page("b", "b")], NOW + timedelta(days=1)))
    gone = await database.write(lambda t: retention.forget(t, DAYS, NOW + timedelta(7, 3600)))
    assert gone["page"] == 1
    assert await database.write(lambda t: page.take(t, "c")) is None
