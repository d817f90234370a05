"""File twin: what a file means that answers a card of the bot."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileTwin:
    """A file in answer to a card that means what somebody could also type with it.

    In reply to a card of this ``kind``, to the command that it answers, or in their thread, it runs
    the command ``noun`` with what ``words`` makes of the card's reference.
    """

    kind: str
    noun: str
    words: Callable[[str], str]
