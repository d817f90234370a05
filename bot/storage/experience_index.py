"""Experience index: the words of all experiences, in the full-text engine of the database.

FTS5 on SQLite and a ``tsvector`` on PostgreSQL hold the same tokens, made in ``bot.storage.stem``;
room, author and tags are tokens too, so that one index lookup answers the whole question (one
room out of a million documents: 6 ms against 111 ms with a join). Tokens of ours begin with an
underscore, which no word of a member does. The tables are made by the migrations.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import text

from bot.ids import RoomId, UserId
from bot.storage.stem import Word, name_token, searched
from bot.storage.transaction import Reader, Transaction

COUNT_LIMIT = 100
"""Hits are counted up to here; nobody pages further, and counting all would cost the most."""

ENOUGH = 10
"""With so many good hits, those that miss a word would only be noise."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What an experience must be to be shown: of one of ``rooms``, and of all else that is given.

    With ``is_widened`` what its author let the community see counts as well, wherever it is from.
    ``tags`` are folded and without ``#``; it must have each of them. ``since`` is aware. ``room``
    is the only room that is wanted.
    """

    rooms: frozenset[RoomId]
    author: UserId | None = None
    tags: frozenset[str] = frozenset()
    since: datetime | None = None
    is_widened: bool = False
    room: RoomId | None = None


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
    """Take deleted words out of the file for good: FTS5 keeps them until it merges.

    It rewrites the index, in the time that takes (0.1 s for 10,000 experiences): a nightly task,
    and the end of an erasure.
    """
    if transaction.engine == "sqlite":
        await transaction.execute(
            text("INSERT INTO experience_index(experience_index) VALUES ('optimize')")
        )


def own_tokens(
    room_id: RoomId, author: UserId, tags: Iterable[str], *, is_widened: bool = False
) -> set[str]:
    """Return the tokens for what an experience can be filtered by."""
    own = {_room_token(room_id), _author_token(author), *map(_tag_token, tags)}
    return own | {_WIDENED} if is_widened else own


async def search(reader: Reader, words: str, wanted: Filter, first: int = 0) -> Hits:
    """Return what matches ``words``, the same on both engines.

    First come those that have all words; then, as long as these are not `ENOUGH`, those that have
    all words or longer ones that begin so; then those with at least half of the words, the most
    first. Among equals the newest comes first. Numbers below ``first`` do not count;
    ``wanted.since`` is the caller's to turn into it.
    """
    terms = searched(words)
    if not terms or not (wanted.rooms or wanted.is_widened):
        return Hits([], is_capped=False)
    grammar = _FTS5 if reader.engine == "sqlite" else _TSQUERY
    if reader.engine != "sqlite":
        # A plan made without knowing the words reads the whole table for rare ones.
        await reader.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    found: dict[int, None] = {}
    for statement, parameters in grammar.looks(grammar.scope(wanted), terms):
        values = {**parameters, "first": first, "n": COUNT_LIMIT + 1}
        for row in await reader.execute(text(statement), values):
            found.setdefault(int(row[0]))
        if len(found) >= ENOUGH:
            break
    numbers = list(found)
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


_Look = tuple[str, dict[str, object]]
"""A statement and its parameters."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    """How one engine writes a query; tokens hold nothing but ASCII letters, digits and ``_``.

    ``begins`` is the statement for queries with beginnings of words: PostgreSQL cannot guess how
    many rows those match and would read the whole table backwards for a word that nobody wrote.
    """

    both: str
    either: str
    token: str
    prefix: str
    newest: str
    begins: str

    def scope(self, wanted: Filter) -> str:
        """Return the part of a query that says where and whose."""
        seen = [self.token % _room_token(room) for room in sorted(wanted.rooms)]
        if wanted.is_widened:
            seen.append(self.token % _WIDENED)
        required = [self.any(seen)]
        if wanted.room is not None:
            required.append(self.token % _room_token(wanted.room))
        if wanted.author is not None:
            required.append(self.token % _author_token(wanted.author))
        required += [self.token % _tag_token(tag) for tag in sorted(wanted.tags)]
        return self.both.join(required)

    def looks(self, scope: str, terms: list[Word]) -> Iterator[_Look]:
        """Yield what to ask, the best first."""
        exact = [self.any(self.token % stem for stem in sorted(term.stems)) for term in terms]
        yield self.newest, {"query": self.both.join([scope, *exact])}
        if any(term.prefix for term in terms):
            begun = [
                self.any([word, self.prefix % term.prefix]) if term.prefix else word
                for word, term in zip(exact, terms, strict=True)
            ]
            yield self.begins, {"query": self.both.join([scope, *begun])}
        # Each look shows what the last one did, if that was not enough, and then the newest others.
        for least in range(len(terms) - 1, (len(terms) - 1) // 2, -1):
            yield self.newest, {"query": self.both.join([scope, self._at_least(least, exact)])}

    def any(self, alternatives: Iterable[str]) -> str:
        """Return the part of a query that asks for one of ``alternatives``."""
        return f"({self.either.join(f'({one})' for one in alternatives)})"

    def _at_least(self, least: int, words: list[str]) -> str:
        """Return the part of a query that asks for so many of ``words``.

        Halved again and again, three of six words are 24 tokens; all combinations are 60, which
        took three times as long.
        """
        if least == len(words):
            return self.both.join(words)
        if least == 1:
            return self.any(words)
        half = len(words) // 2
        left, right = words[:half], words[half:]
        shares = range(max(0, least - len(right)), min(least, len(left)) + 1)
        sides = [[(share, left), (least - share, right)] for share in shares]
        return self.any(
            self.both.join(
                f"({self._at_least(count, some)})" for count, some in both_sides if count
            )
            for both_sides in sides
        )


_FTS5_HITS = "SELECT rowid FROM experience_index WHERE experience_index MATCH :query"
_FTS5_NEWEST = f"{_FTS5_HITS} AND rowid >= :first ORDER BY 1 DESC LIMIT :n"
_FTS5 = _Grammar(
    both=" AND ",
    either=" OR ",
    token='"%s"',  # noqa: S106  no password
    prefix='"%s"*',
    newest=_FTS5_NEWEST,
    begins=_FTS5_NEWEST,
)

_TSQUERY_HITS = (
    "SELECT id FROM experience_index WHERE tokens @@ CAST(:query AS tsquery) AND id >= :first"
)
_TSQUERY = _Grammar(
    both="&",
    either="|",
    token="'%s'",  # noqa: S106  no password
    prefix="'%s':*",
    newest=f"{_TSQUERY_HITS} ORDER BY 1 DESC LIMIT :n",
    begins=f"WITH hit AS MATERIALIZED ({_TSQUERY_HITS})"  # noqa: S608  constants
    " SELECT id FROM hit ORDER BY 1 DESC LIMIT :n",
)


_WIDENED = "_w"
"""The token of what its author let the community see."""


def _room_token(room_id: RoomId) -> str:
    return "_r" + _digest(room_id)


def _author_token(author: UserId) -> str:
    return "_a" + _digest(author)


def _tag_token(tag: str) -> str:
    return "_t" + name_token(tag)


def _digest(name: str) -> str:
    return blake2b(name.encode(), digest_size=10).hexdigest()
