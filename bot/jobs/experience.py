"""Experience: cards follow what changed, what was withdrawn is taken back, authors are told."""

from bot.job import DueJob, Firing
from bot.services import (
    experience_consent,
    experience_followup,
    experience_notice,
    experience_showing,
    experience_withdrawal,
)
from bot.storage import due


async def refresh(firing: Firing) -> None:
    """Edit the cards of an experience that changed."""
    is_shown = await experience_showing.refresh(
        firing.transaction, firing.outgoing, firing.item, firing.now, firing.words
    )
    if not is_shown:
        await due.drop(firing.transaction, firing.item, firing.now)


async def withdraw(firing: Firing) -> None:
    """Redact what shows an experience that was withdrawn."""
    await experience_withdrawal.take_back(firing.transaction, firing.outgoing, firing.item)


async def tell(firing: Firing) -> None:
    """Tell an author what somebody did with their experience."""
    is_told = await experience_notice.tell(
        firing.transaction, firing.outgoing, firing.item, firing.now, firing.words, firing.usual
    )
    if not is_told:
        await due.drop(firing.transaction, firing.item, firing.now)


async def ask(firing: Firing) -> None:
    """Ask an author what became of their experience."""
    is_asked = await experience_followup.ask(
        firing.transaction, firing.outgoing, firing.item, firing.now, firing.words, firing.usual
    )
    if not is_asked:
        await due.drop(firing.transaction, firing.item, firing.now)


async def give_up(firing: Firing) -> None:
    """Forget a message whose author did not say that it may be kept."""
    if not await experience_consent.give_up(firing.transaction, firing.item, firing.now):
        await due.drop(firing.transaction, firing.item, firing.now)


EXPERIENCE = (
    DueJob(kind=experience_consent.KIND, run=give_up),
    DueJob(kind=experience_followup.KIND, run=ask),
    DueJob(kind=experience_showing.KIND, run=refresh),
    DueJob(kind=experience_withdrawal.KIND, run=withdraw),
    DueJob(kind=experience_notice.KIND, run=tell),
)
