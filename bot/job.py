"""Job: what the clock asks for, and what its handler is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.services.manner import USUAL, Manner
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Firing:
    """One occurrence that has fallen due, inside the transaction that marks it as fired.

    ``late_by`` is how long ago it was due, zero when it is on time; ``usual`` how to speak where
    neither the room nor the person chose.
    """

    item: Due
    now: datetime
    late_by: timedelta
    transaction: Transaction
    outgoing: Outgoing
    words: Catalogue
    usual: Manner = USUAL


@dataclass(frozen=True, slots=True)
class DueJob:
    """What is done when an occurrence of ``kind`` falls due. ``run`` only talks to the database."""

    kind: str
    run: Callable[[Firing], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CronJob:
    """What is done at fixed times of the day (``hour`` and ``minute`` as in cron, UTC)."""

    noun: str
    hour: str
    minute: str
    run: Callable[[Database, datetime], Awaitable[None]]
