"""Meeting: people are reminded and told of changes, and cards follow what they answer."""

from zoneinfo import ZoneInfo

from bot.job import DueJob, Firing
from bot.services.meeting import card, news, plan, reminding, telling
from bot.services.meeting.card import Look
from bot.storage import due


async def remind(firing: Firing) -> None:
    """Remind of a date that comes near, or count the occurrence as dropped."""
    is_said = await reminding.remind(
        firing.transaction,
        firing.outgoing,
        firing.item,
        _look(firing),
        firing.usual,
        is_late=firing.is_late,
    )
    await _settle(firing, is_said=is_said)


async def tell(firing: Firing) -> None:
    """Tell one portion of those concerned."""
    is_told = await telling.tell(
        firing.transaction, firing.outgoing, firing.item, _look(firing), firing.usual
    )
    await _settle(firing, is_said=is_told)


async def refresh(firing: Firing) -> None:
    """Bring the counts on a card up to date."""
    await card.refresh(firing.transaction, firing.outgoing, firing.item, _look(firing))


async def _settle(firing: Firing, *, is_said: bool) -> None:
    if not is_said:
        await due.drop(firing.transaction, firing.item, firing.now)


def _look(firing: Firing) -> Look:
    """Return how to speak where nothing else is known: each message finds its own way."""
    return Look(firing.words, firing.usual.language, ZoneInfo("UTC"), firing.now)


REMINDING = DueJob(kind=plan.KIND, run=remind)
NEWS = DueJob(kind=news.KIND, run=tell)
CARDS = DueJob(kind=card.KIND, run=refresh)
