"""``!export``: an animator gets the experiences of their rooms in a zip, alone."""

import asyncio
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import Oid, RoomId, UserId, direct_room
from bot.services import experience_export, setting
from bot.services.attachment import Attachment, refusal_of
from bot.services.experience_export import Format
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import experience
from bot.storage.transaction import Transaction
from bot.text import fold, render

LONG = 1_000
"""Experiences that take more than a moment, about a second: who asked is told to wait."""

STEP = 5_000
"""Experiences, some seconds of work, after which the message says how far it is."""

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
    progress = _Progress(gathering, count) if count > LONG else None
    if progress is not None:
        await progress(0)
    items = await experience_export.read(gathering.database, rooms, progress)
    labels = experience_export.labels_in(gathering.words, gathering.person.language)
    data = await asyncio.to_thread(experience_export.archive, items, wanted, labels)
    return Packed(data, len(items), frozenset(item.author for item in items))


async def _rooms(gathering: Gathering) -> frozenset[RoomId]:
    """Return the rooms whose experiences may be taken out; raises UserError if there are none."""
    async with gathering.database.read() as snapshot:
        held = await experience.rooms(snapshot) - await setting.trusted(snapshot)
    animated = frozenset([room for room in sorted(held) if await gathering.animates(room)])
    if not animated:
        raise UserError("experience_export.no_room")
    return animated


class _Progress:
    """Says beforehand that it takes a while, and in the same message how far it is.

    A later process that says the same again says it once.
    """

    def __init__(self, gathering: Gathering, count: int) -> None:
        self._gathering = gathering
        self._count = count
        self._told = 0
        self._oid: Oid | None = None

    async def __call__(self, done: int) -> None:
        """Tell how many of the experiences are read, if it is `STEP` more than was told."""
        if self._oid is None or done >= self._told + STEP:
            self._told = done
            await self._gathering.database.write(self._say)

    async def _say(self, transaction: Transaction) -> None:
        gathering, message = self._gathering, self._gathering.message
        cause = f"wait:{message.event_id}:{self._told}"
        outgoing = Outgoing(transaction, cause, gathering.now)
        wording = "experience_export.progress" if self._told else "experience_export.wait"
        template = gathering.words.text(wording, gathering.person.language)
        text = render(template, {"count": self._count, "done": self._told})
        room = message.room_id
        conversation = conversation_with(room, message.sender)
        if self._oid is None:
            self._oid = outgoing.say(
                room, text, reply_to=message.event_id, conversation=conversation
            )
        else:
            outgoing.edit(room, self._oid, text, conversation=conversation)


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
