"""Suggestion: which command somebody meant who made a typing mistake."""

from collections.abc import Iterable

from bot.text import fold, slips

LONGEST = 24
"""Characters; a longer word is no mistyped name, and comparing it would only cost time."""

_SHORTEST_BEGINNING = 3


def closest_name(given: str, names: Iterable[str], *, has_beginning: bool) -> str | None:
    """Return the one of the folded ``names`` that ``given`` is close to, or None.

    Close is: one slip away from the name, or two from a name of seven letters or more, or with
    ``has_beginning`` its beginning (from three letters on). A slip is a letter too many, missing,
    wrong, or swapped with the next. The closest wins, the first in alphabetical order among equals.
    """
    word = fold(given)
    if not 0 < len(word) <= LONGEST:
        return None
    ranked = [(slips(word, name), name) for name in names]
    close = [(distance, name) for distance, name in ranked if distance <= _allowed(name)]
    if close:
        return min(close)[1]
    if not has_beginning or len(word) < _SHORTEST_BEGINNING:
        return None
    return min((name for _, name in ranked if name.startswith(word)), default=None)


def _allowed(name: str) -> int:
    if len(name) < 4:
        return 0
    return 1 if len(name) < 7 else 2
