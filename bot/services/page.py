"""Page: long answers are shown a page at a time, the rest to whoever asked."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.ids import RoomId, UserId
from bot.model import Message
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import page
from bot.storage.page import Page
from bot.storage.transaction import Transaction
from bot.text import Text, people_of

CARD = "page"
"""Kind of the card on an answer of which more is left."""

MORE = "➕"
"""The reaction that stands for ``!more``."""

LINES = 10
"""Entries of a list on one page: what a telephone shows without much scrolling."""


def paged(
    items: Sequence[Text], page_of: Callable[[Sequence[Text], int, bool], Text]
) -> list[Text]:
    """Return ``items`` as pages of `LINES`.

    ``page_of`` makes one of some items, given how many more there are after it and whether it is
    the first page.
    """
    starts = range(0, len(items), LINES)
    return [
        page_of(items[start : start + LINES], max(len(items) - start - LINES, 0), start == 0)
        for start in starts
    ]


async def show(
    transaction: Transaction,
    outgoing: Outgoing,
    message: Message,
    pages: Sequence[Text],
    now: datetime,
) -> None:
    """Answer ``message`` with the first of ``pages`` and keep the others for its sender."""
    conversation = conversation_with(message.room_id, message.sender)
    rest = [Page(item.body, item.html, tuple(sorted(people_of(item)))) for item in pages[1:]]
    await page.replace(transaction, conversation, rest, now)
    answer(outgoing, message, pages[0], has_more=bool(rest))


async def show_next(transaction: Transaction, outgoing: Outgoing, message: Message) -> bool:
    """Answer ``message`` with the next page of its sender; return False if there is none.

    Experiences that come next are not this function's to show.
    """
    conversation = conversation_with(message.room_id, message.sender)
    taken = await page.take(transaction, conversation)
    if taken is None or taken[0].numbers:
        return False
    shown, left = taken
    text = Text(shown.body, shown.html, people=frozenset(shown.people))
    answer(outgoing, message, text, has_more=left > 0)
    return True


def is_for(reference: str, room: RoomId, user: UserId) -> bool:
    """Return whether the rest of a paged answer is for ``user``: only for who asked."""
    return reference == conversation_with(room, user)


def answer(outgoing: Outgoing, message: Message, text: Text, *, has_more: bool) -> None:
    """Answer ``message`` with one page, and offer the next where it ``has_more``."""
    if not has_more:
        outgoing.answer(message, text)
        return
    conversation = conversation_with(message.room_id, message.sender)
    oid = outgoing.answer(message, text, card=f"{CARD}:{conversation}")
    outgoing.react(message.room_id, oid, MORE, conversation=conversation)
