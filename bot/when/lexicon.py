"""Finds the words of a language in tokens: which kinds of word stand here, and what they mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.when import en, fr
from bot.when.tokens import Token

_OWN_ONLY = frozenset({"weekday_short"})
"""Kinds that count in one's own language only: "mon 9h" is no Monday for a French person."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One expression of the lexicon: its words, the kind they are of, what they stand for."""

    words: tuple[str, ...]
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The expressions of one language, or of both, by their first word."""

    index: Mapping[str, tuple[Entry, ...]]

    def at(self, tokens: Sequence[Token], position: int) -> Iterator[tuple[Entry, int]]:
        """Yield every expression that starts at ``position``, with the position after it."""
        if position < len(tokens):
            for entry in self.index.get(tokens[position].text, ()):
                end = match_words(entry.words, tokens, position)
                if end is not None:
                    yield entry, end


def match_words(words: Sequence[str], tokens: Sequence[Token], position: int) -> int | None:
    """Return the position after these words, or None; a hyphen may join them (``après-demain``)."""
    for number, word in enumerate(words):
        if number and position < len(tokens) and tokens[position].text == "-":
            position += 1
        if position >= len(tokens) or tokens[position].text != word:
            return None
        position += 1
    return position


def _build(*languages: Mapping[str, Mapping[str, int]]) -> Lexicon:
    """Return the lexicon of a language, followed by what the others add to it."""
    index: dict[str, list[Entry]] = {}
    for number, language in enumerate(languages):
        for kind, expressions in language.items():
            if number and kind in _OWN_ONLY:
                continue
            for expression, value in expressions.items():
                entry = Entry(tuple(expression.split()), kind, value)
                known = index.setdefault(entry.words[0], [])
                if entry not in known:
                    known.append(entry)
    return Lexicon({word: tuple(entries) for word, entries in index.items()})


LEXICONS: Mapping[str, tuple[Lexicon, Lexicon]] = {
    "fr": (_build(fr.WORDS), _build(fr.WORDS, en.WORDS)),
    "en": (_build(en.WORDS), _build(en.WORDS, fr.WORDS)),
}
"""Per language: its own words, tried first, then both languages together."""
