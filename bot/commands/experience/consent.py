"""Consent: the author of a message is asked whether it may be kept, and answers."""

from dataclasses import dataclass

from bot.command import Context, Gathering
from bot.commands.experience.seen import CARD
from bot.errors import UserError
from bot.ids import EventId, UserId
from bot.model import Message
from bot.services import experience, experience_consent, experience_media, number
from bot.services.answer import Control, control
from bot.services.experience import Share
from bot.storage import experience_consent as stored
from bot.storage.experience_consent import Consent
from bot.storage.question import Question
from bot.text import Mention

OFFERS = ("✅", "❌")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The message ``source`` is of ``author``, who is not the person and is called ``name``."""

    source: EventId
    author: UserId
    name: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the message says at the moment of the yes."""

    said: Share
    file: Message


async def ask(context: Context, foreign: Foreign) -> None:
    """Ask the author, once, where the message was said."""
    context.noun = experience_consent.NOUN  # whichever command began it, this one hears the answer
    user = context.person.user_id
    wanted = Consent(
        context.place.room_id, foreign.source, foreign.author, asked_by=user, asked_at=context.now
    )
    reference = await experience_consent.request(context.transaction, wanted)
    author = Mention(foreign.author, foreign.name)
    text = context.text("experience.consent", author=author, member=user)
    await context.ask(text, reference=reference, offers=OFFERS, user=foreign.author)


async def take_away(context: Context) -> None:
    """Ask no more for the message from which the reaction was taken."""
    source = context.message.reply_to
    if source is not None:
        await experience_consent.take_away(
            context.transaction, context.outgoing, source, context.person.user_id
        )


async def gather(gathering: Gathering, question: Question, answer: str | None) -> Agreed | None:
    """Read the message from the room if its author says yes."""
    if answer is None or control(answer) is not Control.YES:
        return None
    async with gathering.database.read() as snapshot:
        wanted = await stored.get(snapshot, _number(question))
    if wanted is None:
        return None
    found = await gathering.reader.message(wanted.room_id, wanted.source_event_id)
    if found is None or found.sender != wanted.author:
        return None
    return Agreed(experience.parse(found.body), found)


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Keep the message, or forget that it was asked for."""
    wanted = await stored.get(context.transaction, _number(question))
    said = control(answer) if answer is not None else None
    if wanted is None or answer is None:
        return
    if said is None:
        raise UserError("experience.consent_unclear")
    await experience_consent.close(context.transaction, wanted.id)
    if said is not Control.YES:
        context.answer(context.text("experience.consent_refused"))
        return
    if not isinstance(context.facts, Agreed):
        context.answer(context.text("experience.consent_gone"))
        return
    item, _ = await experience.share(
        context.transaction,
        context.facts.said,
        room=wanted.room_id,
        author=wanted.author,
        source=wanted.source_event_id,
        now=context.now,
    )
    if context.facts.file.media is not None:
        await experience_media.join(context.transaction, item, context.facts.file, context.now)
    name = number.named(number.EXPERIENCE, item.id)
    context.answer(context.text("experience.saved", id=name), card=f"{CARD}:{item.id}")


def _number(question: Question) -> int:
    return int(question.reference.partition(":")[2])
