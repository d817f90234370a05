"""Reminder: what a member asked to be told is said when it falls due."""

from bot.job import DueJob, Firing
from bot.services import reminder, reminder_delivery
from bot.storage import due


async def run(firing: Firing) -> None:
    """Say the reminder, or count it as dropped if it was taken back meanwhile."""
    is_said = await reminder_delivery.deliver(
        firing.transaction,
        firing.outgoing,
        firing.item,
        firing.now,
        firing.words,
        is_late=firing.is_late,
        is_one_of_many=firing.is_one_of_many,
    )
    if not is_said:
        await due.drop(firing.transaction, firing.item, firing.now)


REMINDER = DueJob(kind=reminder.KIND, run=run)
