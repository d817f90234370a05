"""Media: the files of an experience are shown again, and one is added or removed."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent
from bot.commands.experience import consent
from bot.commands.experience.consent import Foreign
from bot.commands.experience.seen import Seen, see
from bot.errors import UserError
from bot.file_twin import FileTwin
from bot.ids import EventId
from bot.model import Message
from bot.services import experience, experience_media, number
from bot.services.attachment import Copy, name_of, refusal_of
from bot.services.experience_media import Words
from bot.services.outgoing import conversation_with
from bot.storage import experience as stored
from bot.storage import experience_media as stored_media
from bot.storage.experience import Experience
from bot.storage.transaction import Transaction
from bot.text import fold

_ADD = frozenset({"add", "join", "ajoute", "ajouter", "joins", "joindre", "+"})
_REMOVE = frozenset({"remove", "delete", "retire", "retirer", "supprime", "supprimer", "-"})

JOINED = "📎"
"""The reaction to a file that joined an experience: a message for each would be noise."""


@dataclass(frozen=True, slots=True)
class Show:
    """The files of ``E<number>`` are to be sent again."""

    number: int


@dataclass(frozen=True, slots=True)
class Join:
    """The file of the message, or of the one it replies to, is to join ``E<number>``."""

    number: int


@dataclass(frozen=True, slots=True)
class Remove:
    """The file in the ``place`` (from 1) among those of ``E<number>`` is to be removed."""

    number: int
    place: int


Asked = Show | Join | Remove


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``E12``, ``E12 add``, or ``E12 remove 2``."""
    del gathering
    first, _, following = rest.strip().partition(" ")
    known = number.read(number.EXPERIENCE, first)
    if known is None:
        raise UserError("error.argument_missing")
    verb, _, place = following.strip().partition(" ")
    if not verb:
        return Show(known)
    if fold(verb) in _ADD and not place:
        return Join(known)
    if fold(verb) in _REMOVE and place.isascii() and place.isdigit() and len(place) < 4:
        return Remove(known, int(place))
    raise UserError("experience_media.unclear", given=following[:40])


async def gather(gathering: Gathering, asked: Asked) -> Seen | Message | Foreign:
    """Ask the server who may see the experience here, or for the file that is meant."""
    return await (_meant(gathering) if isinstance(asked, Join) else see(gathering, asked.number))


async def brought(gathering: Gathering) -> Message | Foreign | None:
    """Return the message whose file a command brings: itself, or the one it replies to.

    None if there is no file; somebody else's is one to ask for.
    """
    message = gathering.message
    if message.media is not None or message.reply_to is None:
        return message if message.media is not None else None
    found = await gathering.reader.message(message.room_id, message.reply_to)
    if found is None or found.media is None:
        return None
    is_own = found.sender == message.sender
    return found if is_own else await consent.foreign(gathering, found)


async def _meant(gathering: Gathering) -> Message | Foreign:
    found = await brought(gathering)
    if found is None:
        raise UserError("experience_media.none_given")
    return found


async def run(context: Context, asked: Asked) -> None:
    """Send the files of an experience again, or change which it has."""
    facts = context.facts
    if isinstance(asked, Join) and isinstance(facts, Message):
        await _join(context, asked.number, facts)
    elif isinstance(asked, Join) and isinstance(facts, Foreign):
        await _ask_for(context, asked.number, facts)
    elif not isinstance(asked, Join) and isinstance(facts, Seen):
        item = await experience.show(context.transaction, asked.number, facts.sight)
        if isinstance(asked, Show):
            await show_pieces(context, item)
        else:
            await _remove(context, item, asked.place, is_animated=facts.is_animated)


async def _join(context: Context, known: int, file: Message) -> None:
    """Let a file join; of somebody else's that came into the thread nothing is said."""
    item = await stored.get(context.transaction, known)
    is_typed = context.message.media is None
    if item is None or not await experience_media.join(
        context.transaction, item, file, context.now
    ):
        if is_typed:
            raise UserError("experience_media.not_joined", id=_name(known))
        return
    room, user = context.message.room_id, context.person.user_id
    context.outgoing.react(room, file.event_id, JOINED, conversation=conversation_with(room, user))


async def _ask_for(context: Context, known: int, foreign: Foreign) -> None:
    """Ask for somebody else's file, for who wrote the experience."""
    item = await stored.get(context.transaction, known)
    if item is None:
        raise UserError("experience_media.not_joined", id=_name(known))
    await consent.ask(context, foreign, item)


async def show_pieces(context: Context, item: Experience) -> None:
    """Answer with the files of ``item``, each sent again in the thread."""
    pieces = await stored_media.of(context.transaction, item.id)
    name, count = _name(item.id), len(pieces)
    if not pieces:
        context.answer(context.text("experience_media.none", id=name))
        return
    context.answer(context.text("experience_media.list", n=count, id=name))
    to = replace(context.message, replaces=None)
    for place, piece in enumerate(pieces, 1):
        copy = Copy(piece.media, piece.room_id)
        words = Words(
            context.text("experience_media.caption", id=name, place=place, count=count),
            context.text(refusal_of(copy), name=name_of(copy)),
        )
        await experience_media.send(context.transaction, context.outgoing, piece, to, words)


async def _remove(context: Context, item: Experience, place: int, *, is_animated: bool) -> None:
    pieces = await stored_media.of(context.transaction, item.id)
    name = _name(item.id)
    if not 1 <= place <= len(pieces):
        raise UserError("experience_media.no_such", id=name, place=place)
    piece, user = pieces[place - 1], context.person.user_id
    if piece.sender != user:
        experience.check_erasure(item, user, is_animated=is_animated)
    await experience_media.remove(context.transaction, piece, context.now)
    context.confirm(context.text("experience_media.removed", id=name))


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Remove the file that the redacted event brought."""
    return await experience_media.take_back(transaction, event, now)


def _name(known: int) -> str:
    return number.named(number.EXPERIENCE, known)


MEDIA: Command[Asked] = Command(
    noun="experience_media",
    english=("media", "attachments"),
    french=("pièces", "fichiers"),
    intent=Intent.SHARE,
    run=run,
    parse=parse,
    gather=gather,
    take_back=take_back,
)

FILES = tuple(
    FileTwin(kind, "experience_media", lambda reference: f"E{reference} +")
    for kind in ("experience", "experience-captured")
)
