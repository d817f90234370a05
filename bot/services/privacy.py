"""Privacy: the notice, which version of it somebody saw, and what they agree to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.ids import UserId
from bot.storage import consent
from bot.storage.consent import Consent
from bot.storage.transaction import Reader, Transaction
from bot.text import fold

VERSION = 1
"""Of the notice: one more whenever what it says changes for people."""

_NOTICE = "notice"


class Choice(StrEnum):
    """What is done only with somebody's consent; ``privacy.choice.<value>`` says it."""

    DIRECTORY = "directory"
    COMPANION = "companion"
    LETTER = "letter"


_NAMES = {
    Choice.DIRECTORY: ("annuaire", "directory"),
    Choice.COMPANION: ("compagnonnage", "companion", "parrainage"),
    Choice.LETTER: ("lettre", "letter"),
}


def read_choice(given: str) -> Choice | None:
    """Return what ``given`` names, in either language."""
    word = fold(given).strip(" .")
    return next((choice for choice, names in _NAMES.items() if word in names), None)


async def note_shown(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Remember that ``user`` was shown the present notice; for the first contact."""
    known = (await consent.of_user(transaction, user)).get(_NOTICE)
    if known is None or known.version != VERSION:
        await consent.put(transaction, Consent(user, _NOTICE, VERSION, now))


async def tell_once(
    transaction: Transaction, user: UserId, now: datetime, say: Callable[[], object]
) -> bool:
    """Let ``say`` tell the notice, and note it, unless ``user`` was shown the present one."""
    known = (await consent.of_user(transaction, user)).get(_NOTICE)
    if known is not None and known.version == VERSION:
        return False
    say()
    await note_shown(transaction, user, now)
    return True


async def agree(transaction: Transaction, user: UserId, choice: Choice, now: datetime) -> None:
    """Note that ``user`` agrees to ``choice`` from now on."""
    await consent.put(transaction, Consent(user, choice, VERSION, now))


async def agree_by_act(
    transaction: Transaction, user: UserId, choice: Choice, now: datetime
) -> None:
    """Note that ``user`` did what only makes sense with ``choice``, unless they once decided."""
    await consent.put_new(transaction, Consent(user, choice, VERSION, now))


async def withdraw(transaction: Transaction, user: UserId, choice: Choice, now: datetime) -> None:
    """Note that ``user`` does not agree to ``choice``; effective at once."""
    known = (await consent.of_user(transaction, user)).get(choice)
    item = known or Consent(user, choice, VERSION, now)
    await consent.put(transaction, replace(item, withdrawn_at=now))


async def agreed(reader: Reader, user: UserId) -> dict[Choice, datetime]:
    """Return what ``user`` agrees to, and since when."""
    found = await consent.of_user(reader, user)
    return {
        choice: found[choice].given_at
        for choice in Choice
        if choice in found and found[choice].withdrawn_at is None
    }
