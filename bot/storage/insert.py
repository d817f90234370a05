"""Inserting what is not there yet, on either engine."""

from functools import cache

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.transaction import Reader


def insert_new(reader: Reader, table: Table, *unique: str) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that leaves rows alone whose ``unique`` columns are there already."""
    return insert_new_on(reader.engine, table, *unique)


@cache
def insert_new_on(engine: str, table: Table, *unique: str) -> sqlite.Insert | postgresql.Insert:
    """Return the same for ``engine``: always one object, so that deferred rows travel together."""
    insert = sqlite.insert if engine == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=list(unique))


def upsert(
    reader: Reader,
    table: Table,
    unique: tuple[str, ...],
    *updated: str,
    where: ColumnElement[bool] | None = None,
) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that overwrites the ``updated`` columns of a row that is there already.

    A row that is there and is not as ``where`` says stays as it is.
    """
    insert = sqlite.insert if reader.engine == "sqlite" else postgresql.insert
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(unique),
        set_={name: statement.excluded[name] for name in updated},
        where=where,
    )
