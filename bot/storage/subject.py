"""Subject: the rows that are about somebody, found by what the tables declare of themselves."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, cast, false, or_, select
from sqlalchemy import Text as TextType

from bot.ids import UserId, direct_room
from bot.storage.due import due
from bot.storage.page import page
from bot.storage.personal import What, columns_of, of_column, of_table
from bot.storage.table import metadata
from bot.storage.transaction import Reader

Value = str | int
"""What a column holds, as JSON knows it; times are ISO 8601, files the number of their bytes."""


def is_about(table: Table, user: UserId) -> ColumnElement[bool]:
    """Return the condition under which a row of ``table`` is about ``user``."""
    conditions = [named(column, user) for column in naming(table)]
    belongs = of_table(table).belongs
    if belongs is not None:
        whole = metadata.tables[belongs.table]
        own = select(whole.c[belongs.key]).where(is_about(whole, user))
        conditions.append(table.c[belongs.column].in_(own))
    if table is due:
        conditions += _due_of(user)
    if table is page:
        conditions.append(cast(page.c.pages, TextType).contains(f'"{user}"', autoescape=True))
    return or_(false(), *conditions)


def naming(table: Table) -> list[Column[object]]:
    """Return the columns of ``table`` that tell whom a row is about."""
    return columns_of(table, What.PERSON, What.CONVERSATION, What.PLACE)


def named(column: Column[object], user: UserId) -> ColumnElement[bool]:
    """Return the condition under which ``column`` names ``user``."""
    match of_column(column):
        case What.CONVERSATION:
            return column.endswith(f"|{user}", autoescape=True)
        case What.PLACE:
            return column == direct_room(user)
        case _:
            return column == user


def _due_of(user: UserId) -> list[ColumnElement[bool]]:
    """Return when something falls due for ``user``: by their id, or by the number of a row."""
    conditions = [due.c.reference.contains(user, autoescape=True)]
    for table in metadata.sorted_tables:
        kinds = of_table(table).due_kinds
        if kinds:
            numbers = select(cast(table.c.id, TextType)).where(is_about(table, user))
            conditions.append(due.c.kind.in_(kinds) & due.c.reference.in_(numbers))
    return conditions


async def rows(reader: Reader, user: UserId) -> dict[str, list[Mapping[str, Value]]]:
    """Return everything that is kept of ``user``, by table; tables without anything are missing."""
    found: dict[str, list[Mapping[str, Value]]] = {}
    for table in metadata.sorted_tables:
        shown = [column for column in table.columns if of_column(column) is not What.NOBODY]
        if not shown:
            continue
        result = await reader.execute(select(*shown).where(is_about(table, user)))
        kept: list[Mapping[str, Value]] = [
            {str(name): _plain(value) for name, value in row._mapping.items() if value is not None}  # noqa: SLF001  documented API
            for row in result
        ]
        if kept:
            found[str(table.name)] = kept
    return found


async def everybody(reader: Reader) -> frozenset[UserId]:
    """Return everybody whom a row is about, of those tables that hold the whole user id."""
    found: set[UserId] = set()
    for table in metadata.sorted_tables:
        for column in columns_of(table, What.PERSON):
            result = await reader.execute(select(column).distinct())
            found |= {UserId(str(row[0])) for row in result}
    return frozenset(found)


def _plain(value: object) -> Value:
    match value:
        case str() | int():
            return value
        case datetime():
            return value.isoformat()
        case bytes():
            return len(value)
        case _:
            return str(value)
