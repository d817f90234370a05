"""Search quality: how much of what people look for they find, as they type it.

``bench/data/experiences.tsv`` holds a name, a problem and a solution a line, in French or English;
``queries.tsv`` what somebody types (inflected, without accents, with a slip, in other words than
the author's) and the names of all that would help them.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import OURS, Measure, at_least
from bench.subject import Subject
from bot.encoder import SentenceEncoder, is_installed
from bot.ids import EventId, RoomId, UserId
from bot.meaning import Meaning
from bot.services import experience_meaning
from bot.services.experience_meaning import Wanted
from bot.storage import experience, experience_search, migration
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.experience_index import Filter
from bot.storage.transaction import Transaction

PART = "search-quality"
DATA = Path(__file__).parent.parent / "data"
ROOM = RoomId("!room:bench.localhost")
AUTHOR = UserId("@member:bench.localhost")
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
PAGE = 10
"""Hits that somebody looks at."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Of what would help, the share found on the first page, and of that page what helps.

    Both are means over all queries (0 to 1); ``on_top`` is the share of queries whose first hit
    helps. ``missed`` are the queries that found nothing that helps.
    """

    recall: float
    precision: float
    on_top: float
    missed: tuple[str, ...]


def table(name: str) -> list[list[str]]:
    """Return the lines of a table of the data, each a list of cells."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


async def fill(database: Database) -> dict[int, str]:
    """Share all experiences of the table; return their names by number."""

    async def work(transaction: Transaction) -> dict[int, str]:
        names: dict[int, str] = {}
        for name, problem, solution in table("experiences"):
            source = EventId(f"${name}")
            item = Experience(ROOM, AUTHOR, source, NOW, problem=problem, solution=solution)
            names[(await experience.create(transaction, item)).id] = name
        return names

    return await database.write(work)


async def measure(database: Database, encoder: SentenceEncoder | None = None) -> Quality:
    """Share and search everything in ``database``, which is empty; by meaning too, if it is given.

    What is shown is what the bot shows: a page of what the words find, or less and what is close.
    """
    names = await fill(database)
    if encoder is not None:
        await encoder.load()
        await Meaning(database, encoder).catch_up()
    recalls: list[float] = []
    precisions: list[float] = []
    tops: list[bool] = []
    missed: list[str] = []
    for query, helpful in table("queries"):
        wanted = set(helpful.split())
        found = [names[number] for number in await _found(database, encoder, query)]
        good = len(wanted & set(found))
        recalls.append(good / len(wanted))
        precisions.append(good / len(found) if found else 0)
        tops.append(bool(found) and found[0] in wanted)
        if not good:
            missed.append(query)
    count = len(recalls)
    return Quality(sum(recalls) / count, sum(precisions) / count, sum(tops) / count, tuple(missed))


async def _found(database: Database, encoder: SentenceEncoder | None, query: str) -> list[int]:
    """Return what somebody is shown who asks ``query``."""
    scope = Filter(frozenset({ROOM}))
    async with database.read() as reader:
        hits = (await experience_search.search(reader, query, scope)).numbers[:PAGE]
    if len(hits) == PAGE:
        return hits
    wanted = Wanted(scope, experience_meaning.FOUND, hits)
    return [*hits, *await experience_meaning.close_to(encoder, database, [query], wanted)][:PAGE]


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:  # noqa: ARG001  always quick
    """Fill a database with the table and ask it all queries."""
    if not any(subject.name == OURS for subject in subjects):
        return []
    measures = _measures(await _apart(None), "", 0.6)
    if is_installed():
        encoder = SentenceEncoder()
        measures += _measures(await _apart(encoder), ", with the extra", 0.9)
        encoder.close()
    return measures


async def _apart(encoder: SentenceEncoder | None) -> Quality:
    """Measure in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as name:
        directory = Path(name)
        url = f"sqlite:///{directory / 'compagnon.db'}"
        await migration.upgrade(url, backup_dir=directory, now=NOW)
        database = Database(url)
        try:
            return await measure(database, encoder)
        finally:
            await database.close()


def _measures(quality: Quality, how: str, goal: float) -> list[Measure]:
    return [
        at_least(PART, f"recall at {PAGE}{how}", "", {OURS: round(quality.recall, 3)}, goal),
        Measure(PART, f"precision at {PAGE}{how}", "", {OURS: round(quality.precision, 2)}),
        Measure(PART, f"first hit helps{how}", "", {OURS: round(quality.on_top, 2)}),
    ]
