"""100,000 experiences: how fast they are written and how fast one is found among them."""

import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase

from sqlalchemy import insert, text

from bench.cost import running_ms
from bench.database import database
from bench.measure import OURS, Measure, at_most, quantile
from bench.subject import Subject
from bench.talk import SYLLABLES
from bot.ids import EventId, RoomId, UserId
from bot.storage import (
    experience,
    experience_index,
    experience_search,
    experience_token,
    migration,
)
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.experience_index import Filter
from bot.storage.transaction import Transaction

PART = "search"
ROOMS = [RoomId(f"!room{number}:bench.localhost") for number in range(20)]
AUTHORS = [UserId(f"@member{number}:bench.localhost") for number in range(300)]
VOCABULARY = 8000
"""Words in use among a few thousand people, drawn with Zipf's frequencies like real ones."""
WORDS = (12, 40)
"""In one experience: a line or two for problem and solution together."""
AT_ONCE = 100
"""Writers at the same time, as in a burst; they share commits."""
FILL = 1000
"""Experiences in one transaction while the database is filled, which is not measured."""
TOGETHER = 2000
ONE_BY_ONE = 300
QUESTIONS = 120
"""Of each kind."""
WARMING = 5
"""Asked before, for what is put off until it is first needed."""
SMALL = 100_000
"""Up to so many a search may take 30 ms, and above 100."""
SHOWN = 5
"""Experiences that an answer shows."""
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


async def run(
    subjects: list[Subject], *, quick: bool, kind: str = "sqlite", count: int = 100_000
) -> list[Measure]:
    """Fill a database of one kind and search it, as the bot does, without a homeserver."""
    if not any(subject.name == OURS for subject in subjects):
        return []
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as name:
        directory = Path(name)
        async with database(kind, directory) as given:
            url = given.url or f"sqlite:///{directory / 'compagnon.db'}"
            await migration.upgrade(url, backup_dir=directory, now=NOW)
            opened = Database(url)
            try:
                return await _measure(opened, kind, 5_000 if quick else count)
            finally:
                await opened.close()


async def _measure(opened: Database, kind: str, count: int) -> list[Measure]:
    luck = random.Random(1)
    items = _experiences(luck)
    for start in range(0, count, FILL):
        await _fill(opened, start, list(itertools.islice(items, FILL)))
    began = time.perf_counter()
    shares = [list(itertools.islice(items, TOGETHER // AT_ONCE)) for _ in range(AT_ONCE)]
    await asyncio.gather(*(_share(opened, share) for share in shares))
    together = TOGETHER / (time.perf_counter() - began)
    began = time.perf_counter()
    await _share(opened, list(itertools.islice(items, ONE_BY_ONE)))
    alone = ONE_BY_ONE / (time.perf_counter() - began)
    asked = [await _ask(opened, kind, count, what, luck) for what in KINDS]
    return [
        Measure(PART, f"written, {AT_ONCE} at once, {kind}", "/s", {OURS: round(together)}),
        Measure(PART, f"written one by one, {kind}", "/s", {OURS: round(alone)}),
        *itertools.chain.from_iterable(asked),
    ]


async def _ask(
    opened: Database, kind: str, count: int, what: str, luck: random.Random
) -> list[Measure]:
    """Ask many questions of one kind; the goal is the issue's, of the time that somebody waits.

    The time on a processor tells what that is on a machine that has nothing else to do.
    """
    limit = 30 if count <= SMALL else 100
    backends = await _backends(opened)
    for _ in range(WARMING):
        await _search(opened, KINDS[what](luck), backends)
    times = [await _search(opened, KINDS[what](luck), backends) for _ in range(QUESTIONS)]
    waited, worked = ([pair[n] for pair in times] for n in (0, 1))
    where = f"{what}, {count:,}, {kind}"
    return [
        Measure(PART, f"p50 {where}", "ms", {OURS: round(quantile(waited, 0.5), 1)}),
        at_most(PART, f"p95 {where}", "ms", {OURS: round(quantile(waited, 0.95), 1)}, limit),
        Measure(PART, f"p95 {where}", "CPU ms", {OURS: round(quantile(worked, 0.95), 1)}),
    ]


async def _backends(opened: Database) -> list[int]:
    """Return the processes of a PostgreSQL server that work for us; none for SQLite."""
    async with opened.read() as reader:
        if reader.engine == "sqlite":
            return []
        statement = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        return [int(row[0]) for row in await reader.execute(text(statement))]


async def _fill(opened: Database, start: int, items: list[Experience]) -> None:
    """Write many that follow the ``start`` first ones, in two statements instead of two each."""
    names = [field.name for field in fields(Experience) if field.name != "id"]
    rows = [{name: getattr(item, name) for name in names} for item in items]
    indexed = [(start + n, experience_token.of(item)) for n, item in enumerate(items, 1)]

    async def work(transaction: Transaction) -> None:
        await transaction.execute(insert(experience.experience), rows)
        await experience_index.write_all(transaction, indexed)

    await opened.write(work)


async def _share(opened: Database, items: list[Experience]) -> None:
    """Write one after the other, each durable before the next."""
    for item in items:
        await _create(opened, [item])


async def _create(opened: Database, items: list[Experience]) -> None:
    async def work(transaction: Transaction) -> None:
        for item in items:
            await experience.create(transaction, item)

    await opened.write(work)


async def _search(opened: Database, words: str, backends: Sequence[int]) -> tuple[float, float]:
    """Return the milliseconds until the first page of one room's hits is there to be shown.

    And those of them in which a processor worked for it, here and in the database's server.
    """
    began, worked = time.perf_counter(), _worked_ms(backends)
    async with opened.read() as reader:
        hits = await experience_search.search(reader, words, Filter(frozenset(ROOMS[:1])))
        await experience.get_all(reader, hits.numbers[:SHOWN])
    return (time.perf_counter() - began) * 1000, _worked_ms(backends) - worked


def _worked_ms(backends: Sequence[int]) -> float:
    return time.process_time() * 1000 + running_ms(backends)


def _experiences(luck: random.Random) -> Iterator[Experience]:
    for number in itertools.count():
        words = _words(luck, luck.randint(*WORDS))
        half = len(words) // 2
        yield Experience(
            room_id=luck.choice(ROOMS),
            author=luck.choice(AUTHORS),
            source_event_id=EventId(f"$event{number}"),
            created_at=NOW + timedelta(seconds=number),
            problem=" ".join(words[:half]),
            solution=" ".join(words[half:]),
        )


def _few(luck: random.Random) -> str:
    return " ".join(_words(luck, luck.randint(1, 3)))


def _six(luck: random.Random) -> str:
    return " ".join(_words(luck, 6))


def _slipped(luck: random.Random) -> str:
    """Return a word of six letters or more of which one is wrong."""
    word = next(word for word in iter(lambda: _words(luck, 1)[0], "") if len(word) >= 6)
    at = luck.randrange(1, len(word) - 1)
    return word[:at] + luck.choice(ascii_lowercase) + word[at + 1 :]


KINDS: Mapping[str, Callable[[random.Random], str]] = {
    "one to three words": _few,
    "six words": _six,
    "one word with a slip": _slipped,
}


def _words(luck: random.Random, count: int) -> list[str]:
    return luck.choices(_VOCABULARY, cum_weights=_FREQUENCIES, k=count)


_VOCABULARY = [
    "".join(random.Random(number).choices(SYLLABLES, k=2 + number % 3))
    for number in range(VOCABULARY)
]
_FREQUENCIES = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
