"""``!export``: an animator gets the experiences of their rooms in a zip, alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId, direct_room
from bot.services import experience_export, setting
from bot.services.attachment import Attachment, refusal_of
from bot.services.experience_export import Format
from bot.services.experience_record import record_of
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import experience, experience_record
from bot.storage.experience import FIELDS, Experience
from bot.storage.transaction import Transaction
from bot.text import fold, render

LONG = 1_000
"""Experiences that take more than a moment, about a second: who asked is told to wait."""

_WHAT = frozenset({"experiences", "experience", "exps", "exp"})
_FORMATS = {
    **dict.fromkeys(("md", "markdown", "pages", ""), Format.MARKDOWN),
    "json": Format.JSON,
    **dict.fromkeys(("csv", "excel", "tableur", "tableau", "table"), Format.CSV),
}


@dataclass(frozen=True, slots=True)
class Packed:
    """The zip, how many experiences it holds, and whose they are."""

    data: bytes
    count: int
    authors: frozenset[UserId]


def parse(rest: str, gathering: Gathering) -> Format:
    """Return the format: ``experiences csv``, or ``csv`` alone."""
    del gathering
    words = [word for word in fold(rest).split() if word not in _WHAT]
    found = _FORMATS.get(" ".join(words))
    if found is None:
        raise UserError("experience_export.format_unknown", given=rest.strip()[:40])
    return found


async def gather(gathering: Gathering, wanted: Format) -> Packed:
    """Read the experiences of the rooms in which the person is an animator, and pack them."""
    rooms = await _rooms(gathering)
    async with gathering.database.read() as snapshot:
        count = await experience.count(snapshot, rooms)
    if not count:
        raise UserError("experience_export.nothing")
    if count > LONG:
        await _say_wait(gathering, count)
    items: list[Experience] = []
    while True:
        async with gathering.database.read() as snapshot:
            last = items[-1].id if items else 0
            few = await experience_record.after(snapshot, rooms, last)
        if not few:
            break
        items += few
    labels = _labels(gathering)
    data = await asyncio.to_thread(_pack, items, wanted, labels)
    return Packed(data, len(items), frozenset(item.author for item in items))


async def _rooms(gathering: Gathering) -> frozenset[RoomId]:
    """Return the rooms whose experiences may be taken out; raises UserError if there are none."""
    async with gathering.database.read() as snapshot:
        held = await experience.rooms(snapshot) - await setting.trusted(snapshot)
    animated = frozenset([room for room in sorted(held) if await gathering.animates(room)])
    if not animated:
        raise UserError("experience_export.no_room")
    return animated


async def _say_wait(gathering: Gathering, count: int) -> None:
    """Say beforehand that it takes a while; a later process that says it again says it once."""
    message, language = gathering.message, gathering.person.language
    text = render(gathering.words.text("experience_export.wait", language), {"count": count})

    async def work(transaction: Transaction) -> None:
        outgoing = Outgoing(transaction, f"wait:{message.event_id}", gathering.now)
        outgoing.say(
            message.room_id,
            text,
            reply_to=message.event_id,
            conversation=conversation_with(message.room_id, message.sender),
        )

    await gathering.database.write(work)


def _labels(gathering: Gathering) -> Mapping[str, str]:
    language = gathering.person.language
    return {name: gathering.words.text(f"experience.field.{name}", language) for name in FIELDS}


def _pack(items: list[Experience], wanted: Format, labels: Mapping[str, str]) -> bytes:
    by_number = {item.id: item for item in items}
    records = [record_of(item, by_number.get(item.parent_id or 0)) for item in items]
    return experience_export.pack(records, wanted, labels)


async def run(context: Context, wanted: Format) -> None:
    """Send the zip to who asked, alone; elsewhere only that it was sent is said."""
    packed = context.facts
    if not isinstance(packed, Packed):
        return
    day = context.now.astimezone(context.person.zone).date()
    file = Attachment(f"experiences-{wanted}-{day.isoformat()}.zip", "application/zip", packed.data)
    is_alone = context.place.is_pair
    if is_alone:
        context.answer(context.text("experience_export.done", n=packed.count))
    else:
        context.answer(context.text("experience_export.sent_alone", n=packed.count))
    context.outgoing.attach(
        context.message.room_id if is_alone else direct_room(context.person.user_id),
        file,
        reply_to=context.message if is_alone else None,
        instead=context.text(refusal_of(file), name=file.name),
        people=sorted(packed.authors),
    )


EXPERIENCE_EXPORT: Command[Format] = Command(
    noun="experience_export",
    english=("export",),
    french=("exporte", "exporter"),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    gather=gather,
    guards_itself=True,
)
