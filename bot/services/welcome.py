"""Welcome: what animators may say to newcomers of their room."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.storage import welcome
from bot.storage.transaction import Transaction
from bot.storage.welcome import Welcome
from bot.text import fold

LONGEST = 500
"""Characters: a greeting is read by everybody in the room, each time somebody comes."""

_LANGUAGES = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
}
_USUAL = frozenset({"default", "defaut", "reset"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of a greeting in ``language``; None stands for the bot's own."""

    language: str
    text: str | None


def read(given: str) -> Wish:
    """Return what ``fr Présentez-vous…`` asks for.

    Raises UserError for a language that is none, and for words that are missing or too long.
    """
    name, _, text = given.strip().partition(" ")
    if not name:
        raise UserError("welcome.no_text")
    language = _LANGUAGES.get(fold(name))
    if language is None:
        raise UserError("welcome.unknown_language", given=name[:_LONGEST_GIVEN])
    words = " ".join(text.split())
    if not words:
        raise UserError("welcome.no_text")
    if len(words) > LONGEST:
        raise UserError("welcome.too_long", limit=LONGEST)
    return Wish(language, None if fold(words) in _USUAL else words)


async def change(
    transaction: Transaction, room: RoomId, wish: Wish, by: UserId, at: datetime
) -> None:
    """Greet in ``room`` with these words from now on."""
    if wish.text is None:
        await welcome.unset(transaction, room, wish.language)
    else:
        await welcome.put(transaction, Welcome(room, wish.language, wish.text, by, at))
