"""Whatever tables there are: the export finds a row about somebody, and forgetting leaves none."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, insert, select

from bot.ids import UserId, direct_room
from bot.storage import forgetting, post, subject
from bot.storage.database import Database
from bot.storage.personal import Erasure, What, of_column, of_table
from bot.storage.table import Json, UtcDateTime
from bot.storage.tables import metadata
from bot.storage.transaction import Transaction

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
JO, MAX = UserId("@jo:x"), UserId("@max:x")

OF_PEOPLE = [
    table for table in metadata.sorted_tables if of_table(table).erasure is not Erasure.NONE
]


def value(column: Column[object], user: UserId, number: int) -> object:
    match of_column(column):
        case What.PERSON:
            return user
        case What.CONVERSATION:
            return f"!r:x|{user}"
        case What.PLACE:
            return direct_room(user)
    return plain(column, user, number)


def plain(column: Column[object], user: UserId, number: int) -> object:
    named = {"due.reference": user, "page.pages": [user]}
    known = named.get(f"{column.table.name}.{column.name}")
    if known is not None or column.name in ("state", "status"):
        return known or "done"
    kinds = {
        UtcDateTime: NOW,
        Boolean: False,
        Integer: number,
        LargeBinary: b"words",
        Json: [],
    }
    return next(
        (example for kind, example in kinds.items() if isinstance(column.type, kind)),
        f"{column.name}{number}",
    )


async def fill(transaction: Transaction, user: UserId, number: int) -> None:
    """Put a row about ``user`` into every table."""
    for table in OF_PEOPLE:
        columns = list(table.columns)
        row = {column.name: value(column, user, number) for column in columns}
        await transaction.execute(insert(table).values(row))


async def rows_with(database: Database, words: str) -> list[str]:
    async with database.read() as reader:
        return [
            table.name
            for table in metadata.sorted_tables
            for row in await reader.execute(select(table))
            if words in str(row._mapping)
        ]


@pytest.mark.parametrize("table", OF_PEOPLE, ids=lambda table: table.name)
async def test_row_about_somebody_is_exported_from(database: Database, table: Table) -> None:
    await database.write(lambda t: fill(t, JO, 1))
    await database.write(lambda t: fill(t, MAX, 2))
    async with database.read() as reader:
        assert len((await subject.rows(reader, JO))[table.name]) == 1


@pytest.mark.parametrize("keeps_words", [True, False])
async def test_forgetting_leaves_nobody_in_any_table(database: Database, keeps_words: bool) -> None:
    await database.write(lambda t: fill(t, JO, 1))
    await database.write(lambda t: fill(t, MAX, 2))
    others = await rows_with(database, MAX)

    async def work(transaction: Transaction) -> None:
        said = await post.of_user(transaction, JO)
        await post.withdraw(transaction, JO)
        await post.forget(transaction, JO, [item.oid for item in said])
        await forgetting.erase(transaction, JO, keeps_words=keeps_words)

    await database.write(work)

    assert await rows_with(database, JO) == []
    assert await rows_with(database, MAX) == others
