"""Request: a member asks a room something, others reply, and it is settled or stays open."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.storage import request
from bot.storage.request import Request
from bot.storage.transaction import Reader, Transaction

CARD = "request"
"""Kind of the card on a request; its reference is its number."""

SETTLED = "✅"
"""The reaction that says that it is settled."""

MAX_LENGTH = 1_000
"""Characters of a request: what is read on a telephone at one glance."""

FRESH = timedelta(days=60)
"""For how long a request that nobody settled is told as open."""

TITLE_LENGTH = 100
"""Characters of the line that stands for a request in a list."""


def check(words: str) -> str:
    """Return what is asked, as it is kept; raises UserError for nothing, or too much."""
    asked = words.replace("\0", "").strip()
    if not asked:
        raise UserError("request.nothing_given")
    if len(asked) > MAX_LENGTH:
        raise UserError("request.too_long", limit=MAX_LENGTH)
    return asked


def title(item: Request) -> str:
    """Return one line that stands for ``item`` in a list."""
    line = " ".join(item.words.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


async def ask(
    transaction: Transaction,
    room: RoomId,
    asker: UserId,
    source: EventId,
    words: str,
    now: datetime,
) -> tuple[Request, bool]:
    """Keep what is asked, or correct it; return it, and whether it is new."""
    known = await request.of_source(transaction, source)
    if known is not None:
        changed = replace(known, words=check(words))
        await request.save(transaction, changed)
        return changed, False
    new = Request(room, asker, check(words), source, now)
    return await request.create(transaction, new), True


async def find(reader: Reader, number: int, room: RoomId) -> Request:
    """Return ``Q<number>`` of ``room``; raises UserError if there is none there."""
    found = await request.get(reader, number)
    if found is None or found.room_id != room:
        raise UserError("request.unknown", id=f"Q{number}")
    return found


async def settle(
    transaction: Transaction, item: Request, now: datetime, *, is_settled: bool = True
) -> bool:
    """Note that a request is settled, or open again; return False if it was so before."""
    if (item.settled_at is not None) == is_settled:
        return False
    await request.save(transaction, replace(item, settled_at=now if is_settled else None))
    return True


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Forget what the command ``source`` asked; return whether there was anything."""
    del now
    known = await request.of_source(transaction, source)
    if known is None:
        return False
    await request.erase(transaction, known.id)
    return True
