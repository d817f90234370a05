"""Retour: those who came are asked what they take away, and what was taken back is said anew."""

from zoneinfo import ZoneInfo

from bot.job import DueJob, Firing
from bot.services.meeting.card import Look
from bot.services.retour import asking, forgetting
from bot.storage import due


async def ask(firing: Firing) -> None:
    """Ask a portion of those who said they would come."""
    is_asked = await asking.ask(
        firing.transaction,
        firing.outgoing,
        firing.item,
        _look(firing),
        firing.usual,
        firing.prefix,
    )
    if not is_asked:
        await due.drop(firing.transaction, firing.item, firing.now)


async def renew(firing: Firing) -> None:
    """Say a retour anew without the words of somebody who was forgotten."""
    await forgetting.renew(firing.transaction, firing.outgoing, firing.item, _look(firing))


def _look(firing: Firing) -> Look:
    """Return how to speak where nothing else is known: each message finds its own way."""
    return Look(firing.words, firing.usual.language, ZoneInfo("UTC"), firing.now)


RETOUR = (DueJob(kind=asking.KIND, run=ask), DueJob(kind=forgetting.KIND, run=renew))
