"""Reminder delivery: what falls due is said, to whom it is for, with what may be done about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.services import reminder
from bot.services.number import REMINDER, named
from bot.services.outgoing import Outgoing
from bot.services.reminder import KIND
from bot.storage import reminder as stored
from bot.storage import reminder_subscriber, room
from bot.storage.due import Due
from bot.storage.reminder import Reminder, State
from bot.storage.transaction import Transaction
from bot.text import Mention, Said, Text, joined, render
from bot.when import long_date

LATE = timedelta(minutes=5)
"""From here on a delivery says that it is late; below, nobody minds."""

BUTTONS = ("⏩", "🗓", "✅")
"""What its owner may do with one tap: an hour later, a day later, done."""


async def deliver(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    now: datetime,
    words: Catalogue,
    *,
    is_late: bool = False,
    is_one_of_many: bool = False,
) -> bool:
    """Say what fell due, and plan the next occurrence; return False if it was taken back.

    It notifies: the owner asked for it, so neither a pause nor a quiet room holds it back. A late
    one says so. Of occurrences missed while the bot was down only one is said. Where it is one of
    many the buttons stay away, for the others to come in time.
    """
    found = await stored.get(transaction, int(item.reference))
    if found is None or found.state is not State.PENDING:
        return False
    is_late = is_late or now - item.due_at >= LATE
    text = _said(found, item, await _names(transaction, found), words, now, is_late=is_late)
    oid = outgoing.say(
        found.room_id,
        text,
        is_notice=False,
        reply_to=found.reply_to,
        conversation=found.conversation,
        card=f"{KIND}:{found.id}",
    )
    if not is_one_of_many and not found.is_for_room:
        outgoing.offer(found.room_id, oid, BUTTONS, conversation=found.conversation)
    if item.occurrence == reminder.occurrence_of(found):  # else it was put off: its dates stand
        await reminder.plan_next(transaction, found, now)
    return True


def _said(
    found: Reminder,
    item: Due,
    names: Sequence[UserId],
    words: Catalogue,
    now: datetime,
    *,
    is_late: bool,
) -> Text:
    """Return what is said to those called ``names``, or to all who are there."""
    message_id = "reminder.delivered_to" if names else "reminder.delivered"
    if is_late:
        message_id = "reminder.delivered_late_to" if names else "reminder.delivered_late"
    zone, language = ZoneInfo(found.zone), found.language
    text = Said(found.text, found.owner) if found.text else words.text("reminder.this", language)
    params = {
        "id": named(REMINDER, found.id),
        "text": text,
        "member": joined([render("{member}", {"member": Mention(user)}) for user in names], ", "),
        "date": long_date(item.due_at, zone=zone, language=language, with_zone=False, now=now),
    }
    return render(words.text(message_id, language), params)


async def _names(transaction: Transaction, item: Reminder) -> list[UserId]:
    """Return who is mentioned: alone with the bot nobody needs to be."""
    if await room.is_pair(transaction, item.room_id):
        return []
    others = await reminder_subscriber.of_reminder(transaction, item.id)
    own = [] if item.is_for_room else [item.owner]
    return [*own, *(user for user in others if user not in own)]
