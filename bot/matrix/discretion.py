"""Discretion: in a room of trust, what is told with a command that keeps it never reaches the disk.

The command itself does: it is answered that nothing is kept here.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from bot.matrix.batch import Unreadable
from bot.model import Event, Message
from bot.storage import room_setting
from bot.storage.transaction import Transaction
from bot.text import fold

# "delete E12 yes", "E12": it still can be read that something is to be deleted.
_ABOUT = re.compile(r"(?:[^\W\d]+\s+)?#?e[\s-]?[0-9]{1,9}(?:\s+(?:yes|oui|no|non))?", re.IGNORECASE)


async def discreet(
    transaction: Transaction,
    events: Sequence[Event | Unreadable],
    words_of: Callable[[Message], str | None],
    withheld: Collection[str],
) -> list[Event | Unreadable]:
    """Return ``events`` without what is told in rooms of trust with a ``withheld`` command.

    ``words_of`` returns what a message says to the bot, beginning with the name (folded in
    ``withheld``). Edits that are no command are let go there: they may belong to such a command.
    """
    told = [item for item in events if isinstance(item, Message)]
    if not told or not withheld:
        return list(events)
    trusted = await room_setting.rooms_with(transaction, "capture", "off")
    kept: list[Event | Unreadable] = []
    for item in events:
        if not isinstance(item, Message) or item.room_id not in trusted:
            kept.append(item)
            continue
        words = words_of(item)
        if words is None and item.replaces is not None:
            continue
        kept.append(_without_words(item, words, withheld))
    return kept


def _without_words(message: Message, words: str | None, withheld: Collection[str]) -> Message:
    name, *rest = (words or "").split(maxsplit=1)[:2] or [""]
    if fold(name.rstrip(":,")) not in withheld or not rest or _ABOUT.fullmatch(rest[0].strip()):
        return message
    end = message.body.index(name) + len(name)
    return replace(message, body=message.body[:end], media=None)
