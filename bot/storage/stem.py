"""Turn text into the tokens under which it is found again, whatever the inflection or accent.

A community mixes French and English in one sentence, so every word is stemmed in both languages
and stands under each stem; a searched word finds what shares any stem with it. Of the 37 pairs in
``tests/storage/test_stem.py``, on which ``_tidy`` was made, words without accents find 12, English
stems 25, French ones 27, both 29, and both tidied 37.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from string import ascii_lowercase

import Stemmer

from bot.text import fold

MAX_WORDS = 6
"""Words of a search that count; six are 42 combinations at worst, and people type two or three."""

MAX_SEARCH_LENGTH = 500
"""Characters of a search that are read; longer ones are pasted by accident or in malice."""

MIN_PREFIX_LENGTH = 4
"""Shorter beginnings of words find too much."""

_MIN_SLIPPED_LENGTH = 5
_MAX_WORD_LENGTH = 40
_WORDS_KEPT = 4096
"""Words whose stems are remembered: a room's usual ones, in about 1 MB."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")

# Folded. Words that mean something in the other language stay out: but (a goal), or (gold), car.
_STOP_WORDS = frozenset(
    """
    ai ainsi alors apres as au aucun aussi autre autres aux avant avec avez avoir avons ce
    cela ces cet cette ceux chez comme comment dans de depuis des donc dont du elle
    elles en encore entre est et etaient etait etant etes etre eu eux faire fait faut ici il ils
    je jusqu jusque la le les leur leurs lorsqu lorsque lui ma mais me meme mes moi moins mon ne
    ni nos notre nous on ont ou par parce pas peu peut plus pour pourquoi puis puisqu puisque qu
    quand que quel quelle quelles quels quelqu qui quoi quoiqu quoique sa sans se ses si soit
    sommes son sont sous sur ta te tes toi ton tous tout toute toutes tres tu un une vers vos votre
    vous
    about after all also am an and any are at be because been before being both by can could did do
    does doing don during each few for from had has have having he her here him his how if in into
    is isn it its just me more most my no not of off on once only other our out over own same she
    should so some such than that the their them then there these they this those through to too
    under until up very was we were what when where which while who whom why will with would you
    your
    """.split()  # noqa: SIM905  prose is read, a list of 300 literals is not
)


@dataclass(frozen=True, slots=True)
class Word:
    """A searched word: any token of ``stems`` is a hit, or one that begins with ``prefix``.

    ``written`` is the word as it was typed.
    """

    stems: frozenset[str]
    prefix: str | None
    written: str = field(default="", compare=False)


def tokens(text: str) -> frozenset[str]:
    """Return the tokens of ``text``: ASCII letters, digits and, first, an underscore.

    Each word gives its stems and itself, so that the beginnings of words find it too.
    """
    found: set[str] = set()
    for word in _words(text):
        parts = word.split("-")
        for part in {*parts, "".join(parts)}:
            found |= _stems(part)
            found.add(_token(fold(part)))
    return frozenset(found)


def searched(text: str) -> list[Word]:
    """Return the words that ``text`` searches for, at most `MAX_WORDS`, in their order.

    Operators of the engines have no meaning here: only letters and digits are read.
    """
    words: dict[frozenset[str], Word] = {}
    for word in _words(text[:MAX_SEARCH_LENGTH]):
        parts = word.split("-")
        # co-design, e-mail: people write them in one word as often, and "co" alone finds too much.
        is_one = len(parts) == 2 and len(parts[0]) <= 3 and fold(parts[0]) not in _STOP_WORDS
        for part in ["".join(parts)] if is_one else parts:
            folded = fold(part)
            if stems := _stems(part):
                prefix = _token(folded) if len(folded) >= MIN_PREFIX_LENGTH else None
                words.setdefault(stems, Word(stems, prefix, part))
    return list(words.values())[:MAX_WORDS]


def slipped(word: str) -> frozenset[str]:
    """Return the stems of all words that one slip of the finger makes ``word`` of.

    A slip is a letter too many, missing, wrong, or swapped with the next. Of short words nothing:
    too many others are near. A word of eight letters has 480 such neighbours and 900 stems.
    """
    plain = fold(word)
    if len(plain) < _MIN_SLIPPED_LENGTH or not (plain.isascii() and plain.isalpha()):
        return frozenset()
    near: set[str] = set()
    for at in range(len(plain) + 1):
        before, after = plain[:at], plain[at:]
        near.update(before + letter + after for letter in ascii_lowercase)
        if after:
            near.add(before + after[1:])
            near.update(before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            near.add(before + after[1] + after[0] + after[2:])
    # The same as `_fresh_stems` of each, in one call for each language: 0.4 ms instead of 2.
    words = list(near - {plain} - _STOP_WORDS)
    french = {_tidy(stem) for stem in _stemmer("french").stemWords(words)}
    return frozenset(french.union(_stemmer("english").stemWords(words)) - {""})


def name_token(name: str) -> str:
    """Return the token of a folded tag or the like, the same for every spelling of it."""
    return _token(fold(name))


def _words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` with their accents, without elided articles and stop words."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2011", "-")
    for match in _WORD.finditer(plain):
        word = match[0][:_MAX_WORD_LENGTH]
        folded = fold(word)
        if folded not in _STOP_WORDS and (len(folded) > 1 or folded.isdigit()):
            yield word


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


@lru_cache(_WORDS_KEPT)
def _stems(word: str) -> frozenset[str]:
    return _fresh_stems(word)


def _fresh_stems(word: str) -> frozenset[str]:
    """Return the stems of one word, as it is written and as somebody without accents writes it."""
    folded = fold(word)
    if folded in _STOP_WORDS or (len(folded) == 1 and not folded.isdigit()):
        return frozenset()
    french, english = _stemmer("french"), _stemmer("english")
    found = {
        _tidy(fold(french.stemWord(word))),
        _tidy(french.stemWord(folded)),
        fold(english.stemWord(folded)),
    }
    return frozenset(_token(stem) for stem in found if stem)


def _tidy(stem: str) -> str:
    """Bring together what Snowball's French leaves apart: publique, élus, travail, usagère."""
    if stem.endswith("qu"):
        return stem[:-2] + "c"
    if len(stem) >= 6 and stem.endswith("ail"):
        return stem[:-3] + "al"
    if len(stem) >= 6 and stem.endswith("er"):
        return stem[:-2]
    if len(stem) >= 4 and stem.endswith("s") and not stem.endswith("ss"):
        return stem[:-1]
    return stem


def _token(word: str) -> str:
    """Return ``word`` in ASCII; both engines then see the same tokens in every alphabet.

    The hexadecimal form of UTF-8 keeps beginnings: a prefix of a word stays a prefix.
    """
    plain = "".join(filter(str.isalnum, word))
    return plain if plain.isascii() else "_u" + plain.encode().hex()
