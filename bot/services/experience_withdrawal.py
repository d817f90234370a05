"""Experience withdrawal: what was taken back is deleted, and every message that shows it."""

from datetime import datetime, timedelta

from bot.ids import RoomId
from bot.services import experience_followup, experience_showing
from bot.services.outgoing import Outgoing
from bot.storage import due, experience, question, shown
from bot.storage import experience_showing as stored
from bot.storage.due import Due
from bot.storage.experience_showing import Showing
from bot.storage.transaction import Transaction

KIND = "experience_withdrawal"
"""Kind of what falls due when what was shown is to be taken back."""


SWEEP = timedelta(minutes=2)
"""By then it is known whether what was being sent arrived."""

_AGAIN = "again"


async def withdraw(transaction: Transaction, number: int, now: datetime) -> bool:
    """Delete ``E<number>`` for good and have all that shows it taken back; return if it was there.

    Whatever deletes an experience calls this. What waits to be sent and shows it is not sent. What
    takes it up stays, and forgets what it took up.
    """
    item = await experience.get(transaction, number)
    children = await experience.children(transaction, [number])
    if item is None or not await experience.erase(transaction, number):
        return False
    await due.cancel(transaction, experience_showing.KIND, str(number))
    asked = f"{experience_followup.QUESTION}:{number}"
    await question.cancel(transaction, item.author, experience_followup.NOUN, asked)
    await _take_back_soon(transaction, number, now, None)
    for child in children:
        await experience_showing.changed(transaction, child.id, now)
    return True


async def hide(
    transaction: Transaction, number: int, now: datetime, *, but_in: RoomId | None = None
) -> None:
    """Have what shows ``E<number>`` taken back everywhere but in one room: it is narrowed."""
    await _take_back_soon(transaction, number, now, but_in)


async def _take_back_soon(
    transaction: Transaction, number: int, now: datetime, but_in: RoomId | None
) -> None:
    """Withdraw what waits, and plan to redact what was sent."""
    waiting = [each.oid for each in await _shown(transaction, number, but_in) if not each.event_id]
    withdrawn = await shown.withdraw(transaction, waiting, now)
    occurrence = f"{now.isoformat()} {but_in or ''}".strip()
    await due.plan(transaction, Due(KIND, str(number), occurrence, now))
    if withdrawn:
        await stored.freeze(transaction, withdrawn)
        again = f"{now.isoformat()} {but_in or ''} {_AGAIN}"
        await due.plan(transaction, Due(KIND, str(number), again, now + SWEEP))


async def take_back(transaction: Transaction, outgoing: Outgoing, item: Due) -> None:
    """Redact the messages that show the experience which was withdrawn, and all their edits.

    What was withdrawn before it was sent is looked for again: it may have been on the wire.
    """
    at, _, more = item.occurrence.partition(" ")
    kept_room, _, again = more.partition(" ")
    then = datetime.fromisoformat(at)
    all_shown = await _shown(transaction, int(item.reference), RoomId(kept_room))
    showings = [each for each in all_shown if each.shown_at <= then]
    oids = [each.oid for each in showings if each.event_id is None]
    if again:
        await shown.claim(transaction, oids, outgoing.now)
    for showing in showings:
        if showing.event_id is not None:
            outgoing.redact(showing.room_id, showing.event_id, conversation=showing.conversation)
    for found in await shown.shown_of(transaction, oids):
        outgoing.redact(found.room_id, found.oid, conversation=found.conversation)
    doubtful = frozenset[str]() if again else await shown.withdrawn_of(transaction, oids)
    over = [each.oid for each in showings if each.oid not in doubtful]
    await stored.forget(transaction, over)


async def _shown(transaction: Transaction, number: int, kept_room: RoomId | None) -> list[Showing]:
    return [each for each in await stored.of(transaction, number) if each.room_id != kept_room]
