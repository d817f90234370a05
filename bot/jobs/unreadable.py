"""Unreadable: when a room key does not come, the member is asked for the message again."""

from bot.job import DueJob, Firing
from bot.services import unreadable
from bot.storage import due


def unreadable_job(language: str) -> DueJob:
    """Return the job; ``language`` is spoken where nobody chose one."""

    async def run(firing: Firing) -> None:
        """Ask, or count it as dropped if the message can be read by now."""
        is_said = await unreadable.ask(
            firing.transaction, firing.outgoing, firing.item, firing.now, firing.words, language
        )
        if not is_said:
            await due.drop(firing.transaction, firing.item, firing.now)

    return DueJob(kind=unreadable.KIND, run=run)
