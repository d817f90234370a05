"""Experience consent: somebody else's message is kept only when its author says yes.

Until then nothing of it is: neither shown nor found nor stored. It is read from the room at the
moment of the yes; without an answer all is forgotten after a week.
"""

from datetime import datetime, timedelta

from bot.errors import UserError
from bot.ids import EventId, UserId
from bot.services import setting
from bot.services.number import EXPERIENCE, named
from bot.services.outgoing import Outgoing
from bot.storage import due, experience, experience_consent, question
from bot.storage.due import Due
from bot.storage.experience_consent import Consent
from bot.storage.shown import shown_of
from bot.storage.transaction import Transaction

KIND = "experience_consent"
"""Kind of what falls due when a question was not answered."""

NOUN = "experience"
"""The command that hears the answer."""

QUESTION = "consent"
"""What the reference of the question begins with."""

PATIENCE = timedelta(days=7)
"""How long an answer is waited for."""

PIN = "📌"
"""The reaction of an animator, or of the author, that asks for a message to be kept."""

UNPIN = f"{PIN} no"
"""Instead of the pin: the reaction was taken away again."""

UNTRACKED = "untracked"
"""Kind that stands for the card of a message which is somebody's own and not the bot's."""


async def request(transaction: Transaction, wanted: Consent) -> str:
    """Note that the author is asked; return the reference of the question.

    Raises UserError in a room of trust, and for a message that is kept or was asked for already.
    A file may join an experience beside the one that its own message holds.
    """
    if not await setting.captures(transaction, wanted.room_id):
        raise UserError("experience.not_kept_here")
    known = await experience.of_source(transaction, wanted.source_event_id)
    if known is not None and wanted.experience_id is None:
        raise UserError("experience.kept_already", id=named(EXPERIENCE, known.id))
    if await experience_consent.of_source(transaction, wanted.source_event_id) is not None:
        raise UserError("experience.consent_asked")
    number = await experience_consent.create(transaction, wanted)
    at = wanted.asked_at + PATIENCE
    await due.plan(transaction, Due(KIND, str(number), "1", at))
    return f"{QUESTION}:{number}"


async def close(transaction: Transaction, number: int) -> bool:
    """Forget what was asked, since it was answered; return whether it was open."""
    await due.cancel(transaction, KIND, str(number))
    return await experience_consent.drop(transaction, number)


async def take_away(
    transaction: Transaction, outgoing: Outgoing, source: EventId, user: UserId
) -> None:
    """Ask no more for the message ``source``, if ``user`` had it asked and nobody answered yet."""
    found = await experience_consent.of_source(transaction, source)
    if found is None or found.asked_by != user:
        return
    reference = f"{QUESTION}:{found.id}"
    open_one = await question.about(transaction, found.author, NOUN, reference)
    if open_one is not None:
        for shown in await shown_of(transaction, [open_one.oid]):
            outgoing.redact(shown.room_id, shown.oid, conversation=shown.conversation)
    await question.cancel(transaction, found.author, NOUN, reference)
    await close(transaction, found.id)


async def give_up(transaction: Transaction, item: Due, now: datetime) -> bool:
    """Forget what was never answered, and wait for it no more; return whether it was open."""
    del now
    number = int(item.reference)
    found = await experience_consent.get(transaction, number)
    if found is None:
        return False
    await question.cancel(transaction, found.author, NOUN, f"{QUESTION}:{number}")
    return await experience_consent.drop(transaction, number)
