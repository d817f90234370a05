"""Consent: the author of a message is asked whether it, or its file, may be kept, and answers."""

from dataclasses import dataclass

from bot.command import Context, Gathering
from bot.commands.experience.seen import CARD
from bot.errors import UserError
from bot.model import Message
from bot.services import experience, experience_consent, experience_media, number
from bot.services.answer import Control, control
from bot.services.experience import Share
from bot.storage import experience as experiences
from bot.storage import experience_consent as stored
from bot.storage.experience import Experience
from bot.storage.experience_consent import Consent
from bot.storage.question import Question
from bot.text import Mention

OFFERS = ("✅", "❌")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The ``message`` is of somebody who is not the person, and is called ``name``."""

    message: Message
    name: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """The message at the moment of the yes, and what it says, unless only its file is wanted."""

    message: Message
    said: Share | None


async def foreign(gathering: Gathering, message: Message) -> Foreign:
    """Ask the server what the sender of ``message`` is called where it was said."""
    name = await gathering.reader.display_name_of(message.room_id, message.sender)
    return Foreign(message, name or message.sender)


async def ask(context: Context, foreign: Foreign, joining: Experience | None = None) -> None:
    """Ask the author, once, where the message was said; only for its file if that is ``joining``.

    Raises UserError for what cannot be asked for.
    """
    user, message = context.person.user_id, foreign.message
    if joining is not None:
        await experience_media.check_invitation(context.transaction, joining, user, message)
    wanted = Consent(
        context.place.room_id,
        message.event_id,
        message.sender,
        asked_by=user,
        asked_at=context.now,
        experience_id=joining.id if joining is not None else None,
    )
    reference = await experience_consent.request(context.transaction, wanted)
    author = Mention(message.sender, foreign.name)
    if joining is None:
        text = context.text("experience.consent", author=author, member=user)
    else:
        name = number.named(number.EXPERIENCE, joining.id)
        text = context.text("experience_media.consent", author=author, member=user, id=name)
    context.noun = experience_consent.NOUN  # whichever command began it, this one hears the answer
    await context.ask(text, reference=reference, offers=OFFERS, user=message.sender)


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
    is_file = wanted.experience_id is not None
    return Agreed(found, None if is_file else experience.parse(found.body))


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
    agreed = context.facts
    if not isinstance(agreed, Agreed):
        context.answer(context.text("experience.consent_gone"))
    elif agreed.said is not None:
        await _keep(context, wanted, agreed.said, agreed.message)
    else:
        await _join(context, wanted, agreed.message)


async def _keep(context: Context, wanted: Consent, said: Share, message: Message) -> None:
    """Keep the words of the message as an experience of its author, with its file."""
    item, _ = await experience.share(
        context.transaction,
        said,
        room=wanted.room_id,
        author=wanted.author,
        source=wanted.source_event_id,
        now=context.now,
    )
    if message.media is not None:
        await experience_media.join(context.transaction, item, message, context.now)
    name = number.named(number.EXPERIENCE, item.id)
    context.answer(context.text("experience.saved", id=name), card=f"{CARD}:{item.id}")


async def _join(context: Context, wanted: Consent, message: Message) -> None:
    """Let the file of the message join the experience that it was wanted for."""
    item = await experiences.get(context.transaction, wanted.experience_id or 0)
    if item is None or not await experience_media.join(
        context.transaction, item, message, context.now, is_agreed=True
    ):
        context.answer(context.text("experience.consent_gone"))
        return
    name = number.named(number.EXPERIENCE, item.id)
    context.answer(context.text("experience_media.agreed", id=name), card=f"{CARD}:{item.id}")


def _number(question: Question) -> int:
    return int(question.reference.partition(":")[2])
