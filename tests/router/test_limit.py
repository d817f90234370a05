"""The rate limit: who is told, when silence begins, and what a backlog is."""

from datetime import datetime, timedelta

import pytest

from bot.ids import UserId
from bot.router.message import ROOM_FACTOR
from bot.services.limit import Limit, Verdict
from bot.storage.database import Database
from bot.storage.inbox import Outcome
from tests.scene import JO, MAX, NOW, Scene

SECOND = timedelta(seconds=1)


def judged(limit: Limit, *times: datetime, user: UserId = JO) -> list[str]:
    return [limit.judge(user, at).value for at in times]


def test_limit_allows_so_many_at_once_and_tells_once() -> None:
    limit = Limit(3)

    assert judged(limit, *[NOW] * 6) == ["allowed"] * 3 + ["told", "silent", "silent"]


def test_limit_refills_over_a_minute() -> None:
    limit = Limit(3)
    judged(limit, *[NOW] * 3)

    assert judged(limit, *[NOW + n * 20 * SECOND for n in range(1, 4)]) == ["allowed"] * 3


def test_limit_tells_again_only_after_a_minute_of_peace() -> None:
    limit = Limit(60)
    judged(limit, *[NOW] * 60)
    flood = judged(limit, *[NOW + n * SECOND / 10 for n in range(600)])
    later = NOW + timedelta(minutes=3)
    again = judged(limit, *[later] * 62)

    assert flood.count("told") == 1
    assert again == ["allowed"] * 60 + ["told", "silent"]


def test_limit_is_each_members_own() -> None:
    limit = Limit(1)
    judged(limit, NOW, NOW)

    assert judged(limit, NOW, user=MAX) == ["allowed"]


def test_limit_of_zero_is_none() -> None:
    assert judged(Limit(0), *[NOW] * 1000) == ["allowed"] * 1000


def test_limit_forgets_the_quietest() -> None:
    limit = Limit(1)
    for number in range(20_000):
        assert limit.judge(UserId(f"@u{number}:x.org"), NOW) is Verdict.ALLOWED

    assert len(limit._buckets) == 10_000


@pytest.fixture
def limited(database: Database) -> Scene:
    return Scene(database, limit=2)


async def test_flood_is_told_once_then_met_with_silence(limited: Scene) -> None:
    messages = [limited.message("!ping") for _ in range(5)]
    answers = [await limited.hear(message) for message in messages]

    assert [len(acts) for acts in answers] == [1, 1, 1, 0, 0]
    assert "minute" in answers[2][0].body
    assert await limited.outcome(messages[4].event_id) is Outcome.REFUSED


async def test_flood_from_many_accounts_is_limited_by_the_room(limited: Scene) -> None:
    answers = [
        await limited.say("!ping", sender=UserId(f"@u{number}:x.org"))
        for number in range(2 * ROOM_FACTOR + 5)
    ]

    assert sum(map(len, answers)) == 2 * ROOM_FACTOR + 1


async def test_backlog_written_in_peace_is_answered_whole(limited: Scene) -> None:
    sent = [NOW - timedelta(minutes=n) for n in range(10, 0, -1)]
    backlog = [limited.message("!ping", sent_at=at) for at in sent]

    answers = [await limited.hear(message, is_late=True) for message in backlog]

    assert [act.body.startswith("pong") for acts in answers for act in acts] == [True] * 10


async def test_time_stamps_of_the_future_buy_nothing(limited: Scene) -> None:
    sent = [NOW + timedelta(minutes=n) for n in range(10)]
    forged = [limited.message("!ping", sent_at=at) for at in sent]

    answers = [await limited.hear(message, is_late=True) for message in forged]

    assert sum(map(len, answers)) == 3
