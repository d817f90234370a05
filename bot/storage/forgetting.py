"""Forgetting: what is kept of somebody goes from every table, as each of them declares it."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, delete, func, select, update

from bot.ids import ANONYMOUS, UserId
from bot.storage import experience, experience_index
from bot.storage.inbox import State, inbox
from bot.storage.personal import Erasure, What, of_column, of_table
from bot.storage.subject import is_about, named, naming
from bot.storage.table import metadata
from bot.storage.transaction import Transaction

_OWN_WAY = frozenset({"experience", "inbox", "outbox", "quote"})
"""Tables for which more is to be done than deleting rows or replacing a name."""


async def erase(transaction: Transaction, user: UserId, *, keeps_words: bool) -> int:
    """Delete or anonymise every row about ``user``; return how many there were.

    With ``keeps_words`` what they contributed stays, without their name and how to reach them.
    What the bot says of them is another matter (`bot.storage.post`), and comes first: it is found
    by these rows.
    """
    gone = 0
    for table in sorted(metadata.sorted_tables, key=_order):
        declared = of_table(table).erasure
        if declared is Erasure.NONE or table.name in _OWN_WAY:
            continue
        if of_table(table).belongs is not None:
            gone += await _erase_part(transaction, table, user, keeps_words=keeps_words)
        elif declared is Erasure.DELETED or (declared is Erasure.CHOSEN and not keeps_words):
            gone += await _delete(transaction, table, user)
        else:
            gone += await _rename(transaction, table, user)
    gone += await _erase_experiences(transaction, user, keeps_words=keeps_words)
    gone += await leave_inbox(transaction, user)
    await experience_index.scrub(transaction)
    return gone


def _order(table: Table) -> int:
    """Return what comes first: what is found through other tables, before these."""
    if table.name == "due":
        return 0
    return 1 if of_table(table).belongs is not None else 2


async def _delete(transaction: Transaction, table: Table, user: UserId) -> int:
    return (await transaction.execute(delete(table).where(is_about(table, user)))).rowcount


async def _rename(transaction: Transaction, table: Table, user: UserId) -> int:
    """Put nobody in the place of ``user`` in every column that names them."""
    changed = 0
    for column in naming(table):
        value = ANONYMOUS if of_column(column) is What.PERSON else _without(column, user)
        statement = update(table).where(named(column, user)).values({column.name: value})
        changed += (await transaction.execute(statement)).rowcount
    return changed


def _without(column: Column[object], user: UserId) -> ColumnElement[str]:
    return func.replace(column, user, ANONYMOUS)


async def _erase_part(
    transaction: Transaction, table: Table, user: UserId, *, keeps_words: bool
) -> int:
    """Erase rows that are part of another table's: with these, and else only the name."""
    belongs = of_table(table).belongs
    assert belongs is not None  # noqa: S101  asked by the caller
    whole = metadata.tables[belongs.table]
    is_kept = keeps_words and of_table(table).erasure is Erasure.CHOSEN
    gone = 0
    if not is_kept:
        own = select(whole.c[belongs.key]).where(is_about(whole, user))
        statement = delete(table).where(table.c[belongs.column].in_(own))
        gone = (await transaction.execute(statement)).rowcount
    return gone + await _rename(transaction, table, user)


async def _erase_experiences(transaction: Transaction, user: UserId, *, keeps_words: bool) -> int:
    table = experience.experience
    numbers = [
        int(row[0])
        for row in await transaction.execute(select(table.c.id).where(table.c.author == user))
    ]
    for number in numbers:
        if keeps_words:
            await experience.disown(transaction, number)
        else:
            await experience.erase(transaction, number)
    return len(numbers)


async def leave_inbox(
    transaction: Transaction, user: UserId, before: datetime | None = None
) -> int:
    """Keep of the events of ``user`` only that they were handled: a replay must find them.

    Those that still wait are left to be handled. With ``before`` only what came before.
    """
    is_theirs = inbox.c.sender == user
    if before is not None:
        is_theirs &= inbox.c.received_at < before
    await transaction.execute(delete(inbox).where(is_theirs, inbox.c.state == State.UNREADABLE))
    statement = (
        update(inbox)
        .where(is_theirs, inbox.c.state.in_((State.DONE, State.DEAD)))
        .values(sender=ANONYMOUS, payload=None)
    )
    return (await transaction.execute(statement)).rowcount
