"""Catch-up: who is back after a long time is told once that there is something to catch up on."""

from datetime import datetime

from bot.ids import UserId, direct_room
from bot.job import DueJob, Firing, Preparing
from bot.services import catchup, experience_sight, manner, quiet
from bot.services.catchup import Missed
from bot.storage import due
from bot.text import render
from bot.when import long_date


async def gather(preparing: Preparing) -> Missed:
    """Find what somebody missed, of what they may see now."""
    user, now, database = UserId(preparing.item.reference), preparing.now, preparing.database
    place = direct_room(user)
    sight = await experience_sight.look(preparing.reader, database, place, user, is_pair=True)
    async with database.read() as snapshot:
        since = max(datetime.fromisoformat(preparing.item.occurrence), now - catchup.LONGEST)
        return await catchup.find(snapshot, user, sight, since)


async def run(firing: Firing) -> None:
    """Offer it, unless they want peace for longer or there is nothing."""
    transaction, item, now = firing.transaction, firing.item, firing.now
    user, missed = UserId(item.reference), firing.facts
    turn = await quiet.turn_with(transaction, user, now, firing.usual)
    planned_at = item.due_at - catchup.MOMENT
    if not isinstance(missed, Missed) or not missed.numbers or turn - planned_at > catchup.STALE:
        await due.drop(transaction, item, now)
        return
    if turn > now:
        await due.postpone(transaction, item, turn)
        return
    how = await manner.of_member(transaction, user, firing.usual)
    day = missed.since.astimezone(how.zone).date()
    date = long_date(day, zone=how.zone, language=how.language, with_zone=False, now=now)
    count = len(missed.numbers)
    template = firing.words.text("catchup.offer", how.language, n=count)
    text = render(template, {"date": date, "n": count, "prefix": firing.prefix})
    catchup.offer(item, firing.outgoing, text)


CATCHUP = DueJob(kind=catchup.KIND, run=run, gather=gather)
