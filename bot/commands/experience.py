"""``!share`` and ``!exp``: an experience is told, taken from a message, read, or deleted."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import EventId, RoomId
from bot.services import experience, number
from bot.services.experience import Share
from bot.services.outgoing import first_answer
from bot.storage import experience as stored
from bot.storage import outbox
from bot.storage.experience import Experience
from bot.storage.transaction import Transaction
from bot.text import Text, fold
from bot.when import long_date

CARD = "experience"
"""Kind of the card on an answer about an experience."""

CAPTURED = "experience-captured"
"""Kind of the card on the answer to a command that took an experience from another message."""

_DELETE = frozenset(
    {"delete", "remove", "supprime", "supprimer", "efface", "effacer", "retire", "retirer"}
)
_SPOKEN = frozenset({"m.text", "m.emote"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Tell:
    """The words of an experience were given."""

    said: Share


@dataclass(frozen=True, slots=True)
class Capture:
    """The message that the command replies to is meant."""


@dataclass(frozen=True, slots=True)
class Show:
    """``E<number>`` is to be shown."""

    number: int


@dataclass(frozen=True, slots=True)
class Delete:
    """``E<number>`` is to be deleted."""

    number: int


Asked = Tell | Capture | Show | Delete


@dataclass(frozen=True, slots=True)
class Captured:
    """What the message ``source`` of the person says."""

    said: Share
    source: EventId


@dataclass(frozen=True, slots=True)
class Sight:
    """Which rooms' experiences may be shown here, and in which the person is an animator.

    ``author`` is what the experience's author is called.
    """

    rooms: frozenset[RoomId]
    animated: frozenset[RoomId] = frozenset()
    author: str = ""


def parse_share(rest: str, gathering: Gathering) -> Asked:
    """Return what is told; nothing but a reply means the message that is replied to."""
    if not rest.strip() and gathering.message.reply_to is not None:
        return Capture()
    return Tell(experience.parse(rest))


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``E12``, ``delete E12``, or else an experience that is told."""
    words = rest.strip()
    first, _, following = words.partition(" ")
    known = number.read(number.EXPERIENCE, words)
    if known is not None:
        return Show(known)
    doomed = number.read(number.EXPERIENCE, following)
    if fold(first) in _DELETE and doomed is not None:
        return Delete(doomed)
    if fold(first) in _DELETE and not following:
        raise UserError("error.argument_missing")
    if number.read(number.EXPERIENCE, first) is not None:
        raise UserError("error.argument_unknown", given=following[:_LONGEST_GIVEN])
    return parse_share(rest, gathering)


async def gather(gathering: Gathering, asked: Asked) -> Captured | Sight | None:
    """Ask the server for the message that is captured, or for who may see and do what."""
    if isinstance(asked, Tell):
        return None
    if isinstance(asked, Capture):
        return await _captured(gathering)
    return await _sight(gathering, asked)


async def _captured(gathering: Gathering) -> Captured:
    message = gathering.message
    source = message.reply_to
    found = await gathering.reader.message(message.room_id, source) if source else None
    if source is None or found is None or found.msgtype not in _SPOKEN:
        raise UserError("experience.source_missing")
    if found.sender != message.sender:
        raise UserError("experience.own_message_only")
    body = found.body.strip()
    if body.startswith(gathering.place.prefix):
        _command, _, body = body.partition(" ")  # it was to be shared, and went wrong
    return Captured(experience.parse(body), source)


async def _sight(gathering: Gathering, asked: Show | Delete) -> Sight:
    room, user = gathering.place.room_id, gathering.person.user_id
    async with gathering.database.read() as snapshot:
        item = await stored.get(snapshot, asked.number)
    joined: frozenset[RoomId] = frozenset()
    if item is None:
        return Sight(frozenset({room}))
    if gathering.place.is_pair and item.room_id != room:
        joined = await gathering.reader.joined_rooms_of(user, frozenset({item.room_id}))
    rooms = experience.visible_rooms(room, is_pair=gathering.place.is_pair, joined=joined)
    if isinstance(asked, Show):
        name = await gathering.reader.display_name_of(item.room_id, item.author)
        return Sight(rooms, author=name or item.author)
    is_animated = item.author != user and item.room_id == room and await gathering.is_animator()
    return Sight(rooms, frozenset({room}) if is_animated else frozenset())


async def run(context: Context, asked: Asked) -> None:
    """Keep, show or delete an experience."""
    match asked, context.facts:
        case Tell(said), _:
            await _keep(context, said, context.source)
        case Capture(), Captured(said, source):
            await _keep(context, said, source)
        case Show(number=wanted), Sight() as sight:
            item = await experience.show(context.transaction, wanted, sight.rooms)
            context.answer(_card(context, item, sight.author), card=f"{CARD}:{item.id}")
        case Delete(number=doomed), Sight() as sight:
            user = context.person.user_id
            item = await experience.erase(
                context.transaction, doomed, sight.rooms, user=user, animated=sight.animated
            )
            context.confirm(context.text("experience.deleted", id=_name(item)))


async def _keep(context: Context, said: Share, source: EventId) -> None:
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
    )
    if not is_new:
        context.confirm(context.text("experience.updated", id=_name(item)))
        return
    card = f"{CAPTURED if is_captured else CARD}:{item.id}"
    context.confirm(context.text("experience.saved", id=_name(item)), card=card)


def _card(context: Context, item: Experience, author: str) -> Text:
    zone, language = context.person.zone, context.person.language
    day = item.created_at.astimezone(zone).date()
    date = long_date(day, zone=zone, language=language, with_zone=False, now=context.now)
    given = partial(context.text, id=_name(item), author=author, date=date)
    if item.problem is None:
        return given("experience.note_card", text=item.note or "")
    return given("experience.card", problem=item.problem, solution=item.solution or "")


def _name(item: Experience) -> str:
    return number.named(number.EXPERIENCE, item.id)


async def take_back(transaction: Transaction, event: EventId, _now: datetime) -> bool:
    """Delete what the event held, or what the command of the event took from another message."""
    if await experience.take_back(transaction, event):
        return True
    card = await outbox.card_on(transaction, first_answer(event))
    kind, _, reference = (card or "").partition(":")
    return kind == CAPTURED and await stored.erase(transaction, int(reference))


SHARE: Command[Asked] = Command(
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

EXPERIENCE: Command[Asked] = Command(
    noun="experience",
    english=("exp", "experience"),
    french=("exp", "expérience"),
    intent=Intent.SHARE,
    run=run,
    parse=parse,
    gather=gather,
    is_editable=True,
    take_back=take_back,
)
