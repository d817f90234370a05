"""Erasure: somebody is forgotten, in every table and in every room that the bot can reach."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import UserId
from bot.services.outgoing import Outgoing
from bot.services.retour import forgetting as retour
from bot.storage import due, forgetting, post, trio
from bot.storage.due import Due
from bot.storage.transaction import Reader, Transaction

KIND = "erasure"
"""Kind of what falls due: looking again for what was under way at the moment of the erasure."""

SWEEP = timedelta(minutes=2)
"""By then what was being sent has come back, and what was said in the same moment is known."""

_MOMENT = timedelta(seconds=10)

_KEEPING = " anonymised"
"""After the time of an erasure: what was contributed stayed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """``user`` was forgotten at ``at``; announced with the commit, to be remembered elsewhere.

    With ``keeps_words`` what they contributed stayed, without their name.
    """

    user: UserId
    at: datetime
    keeps_words: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure did: how many ``rows`` it changed and messages it takes back.

    ``unreachable`` messages stand in rooms that the bot has left or that were replaced.
    """

    rows: int
    taken_back: int
    unreachable: int


async def erase(
    transaction: Transaction,
    outgoing: Outgoing,
    user: UserId,
    now: datetime,
    *,
    keeps_words: bool,
) -> Receipt:
    """Forget ``user``: rows, what waits to be said, and every message and edit that quotes them.

    With ``keeps_words`` what they contributed stays in the community's memory without their name.
    A receipt that is said afterwards is not touched.
    """
    await retour.plan(transaction, user, now)
    taken_back, unreachable = await _take_back(transaction, outgoing, user)
    rows = await forgetting.erase(transaction, user, keeps_words=keeps_words)
    occurrence = now.isoformat() + _KEEPING * keeps_words
    await due.plan(transaction, Due(KIND, user, occurrence, now + SWEEP))
    transaction.announce(Erased(user, now, keeps_words))
    return Receipt(rows, taken_back, unreachable)


async def sweep(transaction: Transaction, outgoing: Outgoing, item: Due) -> None:
    """Forget what was under way at the moment of an erasure, and the traces of its receipt.

    The bot leaves the room of three that they had, now that all is said and taken back there.

    What somebody says who comes back later is theirs again.
    """
    erased = _of(item)
    await _take_back(transaction, outgoing, erased.user, erased.at + _MOMENT)
    for room in await trio.abandoned(transaction, erased.at):
        outgoing.leave(room, conversation=room)
    await forgetting.leave_inbox(transaction, erased.user, erased.at + _MOMENT)
    await due.remove(transaction, item)


async def unswept(reader: Reader) -> list[Erased]:
    """Return the erasures of the last moments: a crash may have kept them from being announced."""
    return [_of(item) for item in await due.pending_of_kind(reader, KIND)]


def _of(item: Due) -> Erased:
    at = datetime.fromisoformat(item.occurrence.removesuffix(_KEEPING))
    return Erased(UserId(item.reference), at, item.occurrence.endswith(_KEEPING))


async def _take_back(
    transaction: Transaction, outgoing: Outgoing, user: UserId, before: datetime | None = None
) -> tuple[int, int]:
    """Withdraw what waits and redact what was said; return how many, and how many it cannot."""
    said = await post.of_user(transaction, user, before)
    withdrawn = await post.withdraw(transaction, user, before)
    shown = [item for item in said if item.event_id is not None]
    for item in shown:
        if item.is_reachable and item.event_id is not None:
            outgoing.redact(item.room_id, item.event_id, conversation=item.room_id)
    # What is withdrawn may be on its way: the sweep looks for it by what is noted of it.
    over = [item.oid for item in said if before is not None or item.oid not in withdrawn]
    await post.forget(transaction, user, over)
    taken_back = sum(item.is_reachable for item in shown)
    return taken_back, len(shown) - taken_back
