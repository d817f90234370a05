"""Forgetting: what was posted is said anew without the words of somebody who is forgotten."""

from datetime import datetime, timedelta

from bot.ids import UserId
from bot.services.meeting.card import Look
from bot.services.outgoing import Outgoing
from bot.services.retour import posting
from bot.storage import due, meeting, voice
from bot.storage.due import Due
from bot.storage.transaction import Transaction

KIND = "retour_renewal"
"""Kind of what falls due: a retour that is to be said anew."""

_SOON = timedelta(minutes=3)
"""After an erasure: by then nothing of whom it was about is on its way any more."""


async def plan(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Let every retour that shows words of ``user``, who is about to be forgotten, be said anew.

    The erasure itself takes back what was posted, with the words of others.
    """
    for number, name in await voice.shown_of(transaction, user):
        row = Due(KIND, str(number), f"{name} {now.isoformat()}", now + _SOON)
        await due.plan(transaction, row)


async def renew(transaction: Transaction, outgoing: Outgoing, fired: Due, look: Look) -> None:
    """Say a retour anew with the words that are left."""
    name, _, _ = fired.occurrence.partition(" ")
    item = await meeting.get(transaction, int(fired.reference))
    if item is not None:
        await posting.say_again(transaction, outgoing, item, name, look)
