"""Verification: what a person decides after comparing the bot's emojis with their own."""

from dataclasses import dataclass

from bot.storage.transaction import Transaction
from bot.text import fold

_SAME = frozenset({"yes", "oui", "same", "pareil", "pareils", "identique", "identiques"})
_DIFFERENT = frozenset({"no", "non", "different", "differents"})


@dataclass(frozen=True, slots=True)
class Decision:
    """The emojis of comparison ``number`` are the same on both screens, or they are not."""

    number: int
    is_same: bool


def decide(transaction: Transaction, decision: Decision) -> None:
    """Let the comparison go on, or end it, once the transaction is committed."""
    transaction.announce(decision)


def sameness(said: str) -> bool | None:
    """Return what a person said of two screens, in either language; None for anything else."""
    word = fold(said.strip())
    if word in _SAME:
        return True
    return False if word in _DIFFERENT else None
