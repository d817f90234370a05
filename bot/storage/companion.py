"""Companion: who looks for a guide at the start, whom the bot asked, and how it stands.

Two tables, so that neither tells anybody of the other before both agreed: the export of a
newcomer's data holds no name of somebody who said no, nor the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.ids import UserId
from bot.storage.personal import FACT, NOBODY, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

KIND = "companion"
"""Kind of what falls due for a search: its next step; the reference is its number."""

_LONGEST_DAYS = 60
"""By then all that can follow from a request is over: 30 days together after two weeks at most."""


class State(StrEnum):
    """Where a search stands.

    A member is to be asked, was asked, said yes; the newcomer was asked in turn, both said yes; or
    nobody was found.
    """

    SEEKING = "seeking"
    ASKED = "asked"
    AGREED = "agreed"
    OFFERED = "offered"
    PAIRED = "paired"
    STUCK = "stuck"


class Reply(StrEnum):
    """What a member who was asked says; silence for too long is a no."""

    NONE = "none"
    YES = "yes"
    NO = "no"


companion = Table(
    "companion",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("newcomer", Text, nullable=False, unique=True, info=PERSON),
    Column("state", Text, nullable=False, info=FACT),
    Column("changed_at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.MEET, Erasure.DELETED, Limit("changed_at", days=_LONGEST_DAYS), due_kinds=(KIND,)
    ),
)
Index("ix_companion_changed_at", companion.c.changed_at)

companion_request = Table(
    "companion_request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=NOBODY),
    Column("search", Integer, nullable=False, info=NOBODY),
    Column("member", Text, nullable=False, info=PERSON),
    Column("reply", Text, nullable=False, info=FACT),
    Column("asked_at", UtcDateTime, nullable=False, info=FACT),
    sqlite_autoincrement=True,
    info=personal(Purpose.MEET, Erasure.DELETED, Limit("asked_at", days=_LONGEST_DAYS)),
)
Index("ix_companion_request_asked_at", companion_request.c.asked_at)
Index("ix_companion_request_member", companion_request.c.member)
Index("ix_companion_request_search", companion_request.c.search)


@dataclass(frozen=True, slots=True)
class Search:
    """``newcomer`` looks for a companion; in ``state`` since ``changed_at``."""

    id: int
    newcomer: UserId
    state: State
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """``member`` was asked to be the companion of the newcomer of ``search``."""

    id: int
    search: int
    member: UserId
    reply: Reply
    asked_at: datetime


_SEARCH = [companion.c[field.name] for field in fields(Search)]
_REQUEST = [companion_request.c[field.name] for field in fields(Request)]


async def begin(transaction: Transaction, newcomer: UserId, now: datetime) -> int:
    """Keep that ``newcomer`` looks for a companion; return the number of the search."""
    row = {"newcomer": newcomer, "state": State.SEEKING, "changed_at": now}
    statement = insert(companion).values(row).returning(companion.c.id)
    return int((await transaction.execute(statement)).scalar_one())


async def get(reader: Reader, number: int) -> Search | None:
    """Return the search with this number, as long as it is not over."""
    return await _search(reader, companion.c.id == number)


async def of_newcomer(reader: Reader, user: UserId) -> Search | None:
    """Return the search of ``user``, if there is one."""
    return await _search(reader, companion.c.newcomer == user)


async def _search(reader: Reader, condition: ColumnElement[bool]) -> Search | None:
    row = (await reader.execute(select(*_SEARCH).where(condition))).first()
    return Search(**{**row._mapping, "state": State(row.state)}) if row else None  # noqa: SLF001  documented API


async def seekers(reader: Reader) -> frozenset[UserId]:
    """Return everybody whose search is not over."""
    rows = await reader.execute(select(companion.c.newcomer))
    return frozenset(UserId(str(row[0])) for row in rows)


async def mark(transaction: Transaction, number: int, state: State, now: datetime) -> None:
    """Write where a search stands from ``now`` on."""
    await transaction.execute(
        update(companion).where(companion.c.id == number).values(state=state, changed_at=now)
    )


async def end(transaction: Transaction, number: int) -> None:
    """Forget a search and who was asked."""
    await transaction.execute(delete(companion_request).where(companion_request.c.search == number))
    await transaction.execute(delete(companion).where(companion.c.id == number))


async def request(transaction: Transaction, number: int, member: UserId, now: datetime) -> int:
    """Keep that ``member`` is asked; return the number of the request."""
    row = {"search": number, "member": member, "reply": Reply.NONE, "asked_at": now}
    statement = insert(companion_request).values(row).returning(companion_request.c.id)
    return int((await transaction.execute(statement)).scalar_one())


async def get_request(reader: Reader, number: int) -> Request | None:
    """Return the request with this number."""
    found = await _requests(reader, companion_request.c.id == number)
    return found[0] if found else None


async def requests_of(reader: Reader, search: int) -> Sequence[Request]:
    """Return who was asked for a search, in order."""
    return await _requests(reader, companion_request.c.search == search)


async def open_requests(reader: Reader) -> Sequence[Request]:
    """Return the requests that are not refused, of searches that are not over."""
    return await _requests(
        reader,
        companion_request.c.reply != Reply.NO,
        companion_request.c.search.in_(select(companion.c.id)),
    )


async def open_of(reader: Reader, member: UserId) -> Sequence[Request]:
    """Return the requests to ``member`` that are not refused, of searches that are not over."""
    return await _requests(
        reader,
        companion_request.c.member == member,
        companion_request.c.reply != Reply.NO,
        companion_request.c.search.in_(select(companion.c.id)),
    )


async def _requests(reader: Reader, *conditions: ColumnElement[bool]) -> list[Request]:
    statement = select(*_REQUEST).where(*conditions).order_by(companion_request.c.id)
    return [
        Request(**{**row._mapping, "reply": Reply(row.reply)})  # noqa: SLF001  documented API
        for row in await reader.execute(statement)
    ]


async def note_reply(transaction: Transaction, number: int, reply: Reply) -> None:
    """Write what somebody says who was asked."""
    await transaction.execute(
        update(companion_request).where(companion_request.c.id == number).values(reply=reply)
    )


async def counts(reader: Reader) -> dict[State, int]:
    """Return how many searches stand where."""
    number = func.count().label("number")
    statement = select(companion.c.state, number).group_by(companion.c.state)
    return {State(row.state): int(row.number) for row in await reader.execute(statement)}
