"""Experience index: the words of all experiences, in the full-text engine of the database.

FTS5 on SQLite and a ``tsvector`` on PostgreSQL hold the same tokens, made in ``bot.storage.stem``;
room, author and tags are tokens too, so that one index lookup answers the whole question (one
room out of a million documents: 6 ms against 111 ms with a join). Tokens of ours begin with an
underscore, which no word of a member does. The tables are made by the migrations.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import combinations

from sqlalchemy import text

from bot.ids import RoomId, UserId
from bot.storage.stem import Word, name_token, searched
from bot.storage.transaction import Reader, Transaction

COUNT_LIMIT = 100
"""Hits are counted up to here; nobody pages further, and counting all would cost the most."""

HAS_SECURE_DELETE = sqlite3.sqlite_version_info >= (3, 42)
"""Whether FTS5 can take deleted words out of its segments at once (SQLite 3.42, 2023-05-16)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What an experience must be to be shown: of one of ``rooms``, and of all else that is given.

    ``tags`` are folded and without ``#``; it must have each of them. ``since`` is aware.
    """

    rooms: frozenset[RoomId]
    author: UserId | None = None
    tags: frozenset[str] = frozenset()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """Numbers of experiences, the best first, and at most `COUNT_LIMIT` of them.

    ``is_capped`` tells that there are more.
    """

    numbers: list[int]
    is_capped: bool


async def write(
    transaction: Transaction, number: int, tokens: Iterable[str], *, is_new: bool
) -> None:
    """Index experience ``number`` under ``tokens``, instead of those it had if it is not new."""
    if not is_new:
        await remove(transaction, number)
    words = " ".join(sorted(tokens))
    if transaction.engine == "sqlite":
        statement = text("INSERT INTO experience_index(rowid, tokens) VALUES (:id, :tokens)")
    else:
        statement = text(
            "INSERT INTO experience_index(id, tokens)"
            " VALUES (:id, array_to_tsvector(string_to_array(:tokens, ' ')))"
        )
    await transaction.execute(statement, {"id": number, "tokens": words})


async def remove(transaction: Transaction, number: int) -> None:
    """Take an experience out of the index."""
    key = "rowid" if transaction.engine == "sqlite" else "id"
    statement = text(f"DELETE FROM experience_index WHERE {key} = :id")  # noqa: S608  two constants
    await transaction.execute(statement, {"id": number})


async def scrub(transaction: Transaction) -> None:
    """Take deleted words out of the file for good, where the engine has not done it at once.

    It rewrites the index, in the time that takes (0.1 s for 10,000 experiences): a nightly task,
    and the end of an erasure.
    """
    if transaction.engine == "sqlite" and not HAS_SECURE_DELETE:
        await transaction.execute(
            text("INSERT INTO experience_index(experience_index) VALUES ('optimize')")
        )


def own_tokens(room_id: RoomId, author: UserId, tags: Iterable[str]) -> set[str]:
    """Return the tokens for what an experience can be filtered by."""
    return {_room_token(room_id), _author_token(author), *map(_tag_token, tags)}


async def search(reader: Reader, words: str, wanted: Filter, first: int = 0) -> Hits:
    """Return what matches ``words``, the same on both engines.

    First come those that have all words, then those that have their beginnings, then those that
    miss one word, and so on down to half of the words; the newest first within each. Numbers below
    ``first`` do not count; ``wanted.since`` is the caller's to turn into it.
    """
    terms = searched(words)
    if not terms or not wanted.rooms:
        return Hits([], is_capped=False)
    found: dict[int, None] = {}
    for tier in _tiers(terms):
        if len(found) > COUNT_LIMIT:
            break
        for number in await _match(reader, tier, wanted, first):
            found.setdefault(number)
    numbers = list(found)
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


_Expression = list[list[Word]]
"""Alternatives, each a set of words that must all be there."""


def _tiers(terms: list[Word]) -> Iterable[_Expression]:
    yield [[Word(term.stems, None) for term in terms]]
    for size in range(len(terms), (len(terms) - 1) // 2, -1):
        yield [list(combination) for combination in combinations(terms, size)]


async def _match(reader: Reader, tier: _Expression, wanted: Filter, first: int) -> list[int]:
    grammar = _FTS5 if reader.engine == "sqlite" else _TSQUERY
    statement = text(
        f"SELECT {grammar.key} FROM experience_index"  # noqa: S608  constants
        f" WHERE {grammar.condition} AND {grammar.key} >= :first"
        f" ORDER BY {grammar.key} DESC LIMIT :n"
    )
    parameters = {"query": grammar.query(tier, wanted), "first": first, "n": COUNT_LIMIT + 1}
    return [int(row[0]) for row in await reader.execute(statement, parameters)]


@dataclass(frozen=True, slots=True)
class _Grammar:
    """How one engine writes a query; tokens hold nothing but ASCII letters, digits and ``_``."""

    key: str
    condition: str
    all_of: str
    any_of: str
    token: str
    prefix: str

    def query(self, tier: _Expression, wanted: Filter) -> str:
        """Return the query for a tier of words among what is wanted."""
        required = [self._any(sorted(map(_room_token, wanted.rooms)))]
        if wanted.author is not None:
            required.append(self.token % _author_token(wanted.author))
        required += [self.token % _tag_token(tag) for tag in sorted(wanted.tags)]
        alternatives = [self.all_of.join(map(self._word, words)) for words in tier]
        required.append(f"({self.any_of.join(f'({one})' for one in alternatives)})")
        return self.all_of.join(required)

    def _word(self, word: Word) -> str:
        alternatives = [self.token % stem for stem in sorted(word.stems)]
        if word.prefix is not None:
            alternatives.append(self.prefix % word.prefix)
        return f"({self.any_of.join(alternatives)})"

    def _any(self, names: list[str]) -> str:
        return f"({self.any_of.join(self.token % name for name in names)})"


_FTS5 = _Grammar("rowid", "experience_index MATCH :query", " AND ", " OR ", '"%s"', '"%s"*')
_TSQUERY = _Grammar("id", "tokens @@ CAST(:query AS tsquery)", "&", "|", "'%s'", "'%s':*")


def _room_token(room_id: RoomId) -> str:
    return "_r" + _digest(room_id)


def _author_token(author: UserId) -> str:
    return "_a" + _digest(author)


def _tag_token(tag: str) -> str:
    return "_t" + name_token(tag)


def _digest(name: str) -> str:
    return blake2b(name.encode(), digest_size=10).hexdigest()
