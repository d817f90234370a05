"""Verification: what a person decides after comparing the bot's emojis with their own."""

from dataclasses import dataclass

from bot.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Decision:
    """The emojis of comparison ``number`` are the same on both screens, or they are not."""

    number: int
    is_same: bool


def decide(transaction: Transaction, decision: Decision) -> None:
    """Let the comparison go on, or end it, once the transaction is committed."""
    transaction.announce(decision)
