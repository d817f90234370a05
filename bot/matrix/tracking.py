"""Tracking: which events are about something that the bot knows; the others leave no trace."""

from collections.abc import Callable, Iterable, Sequence

from bot.ids import EventId, UserId
from bot.matrix import media
from bot.matrix.batch import Unreadable
from bot.model import Event, Message, Reaction, Redaction
from bot.storage import (
    experience,
    experience_media,
    inbox,
    outbox,
    question,
    reaction,
    request,
    room_setting,
)
from bot.storage.transaction import Transaction

_PIN = "📌"
"""The one reaction that means something on what the bot did not say."""

_PORTION = 1000
"""Ids in one question; both engines take 32,767, and a week of chatter in a gap has more."""


async def tracked(
    transaction: Transaction,
    events: Sequence[Event | Unreadable],
    words_of: Callable[[Message], str | None],
) -> list[Event | Unreadable]:
    """Return ``events`` without reactions, edits, redactions and replies to what is not known.

    A reply that is no command is for the bot where it answers what the bot asked its sender, and
    where it brings a file to something that the bot knows.
    """
    await _note_answers(transaction, events)
    idle = {
        item.event_id
        for item in events
        if isinstance(item, Message) and item.replaces is None and words_of(item) is None
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
    for few in _portions([target for item in events if (target := _target_of(item)) is not None]):
        # A captured message was no command itself, but its edits and its redaction count here.
        known |= await experience.sources(transaction, few)
        known |= await experience_media.sources(transaction, few)
    pins = await _pins(transaction, events)
    return [
        item
        for item in events
        if item.event_id not in idle
        and (not isinstance(item, Reaction) or item.target in carded or item.event_id in pins)
        and ((target := _target_of(item)) is None or target in known)
    ]


async def _note_answers(transaction: Transaction, events: Sequence[Event | Unreadable]) -> None:
    """Note which requests are answered by ``events``: that alone, not by whom nor with what."""
    said = [item for item in events if isinstance(item, Message) and item.replaces is None]
    replies = [(target, item.sender) for item in said for target in media.targets_of(item)]
    for start in range(0, len(replies), _PORTION):
        few = replies[start : start + _PORTION]
        await request.note_answers(transaction, few, said[0].received_at)


async def _pins(transaction: Transaction, events: Sequence[Event | Unreadable]) -> set[EventId]:
    """Return the reactions that pin something, in rooms where what is said may be kept."""
    pins = [item for item in events if isinstance(item, Reaction) and _is_pin(item.key)]
    trusted = await room_setting.rooms_with(transaction, "capture", "off") if pins else frozenset()
    return {item.event_id for item in pins if item.room_id not in trusted}


def _is_pin(key: str) -> bool:
    return key.removesuffix("\ufe0f") == _PIN


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
