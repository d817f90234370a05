"""Job: what the clock asks for, and what its handler is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import RoomId
from bot.ports import RoomReader
from bot.pseudonym import Pseudonyms
from bot.services.manner import USUAL, Manner
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Preparing:
    """What a job may ask before its transaction: the server, and the database by reading."""

    item: Due
    now: datetime
    reader: RoomReader
    database: Database
    words: Catalogue
    usual: Manner = USUAL


@dataclass(frozen=True, slots=True)
class Firing:
    """One occurrence that has fallen due, inside the transaction that marks it as fired.

    ``late_by`` is how long ago it was due, zero when it is on time; ``is_late`` tells that those
    concerned are to hear of it: it fell due while the bot was away, or minutes ago. Where it
    ``is_one_of_many`` that are due at once, what is not needed is better left away. ``usual`` is
    how to speak where neither the room nor the person chose. ``facts`` is what ``gather`` found. In
    the ``animators_room``, if there is one, the bot reports and asks; ``prefix`` is the configured
    one, and ``community`` what the community calls itself.
    ``pseudonyms`` make what stands for a person whose name is not kept.
    """

    item: Due
    now: datetime
    late_by: timedelta
    transaction: Transaction
    outgoing: Outgoing
    words: Catalogue
    usual: Manner = USUAL
    animators_room: RoomId | None = None
    prefix: str = "!"
    community: str = ""
    facts: object = None
    is_late: bool = False
    is_one_of_many: bool = False
    pseudonyms: Pseudonyms | None = None


@dataclass(frozen=True, slots=True)
class DueJob:
    """What is done when an occurrence of ``kind`` falls due.

    ``gather`` asks the server before the transaction; while it cannot be reached the occurrence
    waits. ``run`` only talks to the database.
    """

    kind: str
    run: Callable[[Firing], Awaitable[None]]
    gather: Callable[[Preparing], Awaitable[object]] | None = None


@dataclass(frozen=True, slots=True)
class CronJob:
    """What is done at fixed times of the day (``hour`` and ``minute`` as in cron, UTC)."""

    noun: str
    hour: str
    minute: str
    run: Callable[[Database, datetime], Awaitable[None]]
