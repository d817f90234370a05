"""Letter subscription: who gets the letter alone, how often, and which ones they got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Table, Text, delete, func, select, update

from bot.ids import UserId
from bot.storage.insert import insert_new, upsert
from bot.storage.personal import FACT, PERSON, WORDS, Erasure, Limit, Purpose, Until, personal
from bot.storage.table import UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class Every(StrEnum):
    """How often somebody gets it."""

    WEEK = "weekly"
    MONTH = "monthly"


class Verdict(StrEnum):
    """What somebody thought of a letter; only their number is shown to anybody."""

    USEFUL = "useful"
    USELESS = "useless"


letter_subscription = Table(
    "letter_subscription",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("every", Text, nullable=False, info=WORDS),
    Column("language", Text, nullable=False, info=WORDS),
    Column("zone", Text, nullable=False, info=WORDS),
    Column("subscribed_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.INFORM, Erasure.DELETED, until=Until.CHANGED),
)

letter_copy = Table(
    "letter_copy",
    metadata,
    Column("user_id", Text, primary_key=True, info=PERSON),
    Column("period", Text, primary_key=True, info=FACT),
    Column("at", UtcDateTime, nullable=False, info=FACT),
    Column("verdict", Text, nullable=True, info=WORDS),
    info=personal(Purpose.INFORM, Erasure.DELETED, Limit("at", days=100)),
)
Index("ix_letter_copy_at", letter_copy.c.at)


@dataclass(frozen=True, slots=True)
class Subscription:
    """``user_id`` gets the letter ``every`` week or month, in ``language`` and IANA ``zone``."""

    user_id: UserId
    every: Every
    language: str
    zone: str
    subscribed_at: datetime


_COLUMNS = [letter_subscription.c[name] for name in Subscription.__slots__]


async def put(transaction: Transaction, item: Subscription) -> None:
    """Keep a subscription, over what its person chose before."""
    updated = [name for name in Subscription.__slots__ if name != "user_id"]
    statement = upsert(transaction, letter_subscription, ("user_id",), *updated)
    row = {name: getattr(item, name) for name in Subscription.__slots__}
    await transaction.execute(statement, row)


async def get(reader: Reader, user: UserId) -> Subscription | None:
    """Return the subscription of ``user``, if they have one."""
    statement = select(*_COLUMNS).where(letter_subscription.c.user_id == user)
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    return Subscription(**{**row._mapping, "every": Every(row.every)})  # noqa: SLF001  documented API


async def remove(transaction: Transaction, user: UserId) -> bool:
    """End the subscription of ``user``; return whether they had one."""
    statement = delete(letter_subscription).where(letter_subscription.c.user_id == user)
    return (await transaction.execute(statement)).rowcount > 0


async def note(transaction: Transaction, user: UserId, period: str, at: datetime) -> bool:
    """Note that ``user`` gets the letter of ``period``; return False if they got it before."""
    statement = insert_new(transaction, letter_copy, "user_id", "period")
    row = {"user_id": user, "period": period, "at": at, "verdict": None}
    return (await transaction.execute(statement, row)).rowcount > 0


@dataclass(frozen=True, slots=True)
class Copy:
    """A letter that somebody got: that of the day ``period``, at ``at``."""

    period: str
    at: datetime


async def last(reader: Reader, user: UserId) -> Copy | None:
    """Return the newest letter that ``user`` got."""
    statement = (
        select(letter_copy.c.period, letter_copy.c.at)
        .where(letter_copy.c.user_id == user)
        .order_by(letter_copy.c.period.desc())
        .limit(1)
    )
    row = (await reader.execute(statement)).first()
    return None if row is None else Copy(row.period, row.at)


async def judge(
    transaction: Transaction, user: UserId, period: str, verdict: Verdict | None
) -> bool:
    """Note what ``user`` thought of a letter of theirs; return False if they got none."""
    statement = (
        update(letter_copy)
        .where(letter_copy.c.user_id == user, letter_copy.c.period == period)
        .values(verdict=verdict)
    )
    return (await transaction.execute(statement)).rowcount > 0


async def unjudge(transaction: Transaction, user: UserId, period: str, verdict: Verdict) -> None:
    """Take back what ``user`` thought of a letter, unless they think otherwise by now."""
    await transaction.execute(
        update(letter_copy)
        .where(letter_copy.c.user_id == user, letter_copy.c.period == period)
        .where(letter_copy.c.verdict == verdict)
        .values(verdict=None)
    )


async def verdicts(reader: Reader, since: datetime, until: datetime) -> dict[Verdict, int]:
    """Return how many thought what of the letters of these days."""
    statement = (
        select(letter_copy.c.verdict, func.count().label("n"))
        .where(letter_copy.c.at >= since, letter_copy.c.at < until)
        .where(letter_copy.c.verdict.is_not(None))
        .group_by(letter_copy.c.verdict)
    )
    return {Verdict(row.verdict): int(row.n) for row in await reader.execute(statement)}
