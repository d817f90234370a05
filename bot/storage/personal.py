"""Personal: what each column of each table tells of whom, what for, how long, and how it is erased.

A table declares it where it is made: each column with ``info=PERSON``, ``CONVERSATION``, ``PLACE``,
``WORDS``, ``FACT`` or ``NOBODY``, the table with ``info=personal(…)``. The export of a member's
data, the erasure, the nightly retention and the register in ``docs/privacy.md`` walk these
declarations, so that a new table is in all of them; a test fails for one that says nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from sqlalchemy import Column, Table


class What(StrEnum):
    """What a column holds."""

    PERSON = "person"
    CONVERSATION = "conversation"
    PLACE = "place"
    WORDS = "words"
    FACT = "fact"
    NOBODY = "nobody"


PERSON: dict[str, What] = {"what": What.PERSON}
"""The user id of somebody whom the row is about; all that is not `NOBODY` in it is theirs."""

CONVERSATION: dict[str, What] = {"what": What.CONVERSATION}
"""A key ``room|@user`` of a conversation with somebody whom the row is about."""

PLACE: dict[str, What] = {"what": What.PLACE}
"""A room; one of the form ``direct:@user`` is the conversation of the bot with that person."""

WORDS: dict[str, What] = {"what": What.WORDS}
"""What somebody said or chose, or what was said to them."""

FACT: dict[str, What] = {"what": What.FACT}
"""When, where or about what it was, and what became of it."""

NOBODY: dict[str, What] = {"what": What.NOBODY}
"""Of the bot's own working; tells nothing of anybody."""


class Purpose(StrEnum):
    """What data is kept for; ``privacy.purpose.<value>`` says it."""

    ANSWER = "answer"
    SPEAK = "speak"
    MEMORY = "memory"
    MEET = "meet"
    REMIND = "remind"
    GATHER = "gather"
    INFORM = "inform"
    ANIMATE = "animate"
    PROTECT = "protect"
    WORK = "work"


class Erasure(StrEnum):
    """What happens to rows when the person they are about is forgotten.

    DELETED: they go. ANONYMISED: they stay without the person and without words. CHOSEN: they go,
    or stay with their words and without their author, as the person chooses; for what members
    contributed. NONE: they tell nothing of anybody, or of nobody who can be known.
    """

    DELETED = "deleted"
    ANONYMISED = "anonymised"
    CHOSEN = "chosen"
    NONE = "none"


class Until(StrEnum):
    """When data goes by itself; ``privacy.until.<value>`` says it."""

    CHANGED = "changed"
    REMOVED = "removed"
    LEFT = "left"
    OVER = "over"
    SENT = "sent"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Limit:
    """Rows go so many days after the time in the column ``after``, if it has one.

    The days are those of ``setting`` in ``[retention]``, or a fixed number of ``days``. Rows are
    left alone that hold another value in a column than ``only`` says.
    """

    after: str
    setting: str = ""
    days: int = 0
    only: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Belongs:
    """A row is also of whom that row of ``table`` is whose ``key`` is in the column ``column``."""

    column: str
    table: str
    key: str = "id"


@dataclass(frozen=True, slots=True)
class Personal:
    """What a table declares.

    ``until`` says when its rows go by themselves; with OVER the ``limits`` say when that is.
    ``belongs`` names the row of another table that a row is part of.
    ``due_kinds`` are the kinds of what falls due whose reference is the number (``id``) of a row.
    """

    purpose: Purpose
    erasure: Erasure
    until: Until
    limits: tuple[Limit, ...] = ()
    belongs: Belongs | None = None
    due_kinds: tuple[str, ...] = ()


def personal(
    purpose: Purpose,
    erasure: Erasure,
    *limits: Limit,
    until: Until = Until.OVER,
    belongs: Belongs | None = None,
    due_kinds: tuple[str, ...] = (),
) -> dict[str, Personal]:
    """Return what a table declares, for its ``info``."""
    return {"personal": Personal(purpose, erasure, until, limits, belongs, due_kinds)}


def of_table(table: Table) -> Personal:
    """Return what ``table`` declares; raises KeyError naming a table that declares nothing."""
    if "personal" not in table.info:
        raise KeyError(f"{table.name} does not say what it keeps of people: info=personal(…)")
    return cast("Personal", table.info["personal"])


def of_column(column: Column[object]) -> What:
    """Return what ``column`` holds; raises KeyError naming a column that does not say so."""
    if "what" not in column.info:
        raise KeyError(f"{column.table.name}.{column.name} does not say what it holds: info=…")
    return cast("What", column.info["what"])


def columns_of(table: Table, *kinds: What) -> list[Column[object]]:
    """Return the columns of ``table`` that hold something of one of ``kinds``."""
    return [column for column in table.columns if of_column(column) in kinds]
