"""Tracking: which events are about something that the bot knows; the others leave no trace."""

from collections.abc import Callable, Iterable, Sequence

from bot.ids import EventId, UserId
from bot.matrix import media
from bot.matrix.batch import Unreadable
from bot.model import Event, Message, Reaction, Redaction
from bot.storage import experience, experience_media, inbox, outbox, question, reaction
from bot.storage.transaction import Transaction

_PORTION = 1000
"""Ids in one question; both engines take 32,767, and a week of chatter in a gap has more."""


async def tracked(
    transaction: Transaction,
    events: Sequence[Event | Unreadable],
    is_command: Callable[[Message], bool],
) -> list[Event | Unreadable]:
    """Return ``events`` without reactions, edits, redactions and replies to what is not known.

    A reply that is no command is for the bot where it answers what the bot asked its sender, and
    where it brings a file to something that the bot knows.
    """
    idle = {
        item.event_id
        for item in events
        if isinstance(item, Message) and item.replaces is None and not is_command(item)
    }
    idle -= await _answers(transaction, [item for item in events if item.event_id in idle])
    coming = {item.event_id for item in events} - idle
    files = [item for item in events if item.event_id in idle]
    idle -= await media.joining(transaction, files, coming)
    carded: set[EventId] = set()
    for few in _portions([item.target for item in events if isinstance(item, Reaction)]):
        carded |= await outbox.with_cards(transaction, few)
    known = {item.event_id for item in events} - idle
    for few in _portions([target for item in events if (target := _target_of(item)) is not None]):
        known |= await inbox.known(transaction, few)
        known |= await reaction.known(transaction, few)
    for few in _portions([item.target for item in events if isinstance(item, Redaction)]):
        # A captured message was no command itself, but taking it back takes it back here.
        known |= await experience.sources(transaction, few)
        known |= await experience_media.sources(transaction, few)
    return [
        item
        for item in events
        if item.event_id not in idle
        and (item.target in carded if isinstance(item, Reaction) else True)
        and ((target := _target_of(item)) is None or target in known)
    ]


async def _answers(transaction: Transaction, events: Sequence[Event | Unreadable]) -> set[EventId]:
    """Return which of ``events`` reply to a question that was asked of their sender."""
    replies = {
        item.event_id: (item.reply_to, item.sender)
        for item in events
        if isinstance(item, Message) and item.reply_to is not None
    }
    asking: set[tuple[EventId, UserId]] = set()
    for few in _portions([target for target, _ in replies.values()]):
        asking |= await question.asking(transaction, few)
    return {event for event, reply in replies.items() if reply in asking}


def _portions(ids: list[EventId]) -> Iterable[list[EventId]]:
    return (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))


def _target_of(item: Event | Unreadable) -> EventId | None:
    if isinstance(item, Message):
        return item.replaces
    return item.target if isinstance(item, Redaction) else None
