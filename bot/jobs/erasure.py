"""Erasure: a moment after somebody was forgotten, what was under way then is forgotten too."""

from bot.job import DueJob, Firing
from bot.services import erasure


async def run(firing: Firing) -> None:
    """Look again, once."""
    await erasure.sweep(firing.transaction, firing.outgoing, firing.item)


ERASURE = DueJob(kind=erasure.KIND, run=run)
