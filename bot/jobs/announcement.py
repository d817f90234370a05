"""Announcement: what animators scheduled is said in each of its rooms when it falls due."""

from bot.ids import UserId
from bot.job import DueJob, Firing, Preparing
from bot.services import announcement as rules
from bot.services import announcement_delivery as delivery
from bot.services.announcement_delivery import Means
from bot.storage import announcement, due


async def gather(preparing: Preparing) -> UserId | None:
    """Return the owner if they may mention the whole room now, and want to."""
    async with preparing.database.read() as snapshot:
        found = await announcement.get(snapshot, int(preparing.item.reference))
    if found is None or rules.CALL not in found.text:
        return None
    levels = await preparing.reader.power_levels(delivery.room_of(preparing.item))
    return found.owner if levels.of(found.owner) >= levels.notify_room else None


async def run(firing: Firing) -> None:
    """Say the announcement in one room, or count it as dropped if it was called off."""
    caller = UserId(firing.facts) if isinstance(firing.facts, str) else None
    means = Means(
        outgoing=firing.outgoing,
        words=firing.words,
        usual=firing.usual,
        animators_room=firing.animators_room,
        caller=caller,
        prefix=firing.prefix,
    )
    if not await delivery.deliver(firing.transaction, firing.item, firing.now, means):
        await due.drop(firing.transaction, firing.item, firing.now)


ANNOUNCEMENT = DueJob(kind=rules.KIND, run=run, gather=gather)
