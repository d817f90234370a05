"""Unreadable: asks for a message again that the bot could not read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import due, member, room, room_setting, unreadable
from bot.storage.due import Due
from bot.storage.inbox import Entry, State
from bot.storage.transaction import Reader, Transaction
from bot.text import render

KIND = "unreadable"

WAIT = timedelta(seconds=30)
"""How long a room key may take: it travels apart from the message, often behind it."""

PAUSE = timedelta(seconds=60)
"""Nobody is asked again within this time, however many keys are missing."""


async def plan(transaction: Transaction, entries: Sequence[Entry], now: datetime) -> None:
    """Plan to ask for the unreadable of ``entries``, once for each session and person."""
    for entry in entries:
        if entry.state is State.UNREADABLE and entry.session_id is not None:
            reference = f"{entry.room_id} {entry.sender}"
            await due.plan_once(transaction, Due(KIND, reference, entry.session_id, now + WAIT))


async def ask(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    now: datetime,
    words: Catalogue,
    language: str,
) -> bool:
    """Ask for the message to be sent again; return False if that is not needed any more.

    ``language`` is spoken to those who chose none, in rooms for which none was chosen.
    """
    room_name, _, user = item.reference.partition(" ")
    room_id, sender = RoomId(room_name), UserId(user)
    event_id = await unreadable.oldest(transaction, room_id, sender, item.occurrence)
    if event_id is None or room_id not in await room.load(transaction):
        return False
    # The one that asks now counts as fired already.
    if await due.fired_since(transaction, item.kind, item.reference, now - PAUSE) > 1:
        return False
    chosen = await _language(transaction, room_id, sender) or language
    outgoing.say(
        room_id,
        render(words.text("error.undecryptable", chosen), {}),
        reply_to=event_id,
        conversation=conversation_with(room_id, sender),
    )
    return True


async def _language(reader: Reader, room_id: RoomId, user: UserId) -> str | None:
    chosen = (await member.get(reader, user)).language
    if chosen is not None:
        return chosen
    setting = (await room_setting.of_room(reader, room_id)).get("language")
    return setting.value if setting is not None else None
