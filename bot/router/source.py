"""Source: an edit of a message that an experience was taken from corrects the experience."""

from bot.errors import UserError
from bot.model import Message
from bot.router.surroundings import Surroundings
from bot.services import experience
from bot.storage import inbox
from bot.storage.inbox import Entry, Outcome
from bot.storage.transaction import Transaction


async def follow(around: Surroundings, entry: Entry, message: Message) -> None:
    """Give the experience that the edited message holds its new words, if it holds one."""

    async def work(transaction: Transaction) -> None:
        if not await inbox.is_waiting(transaction, entry.event_id):
            return
        now = around.clock.now()
        try:
            is_followed = await experience.follow(transaction, message, now)
        except UserError:
            is_followed = False  # nothing is left of it that could be kept: the old words stay
        outcome = Outcome.ANSWERED if is_followed else Outcome.IGNORED
        inbox.mark_done(transaction, entry.event_id, outcome, None, now)

    await around.database.write(work)
