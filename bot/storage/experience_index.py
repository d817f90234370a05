"""Experience index: the words of all experiences, in the full-text engine of the database.

FTS5 on SQLite and a ``tsvector`` on PostgreSQL hold the same tokens, made in ``bot.storage.stem``;
room, author and tags are tokens too, so that one index lookup answers the whole question (one
room out of a million documents: 6 ms against 111 ms with a join). Tokens of ours begin with an
underscore, which no word of a member does. The tables are made by the migrations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import text

from bot.ids import RoomId, UserId
from bot.storage.stem import name_token
from bot.storage.transaction import Transaction

COUNT_LIMIT = 100
"""Hits are counted up to here; nobody pages further, and counting all would cost the most."""


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
    await write_all(transaction, [(number, tokens)])


async def write_all(transaction: Transaction, items: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index new experiences, each a number and its tokens."""
    if transaction.engine == "sqlite":
        statement = text("INSERT INTO experience_index(rowid, tokens) VALUES (:id, :tokens)")
    else:
        statement = text(
            "INSERT INTO experience_index(id, tokens)"
            " VALUES (:id, array_to_tsvector(string_to_array(:tokens, ' ')))"
        )
    rows = [{"id": number, "tokens": " ".join(sorted(tokens))} for number, tokens in items]
    await transaction.execute(statement, rows)


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


def detail_tokens(words: Iterable[str]) -> set[str]:
    """Return the tokens of words that only stand in the details."""
    return {_DETAIL + word for word in words}


def first_tokens(tokens: Iterable[str]) -> set[str]:
    """Return the words of those ``tokens`` that only stand in the details."""
    return {token.removeprefix(_DETAIL) for token in tokens if token.startswith(_DETAIL)}


def seen_tokens(wanted: Filter) -> list[str]:
    """Return the tokens of which an experience must have one to be seen."""
    return [*map(_room_token, sorted(wanted.rooms)), *([_WIDENED] if wanted.is_widened else [])]


def wanted_tokens(wanted: Filter) -> list[str]:
    """Return the tokens that an experience must have all of, for what it is filtered by."""
    own = [_tag_token(tag) for tag in sorted(wanted.tags)]
    if wanted.author is not None:
        own.insert(0, _author_token(wanted.author))
    if wanted.room is not None:
        own.insert(0, _room_token(wanted.room))
    return own


_DETAIL = "_d"
"""What the token of a word begins with that only stands in the details."""

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
