"""``!ics``: meetings as a file that any other calendar takes in, or follows at an address."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.commands.meeting_file import intake, subscription
from bot.commands.meeting_file.intake import Taken
from bot.commands.meeting_file.subscription import Act, Secret
from bot.errors import UserError
from bot.ids import RoomId, UserId, direct_room
from bot.services import number
from bot.services.attachment import Attachment, refusal_of
from bot.services.icalendar import writing
from bot.services.icalendar.writing import Entry
from bot.services.meeting import CARD, sight
from bot.services.meeting.sight import View
from bot.storage import meeting
from bot.storage.meeting import State
from bot.text import fold

_MINE = frozenset({"mine", "my", "mes", "moi"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """``C<number>`` is asked for; else all that is to come, or what one comes to oneself."""

    number: int | None = None
    is_mine: bool = False
    imports: bool | None = None
    """Whether a file is to be taken in, or only looked at; None to give one out."""
    act: Act | None = None
    """What is to be done about addresses."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The file, what is in it, and who is named by it."""

    data: bytes
    count: int
    people: frozenset[UserId]


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``C4``, ``mine`` or everything."""
    del gathering
    words = fold(rest.strip())
    if not words:
        return Asked()
    if words in _MINE:
        return Asked(is_mine=True)
    verb, _, following = words.partition(" ")
    if verb in intake.NAMES:
        return Asked(imports=intake.is_sure(following))
    act = subscription.NAMES.get(verb)
    if act is not None and (not following or (following in _MINE and act is not Act.REVOKE)):
        return Asked(is_mine=bool(following), act=act)
    wanted = number.read(number.MEETING, rest)
    if wanted is None:
        raise UserError("error.argument_unknown", given=rest.strip()[:_LONGEST_GIVEN])
    return Asked(wanted)


async def gather(gathering: Gathering, asked: Asked) -> Packed | Taken | Secret:
    """Ask the server what may be seen here, and write the file; or read the one to take in."""
    if asked.act is not None:
        return subscription.gather()
    if asked.imports is not None:
        return await intake.gather(gathering)
    place, person, now = gathering.place, gathering.person, gathering.now
    view = View(person.user_id, place.room_id, place.is_pair, gathering.database, gathering.reader)
    wanted = asked.number
    if wanted is None and not asked.is_mine:
        shown = await sight.meant(view, gathering.message.reply_to)
        wanted = shown[0] if shown is not None else None
    if wanted is not None:
        return await _packed(await _one(gathering, view, wanted), gathering)
    async with gathering.database.read() as snapshot:
        coming = await meeting.rooms_since(snapshot, now)
    rooms = await sight.rooms(view, coming)
    comes = person.user_id if asked.is_mine else None
    async with gathering.database.read() as snapshot:
        found = await writing.to_come(snapshot, sorted(rooms), now, comes)
    return await _packed(found, gathering)


async def _one(gathering: Gathering, view: View, wanted: int) -> Sequence[Entry]:
    hand = await sight.hand(view, wanted)
    async with gathering.database.read() as snapshot:
        item = await meeting.get(snapshot, wanted)
        is_seen = item is not None and item.room_id in hand.rooms and item.state is not State.DRAFT
        if item is None or not is_seen:
            raise UserError("meeting.not_found", id=number.named(number.MEETING, wanted))
        return await writing.entries(snapshot, [item])


async def _packed(found: Sequence[Entry], gathering: Gathering) -> Packed:
    people = frozenset(each.item.organiser for each in found)
    name = gathering.words.text("meeting_file.name", gathering.person.language)
    data = await asyncio.to_thread(writing.write, found, name)
    return Packed(data, len(found), people)


async def run(context: Context, asked: Asked) -> None:
    """Send the file here; where somebody only clicked, to them alone."""
    packed = context.facts
    if isinstance(packed, Secret) and asked.act is not None:
        await subscription.run(context, packed, asked.act, is_mine=asked.is_mine)
        return
    if isinstance(packed, Taken):
        await intake.run(context, packed, is_meant=bool(asked.imports))
        return
    if not isinstance(packed, Packed):
        raise TypeError("a calendar file is made before")
    if not packed.count:
        context.answer(context.text("meeting_file.nothing"))
        return
    name = number.named(number.MEETING, asked.number) if asked.number else "agenda"
    file = Attachment(f"{name}.ics", writing.MIMETYPE, packed.data)
    is_here = not context.is_quiet
    context.outgoing.attach(
        context.message.room_id if is_here else direct_room(context.person.user_id),
        file,
        reply_to=context.message if is_here else None,
        instead=context.text(refusal_of(file), name=file.name),
        people=sorted(packed.people),
    )


def _everybody(_reference: str, _room: RoomId, _user: UserId) -> bool:
    return True


MEETING_FILE: Command[Asked] = Command(
    noun="meeting_file",
    english=("ics", "ical"),
    french=("ics",),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
)


def _words(reference: str) -> str:
    return f"{number.MEETING}{reference.partition('/')[0]}"


FILE = Twin(CARD, "📅", "meeting_file", _words, _everybody)
"""The file on the card: who clicks gets it alone."""
