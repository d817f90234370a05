"""Cuts a text into tokens that know where they stand in it."""

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<iana>[a-z]+(?:/[a-z][a-z0-9_+-]*)+)
    | (?P<iso>\d{4}(?P<s>[-/])\d{1,2}(?P=s)\d{1,2}(?!\d))
    | (?P<numeric>(?:\d{1,2}(?P<t>[/.-])\d{1,2}(?P=t)\d{4}|\d{1,2}/\d{1,2}(?:/\d\d)?)(?![\d/]))
    | (?P<clock>\d{1,2}:\d\d(?::\d\d)?(?!\d))
    | (?P<dotted>\d{1,2}\.\d\d(?!\d))
    | (?P<number>\d+)
    | (?P<word>[ap]\.\s?m\b|[a-z]+)
    | (?P<mark>\S)
    """,
    re.VERBOSE | re.ASCII,
)

_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_APOSTROPHES = dict.fromkeys("’‘ʼ´`", "'")
_SAME = _DASHES | _APOSTROPHES
"""Characters that phones and word processors write for a dash and an apostrophe."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark, without case and accents; ``start`` and ``end`` count in the text.

    ``shape`` is ``word``, ``number``, ``iso``, ``numeric``, ``clock``, ``dotted``, ``iana`` or
    ``mark``; ``is_glued`` says that no space stands before it.
    """

    text: str
    shape: str
    start: int
    end: int
    is_glued: bool


def fold(text: str) -> str:
    """Return the text without case and accents, as the lexicons spell their words."""
    return "".join(_fold(char) for char in text)


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; an apostrophe in a word and the dot after one only separate."""
    pieces = [_fold(char) for char in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    tokens: list[Token] = []
    separator_end = 0
    for match in _TOKEN.finditer("".join(pieces)):
        shape, found = match.lastgroup or "mark", match.group()
        start, end = places[match.start()], places[match.end() - 1] + 1
        is_glued = bool(tokens) and start <= max(tokens[-1].end, separator_end)
        is_full_stop = found == "." and is_glued and match.end() == len(places)
        if is_full_stop or (found in {"'", "."} and is_glued and tokens[-1].shape == "word"):
            separator_end = end
            continue
        found = re.sub(r"[.\s]", "", found) if shape == "word" else found
        tokens.append(Token(found, shape, start, end, is_glued))
    return tuple(tokens)


def _fold(char: str) -> str:
    """Return what stands for a character: several (ligatures), one, or none (accents, marks)."""
    spelled = unicodedata.normalize("NFKD", _SAME.get(char, char)).casefold()
    kept = (part for part in spelled if unicodedata.category(part) not in {"Mn", "Cf"})
    return "".join(_SAME.get(part, part) for part in kept)
