"""SQLite and PostgreSQL find the same experiences in the same order."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.storage import experience, experience_search
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.experience_index import Filter
from bot.storage.transaction import Transaction

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
WORDS = [
    *("réunion", "réunions", "élu", "élus", "budget", "budgets", "participatif", "école", "écoles"),
    *("cantine", "vote", "voter", "formation", "former", "formulaire", "accueil", "accueillir"),
    *("meeting", "shared", "sharing", "usager", "usagère"),
]
ROOMS = [RoomId(f"!{n}:x") for n in range(3)]


async def _fill(database: Database) -> None:
    chance = random.Random(7)

    async def work(transaction: Transaction) -> None:
        for n in range(300):
            note = " ".join(chance.choices(WORDS, k=4)) + chance.choice(["", " #achat", " #été"])
            author = UserId(f"@{chance.randrange(3)}:x")
            item = Experience(chance.choice(ROOMS), author, EventId(f"${n}"), NOW, note=note)
            await experience.create(transaction, item)

    await database.write(work)


@pytest.mark.postgres
async def test_both_engines_find_the_same(
    sqlite_template: Path, empty_postgres_url: str, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    both = [Database(f"sqlite:///{tmp_path / 'bot.db'}"), Database(empty_postgres_url)]
    chance = random.Random(11)
    asked = [
        (
            " ".join(word[: chance.randint(3, 9)] for word in chance.choices(WORDS, k=size)),
            Filter(
                frozenset(chance.sample(ROOMS, chance.randint(1, 3))),
                author=chance.choice([None, None, UserId("@1:x")]),
                tags=chance.choice([frozenset(), frozenset(), frozenset({"achat"})]),
            ),
        )
        for size in (1, 1, 2, 2, 3, 3, 4, 5, 6)
        for _ in range(12)
    ]
    answers = []
    for database in both:
        await _fill(database)
        async with database.read() as reader:
            answers.append(
                [await experience_search.search(reader, words, wanted) for words, wanted in asked]
            )
        await database.close()
    for question, sqlite, postgresql in zip(asked, *answers, strict=True):
        assert sqlite == postgresql, question
    assert sum(bool(hits.numbers) for hits in answers[0]) > len(asked) / 2
