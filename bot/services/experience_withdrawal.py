"""Experience withdrawal: what was taken back is deleted, and every message that shows it."""

from datetime import datetime

from bot.ids import RoomId
from bot.services import experience_showing
from bot.services.outgoing import Outgoing
from bot.storage import due, experience
from bot.storage import experience_showing as stored
from bot.storage.due import Due
from bot.storage.shown import shown_of
from bot.storage.transaction import Transaction

KIND = "experience_withdrawal"
"""Kind of what falls due when what was shown is to be taken back."""


async def withdraw(transaction: Transaction, number: int, now: datetime) -> bool:
    """Delete ``E<number>`` for good and have all that shows it taken back; return if it was there.

    Whatever deletes an experience calls this. What takes it up stays, and forgets what it took up.
    """
    children = await experience.children(transaction, [number])
    if not await experience.erase(transaction, number):
        return False
    await due.cancel(transaction, experience_showing.KIND, str(number))
    await due.plan(transaction, Due(KIND, str(number), now.isoformat(), now))
    for child in children:
        await experience_showing.changed(transaction, child.id, now)
    return True


async def hide(
    transaction: Transaction, number: int, now: datetime, *, but_in: RoomId | None = None
) -> None:
    """Have what shows ``E<number>`` taken back everywhere but in one room: it is narrowed."""
    occurrence = f"{now.isoformat()} {but_in or ''}".strip()
    await due.plan(transaction, Due(KIND, str(number), occurrence, now))


async def take_back(transaction: Transaction, outgoing: Outgoing, item: Due) -> None:
    """Redact the messages that show the experience which was withdrawn, and all their edits."""
    _, _, kept_room = item.occurrence.partition(" ")
    shown = [
        showing
        for showing in await stored.of(transaction, int(item.reference))
        if showing.room_id != kept_room
    ]
    for showing in shown:
        if showing.event_id is not None:
            outgoing.redact(showing.room_id, showing.event_id, conversation=showing.conversation)
            continue
        for found in await shown_of(transaction, [showing.oid]):
            outgoing.redact(found.room_id, found.oid, conversation=found.conversation)
    await stored.forget(transaction, [showing.oid for showing in shown])
