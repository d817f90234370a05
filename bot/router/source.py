"""Source: an edit of a message that an experience was taken from corrects the experience."""

from bot.command import Intent
from bot.errors import UserError
from bot.model import Message
from bot.router.registry import parting
from bot.router.surroundings import Surroundings
from bot.services import experience
from bot.storage import experience as stored
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


async def telling(around: Surroundings, message: Message, words: str | None) -> str | None:
    """Return the noun of the command by which ``message`` corrects what its sender told long ago.

    The journal has forgotten that command; the experience that it told knows its message. None if
    there is none, or ``words`` are no such command.
    """
    command = around.registry.find(parting(words)[0]) if words else None
    is_telling = command is not None and command.is_editable and command.intent is Intent.SHARE
    if command is None or not is_telling or message.replaces is None:
        return None
    async with around.database.read() as snapshot:
        is_remembered = await inbox.trace(snapshot, message.replaces) is not None
        item = await stored.of_source(snapshot, message.replaces)
    if is_remembered or item is None:
        return None
    is_theirs = (item.author, item.room_id) == (message.sender, message.room_id)
    return command.noun if is_theirs else None
