"""1,000,000 experiences, 100,000 members: how long a letter takes, and how long others wait."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bench.database import database
from bench.measure import OURS, Measure, at_most
from bench.subject import Subject
from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.services import stats
from bot.services.letter import composition
from bot.services.letter.entry import Pen
from bot.storage import migration
from bot.storage.database import Database
from bot.storage.letter_material import Span
from bot.storage.transaction import Transaction

PART = "letter"
NOW = datetime(2026, 3, 27, 8, tzinfo=UTC)
YEARS = timedelta(days=730)
"""Over this time all of it was told."""
ROOMS = [RoomId(f"!room{number}:bench.localhost") for number in range(20)]
COUNT, MEMBERS = 1_000_000, 100_000
ROUNDS = 5
LIMIT_S = 2.0
LONGEST_BLOCK_MS = 50.0
TICK_S = 0.005

_NUMBERS = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series"
    " WHERE n < :count) {insert} FROM series",
    "postgresql": "{insert} FROM generate_series(1, :count) AS series(n)",
}
_AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', :start, '+' || (n * :step) || ' seconds')",
    "postgresql": (
        "CAST(:start AS timestamptz) + n * CAST(:step AS double precision) * interval '1 second'"
    ),
}
_FILL = (
    (
        COUNT,
        (
            "INSERT INTO experience (id, room_id, author, source_event_id, problem, solution,"
            " given_tags, visibility, parent_id, created_at) SELECT n, '!room' || (n % 20) ||"
            " '\\:bench.localhost', '@member' || (n % 99991) || '\\:bench.localhost', '$e' || n,"
            " 'A problem with number ' || n, 'we try', '', CASE WHEN n % 5 = 0 THEN 'community'"
            " ELSE 'room' END, CASE WHEN n % 10 = 0 THEN n / 2 END, {at}"
        ),
    ),
    (
        COUNT // 2,
        (
            "INSERT INTO experience_interest (experience_id, user_id, at) SELECT n * 2,"
            " '@member' || (n % 99989) || '\\:bench.localhost', {at}"
        ),
    ),
    (
        MEMBERS,
        (
            "INSERT INTO onboarding (user_id, room_id, draft, state, was_reminded, was_put_off,"
            " begun_at, changed_at) SELECT '@member' || n || '\\:bench.localhost',"
            " '!room' || (n % 20) || '\\:bench.localhost', '{{}}', 'done', false, false, {at}, {at}"
        ),
    ),
    (
        MEMBERS,
        (
            "INSERT INTO consent (user_id, purpose, version, given_at) SELECT '@member' || n ||"
            " '\\:bench.localhost', 'letter', 1, {at}"
        ),
    ),
    (
        MEMBERS,
        (
            "INSERT INTO profile (user_id, field, value, is_hidden, changed_at)"
            " SELECT '@member' || n || '\\:bench.localhost', 'world',"
            " CASE n % 4 WHEN 0 THEN 'civil' WHEN 1 THEN 'public' WHEN 2 THEN 'economy'"
            " ELSE 'science' END, false, {at}"
        ),
    ),
    (
        MEMBERS,
        (
            "INSERT INTO request (room_id, asker, words, source_event_id, asked_at)"
            " SELECT '!room' || (n % 20) || '\\:bench.localhost',"
            " '@member' || n || '\\:bench.localhost', 'Who has question number ' || n,"
            " '$q' || n, {at}"
        ),
    ),
)


async def run(subjects: list[Subject], *, quick: bool, kind: str = "sqlite") -> list[Measure]:
    """Fill a database of one kind, and compose letters of a week and of two months."""
    if not any(subject.name == OURS for subject in subjects):
        return []
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as name:
        directory = Path(name)
        async with database(kind, directory) as given:
            url = given.url or f"sqlite:///{directory / 'compagnon.db'}"
            await migration.upgrade(url, backup_dir=directory, now=NOW)
            opened = Database(url)
            try:
                await _fill(opened, 100 if quick else 1)
                return await _measure(opened, kind)
            finally:
                await opened.close()


async def _fill(opened: Database, share: int) -> None:
    engine = "sqlite" if opened.is_sqlite else "postgresql"
    start = NOW - YEARS

    async def work(transaction: Transaction) -> None:
        for count, insert in _FILL:
            filled = count // share
            statement = _NUMBERS[engine].format(insert=insert.format(at=_AT[engine]))
            given: dict[str, object] = {"count": filled, "step": YEARS.total_seconds() / filled}
            given["start"] = f"{start:%Y-%m-%d %H:%M:%S}" if opened.is_sqlite else start
            await transaction.execute(text(statement), given)
        await transaction.execute(text("ANALYZE"))

    await opened.write(work)


async def _measure(opened: Database, kind: str) -> list[Measure]:
    pen = Pen(Catalogue.load(), "fr", ZoneInfo("Europe/Paris"), NOW)
    week = Span((ROOMS[0],), NOW - timedelta(days=7), NOW, is_widened=True)
    months = Span(tuple(ROOMS), NOW - composition.FURTHEST, NOW, is_widened=True)
    members = [UserId(f"@member{number}:bench.localhost") for number in range(MEMBERS)]

    async def letter(span: Span) -> object:
        async with opened.read() as reader:
            found = await composition.compose(reader, span, pen)
            await composition.weeks(reader, span, pen.zone)
        return found

    async def health() -> object:
        async with opened.read() as reader:
            return await stats.read(reader, ROOMS, members, NOW, pen.zone)

    measures: list[Measure] = []
    for what, work in (
        ("letter of the community, a week", lambda: letter(week)),
        ("letter of twenty rooms, two months", lambda: letter(months)),
        ("stats of twenty rooms", health),
    ):
        longest, blocked = await _time(work)
        name = f"{what}, {kind}"
        measures.append(at_most(PART, name, "s", {OURS: round(longest, 2)}, LIMIT_S))
        shown = {OURS: round(blocked * 1000)}
        measures.append(at_most(PART, f"{name}: loop blocked", "ms", shown, LONGEST_BLOCK_MS))
    return measures


async def _time(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the longest of some rounds, and for how long the event loop stood still at most.

    Processor time of its thread counts for the latter: others on the machine are not to blame us.
    """
    blocked, is_over = 0.0, False

    async def watch() -> None:
        nonlocal blocked
        while not is_over:
            began = time.thread_time()
            await asyncio.sleep(TICK_S)
            blocked = max(blocked, time.thread_time() - began)

    watching = asyncio.create_task(watch())
    longest = 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        if await work() is None:
            raise ValueError("there was something to tell")
        longest = max(longest, time.perf_counter() - began)
    is_over = True
    await watching
    return longest, blocked
