"""Letter: its draft and the letter itself, when they fall due."""

import asyncio

from bot.ids import RoomId
from bot.job import DueJob, Firing, Preparing
from bot.services import chart, manner
from bot.services.letter import delivery, plan
from bot.services.letter.composition import Weeks, drawing, span_of, weeks
from bot.services.letter.delivery import Means
from bot.services.letter.section import Pen
from bot.storage import due, letter


async def gather(preparing: Preparing) -> tuple[Weeks, bytes] | None:
    """Draw the picture of the last weeks, where there is something to see."""
    room = RoomId(preparing.item.reference)
    async with preparing.database.read() as snapshot:
        found = await letter.get(snapshot, room)
        if found is None or preparing.item.occurrence.startswith("draft"):
            return None
        how = await manner.of_room(snapshot, room, preparing.usual)
        span = await span_of(snapshot, found, preparing.now)
        counted = await weeks(snapshot, span, how.zone)
    if not counted.is_worth_a_look:
        return None
    pen = Pen(preparing.words, how.language, how.zone, preparing.now)
    return counted, await asyncio.to_thread(chart.png, drawing(counted, pen))


async def run(firing: Firing) -> None:
    """Send what is due, or count it as dropped if it is not wanted any more."""
    drawn = firing.facts if isinstance(firing.facts, tuple) else None
    means = Means(
        outgoing=firing.outgoing,
        words=firing.words,
        usual=firing.usual,
        animators_room=firing.animators_room,
        prefix=firing.prefix,
        drawn=drawn,
    )
    if not await delivery.deliver(firing.transaction, firing.item, firing.now, means):
        await due.drop(firing.transaction, firing.item, firing.now)


LETTER = DueJob(kind=plan.KIND, run=run, gather=gather)
