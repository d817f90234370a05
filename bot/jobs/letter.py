"""Letter: its draft and the letter itself, when they fall due."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ids import RoomId, UserId
from bot.job import DueJob, Firing, Preparing
from bot.services import chart, manner
from bot.services.letter import delivery, plan
from bot.services.letter.composition import Weeks, drawing, span_of, weeks
from bot.services.letter.delivery import Means
from bot.services.letter.entry import Pen
from bot.services.letter.section import names_of
from bot.storage import due, letter


@dataclass(frozen=True, slots=True)
class Found:
    """What authors are called, and the picture of the last weeks if there is something to see."""

    names: Mapping[UserId, str] = field(default_factory=dict)
    drawn: tuple[Weeks, bytes] | None = None


async def gather(preparing: Preparing) -> Found:
    """Ask what authors are called, and draw the picture of the last weeks."""
    room = RoomId(preparing.item.reference)
    async with preparing.database.read() as snapshot:
        found = await letter.get(snapshot, room)
        if found is None:
            return Found()
        how = await manner.of_room(snapshot, room, preparing.usual)
        span = await span_of(snapshot, found, preparing.now)
        counted = await weeks(snapshot, span, how.zone)
    names = await names_of(preparing.reader, preparing.database, span)
    if preparing.item.occurrence.startswith("draft") or not counted.is_worth_a_look:
        return Found(names)
    pen = Pen(preparing.words, how.language, how.zone, preparing.now)
    drawn = await asyncio.to_thread(chart.png, drawing(counted, pen))
    return Found(names, (counted, drawn))


async def run(firing: Firing) -> None:
    """Send what is due, or count it as dropped if it is not wanted any more."""
    found = firing.facts if isinstance(firing.facts, Found) else Found()
    means = Means(
        outgoing=firing.outgoing,
        words=firing.words,
        usual=firing.usual,
        animators_room=firing.animators_room,
        prefix=firing.prefix,
        drawn=found.drawn,
        names=found.names,
    )
    if not await delivery.deliver(firing.transaction, firing.item, firing.now, means):
        await due.drop(firing.transaction, firing.item, firing.now)


LETTER = DueJob(kind=plan.KIND, run=run, gather=gather)
