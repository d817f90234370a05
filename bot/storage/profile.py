"""Profile: what members say of themselves, field by field, and the words they are found by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from bot.ids import EventId, UserId
from bot.storage.insert import upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Purpose, Until, personal
from bot.storage.stem import Word, tokens
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

profile = Table(
    "profile",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("field", Text, primary_key=True, info=FACT),
    Column("value", Text, nullable=True, info=WORDS),
    Column("is_hidden", Boolean, nullable=False, info=WORDS),
    Column("source_event_id", Text, nullable=True, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.MEET, Erasure.DELETED, until=Until.CHANGED),
)
Index("ix_profile_field", profile.c.field, profile.c.user_id)
Index("ix_profile_source_event_id", profile.c.source_event_id)

# Words of fields that others may see, so that hiding a field takes it out of the search at once.
profile_token = Table(
    "profile_token",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("field", Text, primary_key=True, info=FACT),
    Column("token", Text, primary_key=True, info=WORDS),
    info=personal(Purpose.MEET, Erasure.DELETED, until=Until.CHANGED),
)
Index("ix_profile_token_token", profile_token.c.token)


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a profile; ``value`` is None where only the choice to hide it was made.

    ``source_event_id`` is the command that said it: its redaction takes the value back.
    """

    user_id: UserId
    field: str
    value: str | None
    is_hidden: bool
    changed_at: datetime
    source_event_id: EventId | None = None


_COLUMNS = [profile.c[name] for name in Entry.__slots__]


async def of_user(reader: Reader, user_id: UserId) -> dict[str, Entry]:
    """Return all fields of one member, by their names."""
    return (await of_users(reader, [user_id])).get(user_id, {})


async def of_users(reader: Reader, user_ids: Sequence[UserId]) -> dict[UserId, dict[str, Entry]]:
    """Return all fields of many members; who never said anything is missing."""
    statement = select(*_COLUMNS).where(profile.c.user_id.in_(user_ids))
    found: dict[UserId, dict[str, Entry]] = {}
    for row in await reader.execute(statement):
        entry = Entry(**row._mapping)  # noqa: SLF001  documented API
        found.setdefault(entry.user_id, {})[entry.field] = entry
    return found


async def put(transaction: Transaction, entry: Entry, words: str) -> None:
    """Write one field over what it was; ``words`` is what it is found by while it is visible."""
    statement = upsert(
        transaction,
        profile,
        ("user_id", "field"),
        "value",
        "is_hidden",
        "changed_at",
        "source_event_id",
    )
    await transaction.execute(statement, {name: getattr(entry, name) for name in Entry.__slots__})
    await transaction.execute(delete(profile_token).where(_is_token_of(entry)))
    found = tokens(words) if entry.value and not entry.is_hidden else frozenset()
    if found:
        own = {"user_id": entry.user_id, "field": entry.field}
        rows = [{**own, "token": token} for token in sorted(found)]
        await transaction.execute(insert(profile_token), rows)


async def of_source(reader: Reader, event_id: EventId) -> list[Entry]:
    """Return the fields that the command ``event_id`` filled."""
    statement = select(*_COLUMNS).where(profile.c.source_event_id == event_id)
    return [Entry(**row._mapping) for row in await reader.execute(statement)]  # noqa: SLF001  documented API


async def clear(transaction: Transaction, entry: Entry) -> None:
    """Forget the value of a field; that it is hidden stays, for whatever it holds next."""
    await transaction.execute(delete(profile_token).where(_is_token_of(entry)))
    is_it = (profile.c.user_id == entry.user_id) & (profile.c.field == entry.field)
    if entry.is_hidden:
        blank = {"value": None, "source_event_id": None}
        await transaction.execute(update(profile).where(is_it).values(blank))
    else:
        await transaction.execute(delete(profile).where(is_it))


async def find(
    reader: Reader, words: Sequence[Word], among: Iterable[UserId]
) -> dict[UserId, dict[int, set[str]]]:
    """Return who of ``among`` is found by ``words``: which word (its index) in which fields.

    One statement a word, whatever the number of members.
    """
    allowed = frozenset(among)
    found: dict[UserId, dict[int, set[str]]] = {}
    for index, word in enumerate(words):
        is_hit: ColumnElement[bool] = profile_token.c.token.in_(sorted(word.stems))
        if word.prefix:
            is_hit |= profile_token.c.token.startswith(word.prefix, autoescape=True)
        statement = select(profile_token.c.user_id, profile_token.c.field).where(is_hit).distinct()
        for row in await reader.execute(statement):
            if row.user_id in allowed:
                hits = found.setdefault(UserId(row.user_id), {})
                hits.setdefault(index, set()).add(str(row.field))
    return found


async def forget(transaction: Transaction, user_id: UserId) -> None:
    """Delete all that ``user_id`` said of themselves."""
    for table in (profile_token, profile):
        await transaction.execute(delete(table).where(table.c.user_id == user_id))


def _is_token_of(entry: Entry) -> ColumnElement[bool]:
    of_user = profile_token.c.user_id == entry.user_id
    return of_user & (profile_token.c.field == entry.field)
