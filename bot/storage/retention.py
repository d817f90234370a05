"""Retention: what is older than its table's limits allow is deleted."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Table, Text, delete

from bot.storage.personal import Limit, of_table
from bot.storage.table import metadata
from bot.storage.transaction import Transaction


async def forget(
    transaction: Transaction, days: Mapping[str, int], now: datetime
) -> dict[str, int]:
    """Delete what is past its limit at ``now``; return how many rows went, by table.

    ``days`` are the settings of ``[retention]`` by name. What refers to a row that goes, goes with
    it, or keeps it here: tables are looked at from the last to the first.
    """
    gone: dict[str, int] = {}
    for table in reversed(metadata.sorted_tables):
        for limit in of_table(table).limits:
            length = timedelta(days=days[limit.setting] if limit.setting else limit.days)
            gone[table.name] = gone.get(table.name, 0) + await _forget(
                transaction, table, limit, now - length
            )
    return gone


async def _forget(transaction: Transaction, table: Table, limit: Limit, before: datetime) -> int:
    after = table.c[limit.after]
    is_day = isinstance(after.type, Text)
    statement = delete(table).where(after < (before.date().isoformat() if is_day else before))
    if limit.only is not None:
        column, value = limit.only
        statement = statement.where(table.c[column] == value)
    return (await transaction.execute(statement)).rowcount
