"""``!import``: experiences come back out of a file, after a look at what would happen."""

import asyncio
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.model import Media
from bot.services import experience_import, setting
from bot.services.attachment import Attachment
from bot.services.experience_file import FILE_LIMIT_BYTES, Found, Rejected, find, names_in_all
from bot.services.experience_import import Grounds, Plan
from bot.storage import room as stored_room
from bot.text import Text, bullets, fold, paragraphs

_YES = frozenset({"oui", "yes", "ok", "confirme", "confirmer", "confirm"})

_SHOWN = 15
"""Lines that are listed in a message; all of them are in the file beside it."""

_MOST_AUTHORS = 200
"""Authors who are looked for among the members; what others wrote becomes the importer's."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would happen, or what did: how much was ``created`` and ``corrected``."""

    plan: Plan
    created: int
    corrected: int


def parse(rest: str, gathering: Gathering) -> bool:
    """Return whether it is to happen, or only to be shown."""
    del gathering
    if rest.strip() and fold(rest) not in _YES:
        raise UserError("experience_import.unclear")
    return bool(rest.strip())


async def gather(gathering: Gathering, is_sure: bool) -> Prepared:
    """Read the file that is meant, ask the server where it may go and whose it is, and import it.

    That is done here, portion by portion, so that others can write in between: each record is
    known by its key, and what a process that died had imported is only found to be there.
    """
    rooms = await _animated(gathering)
    media = await _file(gathering)
    data = await gathering.files.download(media, limit_bytes=FILE_LIMIT_BYTES)
    found = await asyncio.to_thread(find, data, names_in_all(gathering.words))
    own = _own(gathering, rooms)
    grounds = Grounds(
        importer=gathering.person.user_id,
        rooms=rooms,
        own=own,
        trusted=await _trusted(gathering),
        joined=await _joined(gathering, found, rooms, own),
    )
    async with gathering.database.read() as snapshot:
        made = await experience_import.plan(snapshot, found, grounds, gathering.now)
    if not is_sure:
        return Prepared(made, len(made.created), len(made.corrected))
    created, corrected = await experience_import.carry_out(
        gathering.database, made, grounds, gathering.now
    )
    return Prepared(made, created, corrected)


async def _animated(gathering: Gathering) -> frozenset[RoomId]:
    """Return the rooms into which the person may import; raises UserError if there are none."""
    known = sorted(await _known_rooms(gathering))
    rooms = [name for name in known if await gathering.animates(name)]
    place = gathering.place
    if not rooms or (not place.is_pair and place.room_id not in rooms):
        raise UserError("experience_export.no_room")
    return frozenset(rooms)


def _own(gathering: Gathering, rooms: frozenset[RoomId]) -> RoomId | None:
    """Return the room for what names none: this one, or the only one there is."""
    if not gathering.place.is_pair:
        return gathering.place.room_id
    return next(iter(rooms)) if len(rooms) == 1 else None


async def _known_rooms(gathering: Gathering) -> frozenset[RoomId]:
    async with gathering.database.read() as snapshot:
        known = await stored_room.load(snapshot)
    shared = {name for name, item in known.items() if item.is_common}
    here = set() if gathering.place.is_pair else {gathering.place.room_id}
    return frozenset(shared | here)


async def _trusted(gathering: Gathering) -> frozenset[RoomId]:
    async with gathering.database.read() as snapshot:
        return await setting.trusted(snapshot)


async def _joined(
    gathering: Gathering, found: Found, rooms: frozenset[RoomId], own: RoomId | None
) -> dict[RoomId, frozenset[UserId]]:
    """Return which of the authors in the file are members of the rooms it goes to."""
    pairs = sorted(experience_import.wanted_authors(found.records, rooms, own))[:_MOST_AUTHORS]
    joined: dict[RoomId, frozenset[UserId]] = {}
    for name, user in pairs:
        if await gathering.reader.is_member(name, user):
            joined[name] = joined.get(name, frozenset()) | {user}
    return joined


async def _file(gathering: Gathering) -> Media:
    message = gathering.message
    if message.media is not None:
        return message.media
    found = None
    if message.reply_to is not None:
        found = await gathering.reader.message(message.room_id, message.reply_to)
    if found is None or found.media is None:
        raise UserError("experience_import.no_file")
    return found.media


async def run(context: Context, is_sure: bool) -> None:
    """Say what would happen, or what did."""
    prepared = context.facts
    if not isinstance(prepared, Prepared):
        return
    made = prepared.plan
    created, corrected = prepared.created, prepared.corrected
    counts = context.text(
        "experience_import.done" if is_sure else "experience_import.preview",
        created=created,
        corrected=corrected,
        unchanged=made.unchanged,
        rejected=len(made.rejected),
    )
    parts = [counts]
    if made.rejected:
        parts.append(bullets(_line(context, item) for item in made.rejected[:_SHOWN]))
    if not is_sure and (created or corrected):
        parts.append(context.text("experience_import.how"))
    context.answer(paragraphs(parts))
    if len(made.rejected) > _SHOWN:
        lines = "\n".join(_line(context, item).body for item in made.rejected)
        context.attach(Attachment("import.txt", "text/plain", f"{lines}\n".encode()))


def _line(context: Context, item: Rejected) -> Text:
    reason = context.text(f"experience_import.reason.{item.reason}", n=None, **item.params)
    return context.text("experience_import.rejected", place=item.place, reason=reason)


EXPERIENCE_IMPORT: Command[bool] = Command(
    noun="experience_import",
    english=("import",),
    french=("importe", "importer"),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    gather=gather,
    guards_itself=True,
)
