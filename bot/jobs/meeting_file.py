"""Meeting file: what is left of a calendar file is taken in, the next portion."""

from bot.job import DueJob, Firing
from bot.services.icalendar import intake
from bot.storage import due


async def take_in(firing: Firing) -> None:
    """Take the next portion in, or count it as dropped."""
    if not await intake.go_on(firing.transaction, firing.item, firing.now):
        await due.drop(firing.transaction, firing.item, firing.now)


MEETING_FILE = DueJob(kind=intake.KIND, run=take_in)
