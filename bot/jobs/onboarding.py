"""Onboarding: who said later is asked again, and who said nothing once more."""

from bot.ids import direct_room
from bot.job import DueJob, Firing
from bot.services import manner, onboarding, quiet
from bot.services.onboarding import Talk, Voice
from bot.storage import due
from bot.storage import onboarding as stored


async def run(firing: Firing) -> None:
    """Ask again when it may be said, or count it as dropped if nobody waits for it any more."""
    transaction, item, now = firing.transaction, firing.item, firing.now
    found = await stored.get(transaction, int(item.reference))
    if found is None:
        await due.drop(transaction, item, now)
        return
    turn = await quiet.turn_with(transaction, found.user_id, now, firing.usual)
    if turn > now:
        await due.postpone(transaction, item, turn)
        return
    how = await manner.of_member(transaction, found.user_id, firing.usual)
    talk = Talk(
        transaction=transaction,
        outgoing=firing.outgoing,
        voice=Voice(firing.words, how.language, firing.prefix, firing.community),
        user=found.user_id,
        room=direct_room(found.user_id),
        now=now,
    )
    if not await onboarding.fall_due(talk, found, item.occurrence):
        await due.drop(transaction, item, now)


ONBOARDING = DueJob(kind=onboarding.KIND, run=run)
"""What falls due for an onboarding."""
