"""Share: the words of an experience are kept, as they were told or as a message holds them."""

from dataclasses import dataclass
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent
from bot.commands.experience.asked import Capture, Tell, parse_share
from bot.commands.experience.seen import CARD
from bot.errors import UserError
from bot.ids import EventId
from bot.services import experience, experience_withdrawal, number
from bot.services.experience import Share
from bot.services.outgoing import first_answer
from bot.storage import experience as stored
from bot.storage import outbox
from bot.storage.transaction import Transaction

CAPTURED = "experience-captured"
"""Kind of the card on the answer to a command that took an experience from another message."""

SPOKEN = frozenset({"m.text", "m.emote"})


@dataclass(frozen=True, slots=True)
class Captured:
    """What the message ``source`` of the person says."""

    said: Share
    source: EventId


async def gather(gathering: Gathering, asked: Tell | Capture) -> Captured | None:
    """Ask the server for the message that is captured."""
    if isinstance(asked, Tell):
        return None
    message = gathering.message
    source = message.reply_to
    found = await gathering.reader.message(message.room_id, source) if source else None
    if source is None or found is None or found.msgtype not in SPOKEN:
        raise UserError("experience.source_missing")
    if found.sender != message.sender:
        raise UserError("experience.own_message_only")
    body = found.body.strip()
    if body.startswith(gathering.place.prefix):
        _command, _, body = body.partition(" ")  # it was to be shared, and went wrong
    return Captured(experience.parse(body), source)


async def run(context: Context, asked: Tell | Capture) -> None:
    """Keep what was told, or what the captured message says."""
    match asked, context.facts:
        case Tell(said), _:
            await keep(context, said, context.source)
        case Capture(), Captured(said, source):
            await keep(context, said, source)


async def keep(context: Context, said: Share, source: EventId, parent: int | None = None) -> None:
    """Keep what ``source`` says and answer with its number, or that it is corrected."""
    is_captured = source != context.source
    if context.is_edit and await stored.of_source(context.transaction, source) is None:
        raise UserError("experience.gone")  # deleted since: an edit does not bring it back
    item, is_new = await experience.share(
        context.transaction,
        said,
        room=context.place.room_id,
        author=context.person.user_id,
        source=source,
        now=context.now,
        parent=parent,
    )
    name = number.named(number.EXPERIENCE, item.id)
    if not is_new:
        context.confirm(context.text("experience.updated", id=name))
        return
    card = f"{CAPTURED if is_captured else CARD}:{item.id}"
    wording = "experience.saved" if parent is None else "experience.saved_reuse"
    context.confirm(context.text(wording, id=name), card=card)


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Withdraw what the event held, or what the command of the event took from another message."""
    if await experience.take_back(transaction, event, now):
        return True
    card = await outbox.card_on(transaction, first_answer(event))
    kind, _, reference = (card or "").partition(":")
    return kind == CAPTURED and await experience_withdrawal.withdraw(
        transaction, int(reference), now
    )


SHARE: Command[Tell | Capture] = Command(
    noun="experience_share",
    english=("share",),
    french=("partage", "partager"),
    intent=Intent.SHARE,
    run=run,
    parse=parse_share,
    gather=gather,
    is_editable=True,
    take_back=take_back,
)
