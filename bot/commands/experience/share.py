"""Share: the words of an experience are kept, as they were told or as a message holds them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.commands.experience import consent, guide
from bot.commands.experience.asked import Guide, Sharing, Tell, Unpin, parse_share
from bot.commands.experience.consent import Foreign
from bot.commands.experience.media import brought
from bot.commands.experience.seen import CARD
from bot.commands.experience.similar import NONE_SIMILAR, note, shown, similar_to
from bot.errors import UserError
from bot.ids import EventId
from bot.model import Message
from bot.services import (
    experience,
    experience_consent,
    experience_media,
    experience_withdrawal,
    number,
)
from bot.services.experience import Share
from bot.services.experience_listing import Listed
from bot.services.meeting import CARD as MEETING_CARD
from bot.services.meeting import reference
from bot.services.outgoing import first_answer
from bot.storage import experience as stored
from bot.storage import outbox
from bot.storage.experience import Experience
from bot.storage.transaction import Transaction
from bot.text import Text, paragraphs

CAPTURED = "experience-captured"
"""Kind of the card on the answer to a command that took an experience from another message."""

SPOKEN = frozenset({"m.text", "m.emote"})


@dataclass(frozen=True, slots=True)
class Captured:
    """What the message ``source`` of the person says; ``file`` is the one that brings a file.

    ``similar`` is what others told that means much the same.
    """

    said: Share
    source: EventId
    file: Message | Foreign | None = None
    similar: Listed = NONE_SIMILAR


async def gather(gathering: Gathering, asked: Sharing) -> Captured | Foreign | None:
    """Ask the server for the message that is captured, or for the one that brings a file.

    What others told that is similar is looked for before anything is kept.
    Raises UserError for a message that cannot be captured: a picture without words is none.
    """
    if isinstance(asked, Tell):
        told = gathering.message.replaces or gathering.message.event_id
        file, similar = await brought(gathering), await similar_to(gathering, asdict(asked.said))
        return Captured(asked.said, told, file, similar)
    if isinstance(asked, Guide | Unpin):
        return None
    message = gathering.message
    source = message.reply_to
    found = await gathering.reader.message(message.room_id, source) if source else None
    is_said = found is not None and (found.msgtype in SPOKEN or found.media is not None)
    if source is None or found is None or not is_said:
        raise UserError("experience.source_missing")
    if found.sender != message.sender:
        if asked.is_pinned and not await gathering.is_animator():
            raise UserError("experience.own_message_only")
        experience.parse(found.body)  # what says nothing is not asked for
        return await consent.foreign(gathering, found)
    body = found.body.strip()
    if body.startswith(gathering.place.prefix):
        _command, _, body = body.partition(" ")  # it was to be shared, and went wrong
    said = experience.parse(body)
    return Captured(said, source, found, await similar_to(gathering, asdict(said)))


async def run(context: Context, asked: Sharing) -> None:
    """Keep what was told or what the captured message says, or begin to ask."""
    match asked, context.facts:
        case Guide(), _:
            await guide.start(context)
        case Unpin(), _:
            await consent.take_away(context)
        case _, Foreign() as foreign:
            await consent.ask(context, foreign)
        case _, Captured(said, source, file, similar):
            await keep(context, said, source, file=file, similar=similar)


async def keep(
    context: Context,
    said: Share,
    source: EventId,
    parent: int | None = None,
    file: Message | Foreign | None = None,
    similar: Listed = NONE_SIMILAR,
) -> None:
    """Keep what ``source`` says and answer with its number, or that it is corrected.

    The file that ``file`` brings joins it; of one that cannot the answer says why. Who brought a
    file that is somebody else's is asked for it. What is ``similar`` is shown with the number.
    """
    is_captured = source != context.source
    if context.is_edit and await stored.of_source(context.transaction, source) is None:
        card = await outbox.card_on(context.transaction, first_answer(context.source))
        if not (card or "").startswith(guide.STARTED):
            raise UserError("experience.gone")  # deleted since: an edit does not bring it back
    item, is_new = await experience.share(
        context.transaction,
        replace(said, tags=await _tag_of_meeting(context)),
        room=context.place.room_id,
        author=context.person.user_id,
        source=source,
        now=context.now,
        parent=parent,
    )
    refusal = await _join(context, item, file if isinstance(file, Message) else None)
    name = number.named(number.EXPERIENCE, item.id)
    if not is_new:
        _confirm(context, context.text("experience.updated", id=name), [refusal])
        return
    card = f"{CAPTURED if is_captured else CARD}:{item.id}"
    wording = "experience.saved" if parent is None else "experience.saved_reuse"
    more = [refusal, None if context.place.acknowledges_by_reaction else shown(context, similar)]
    start = len(context.outgoing.enqueued)
    _confirm(context, context.text(wording, id=name), more, card)
    await note(context, similar, start)
    if isinstance(file, Foreign):
        await _ask_for(context, item, file)


async def _ask_for(context: Context, item: Experience, file: Foreign) -> None:
    """Ask for somebody else's file; say why if that cannot be."""
    try:
        await consent.ask(context, file, item)
    except UserError as error:
        context.answer(context.text(error.message_id, n=None, **error.params))


async def _tag_of_meeting(context: Context) -> str:
    """Return the tag of the meeting under whose card it is told: its retour will link to it."""
    message = context.message
    for event in (message.thread, message.reply_to):
        card = await outbox.card(context.transaction, event) if event is not None else None
        kind, _, about = (card or "").partition(":")
        shown = reference.read(about) if kind == MEETING_CARD else None
        if shown is not None:
            return number.named(number.MEETING, shown[0]).lower()
    return ""


async def _join(context: Context, item: Experience, file: Message | None) -> Text | None:
    """Let the file join; return why it cannot: the words are kept all the same."""
    if file is None:
        return None
    try:
        await experience_media.join(context.transaction, item, file, context.now)
    except UserError as error:
        return context.text(error.message_id, n=None, **error.params)
    return None


def _confirm(
    context: Context, text: Text, more: Sequence[Text | None], card: str | None = None
) -> None:
    """Say that it worked, in words where there is more to say."""
    said = [part for part in more if part is not None]
    if said:
        context.answer(paragraphs([text, *said]), card=card)
    else:
        context.confirm(text, card=card)


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Withdraw what the event held, or what the command of the event took from another message."""
    if await experience.take_back(transaction, event, now):
        return True
    card = await outbox.card_on(transaction, first_answer(event))
    kind, _, reference = (card or "").partition(":")
    return kind == CAPTURED and await experience_withdrawal.withdraw(
        transaction, int(reference), now
    )


SHARE: Command[Sharing] = Command(
    noun="experience_share",
    english=("share",),
    french=("partage", "partager"),
    intent=Intent.SHARE,
    run=run,
    parse=parse_share,
    gather=gather,
    hear=guide.hear,
    gather_answer=guide.gather,
    is_editable=True,
    take_back=take_back,
)

PIN = Twin(
    kind=experience_consent.UNTRACKED,
    key=experience_consent.PIN,
    noun="experience_share",
    words=lambda _reference: experience_consent.PIN,
    is_for=lambda _reference, _room, _user: True,
    undo=("experience_share", lambda _reference: experience_consent.UNPIN),
)
