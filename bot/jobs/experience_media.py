"""Experience media: copies of a file that was removed are taken back."""

from bot.job import DueJob, Firing
from bot.services import experience_media
from bot.storage import due


async def run(firing: Firing) -> None:
    """Redact the copies, or count it as dropped if there are none."""
    if not await experience_media.take_copies_back(
        firing.transaction, firing.outgoing, firing.item
    ):
        await due.drop(firing.transaction, firing.item, firing.now)


EXPERIENCE_MEDIA = DueJob(kind=experience_media.KIND, run=run)
