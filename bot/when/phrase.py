"""Parses a phrase whole, or the phrase that a text starts with; every token counts or nothing."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.when.error import Asked, WhenError
from bot.when.grammar import GRAMMARS, Clauses, read_phrases
from bot.when.lexicon import LEXICONS
from bot.when.meaning import meaning
from bot.when.model import When
from bot.when.pattern import Reader
from bot.when.tokens import Token, tokenize

MAX_LENGTH = 160
"""Characters of a phrase: two full dates with hours and the longest IANA name have 120."""

_MAX_TOKENS = 48
"""A phrase of 160 characters that means something has fewer."""

_STRONG = frozenset(
    {
        *{"weekday", "weekdays", "month", "offset", "next", "next_week", "in_eight", "every"},
        *{"this_part", "part", "noon", "midnight", "meridiem", "and_half", "and_quarter", "minus"},
        *{"ordinal_suffix", "times", "from_now", "time_of", "alien"},
    }
)
"""Kinds of words that belong to the date they follow: what follows a phrase starts with none."""

_GLUE = frozenset(
    {
        *{"at", "from", "to", "day_from", "day_to", "starting_from", "until_the"},
        *{"in", "the", "of", "for"},
    }
)
"""Kinds of words that may lead to more of a date, or to the text that follows it."""

_BREAKS = ",;:|-"


def parse(phrase: str, *, now: datetime, zone: ZoneInfo, language: str) -> When:
    """Return what a phrase means to somebody in ``zone`` at the aware moment ``now``.

    ``language`` is ``fr`` or ``en``: its words go first, the other's are understood where they
    mean one thing. Raises WhenError, and nothing else, for a phrase that is not understood to its
    last token, that means several things, or that names no time to come.
    """
    asked = Asked(phrase, now.astimezone(zone), zone, language)
    if len(phrase.strip()) > MAX_LENGTH:
        raise asked.refusal("when.too_long", limit=MAX_LENGTH)
    tokens = tokenize(phrase)
    if len(tokens) <= _MAX_TOKENS:
        for lexicon in LEXICONS[language]:
            found = read_phrases(Reader(GRAMMARS[language], lexicon, tokens))
            when = _one_meaning(found.get(len(tokens), ()), asked)
            if when is not None:
                return when
    raise asked.refusal("when.none")


def split(text: str, *, now: datetime, zone: ZoneInfo, language: str) -> tuple[When, str]:
    """Return the longest phrase that a text starts with, and the rest: ``("demain 9h", "lire")``.

    The rest may be empty. Raises WhenError when the text starts with no phrase, when its longest
    one is refused, or when the rest goes on like a date ("demain | 9-10h?"): never a part of what
    was said. See `parse` for the arguments.
    """
    asked = Asked(text[:MAX_LENGTH], now.astimezone(zone), zone, language)
    tokens = tokenize(text[:MAX_LENGTH])[:_MAX_TOKENS]
    own, both = (
        read_phrases(Reader(GRAMMARS[language], lexicon, tokens)) for lexicon in LEXICONS[language]
    )
    for end in sorted(own.keys() | both.keys(), reverse=True):
        if not _is_break(text, tokens, end):
            continue
        for found in (own, both):
            when = _one_meaning(found.get(end, ()), asked)
            if when is not None:
                if _goes_on(tokens, end, when, language):
                    raise asked.refusal("when.none")
                return when, text[tokens[end - 1].end :].lstrip(_BREAKS + " \t\n\xa0\u202f–—")
    raise asked.refusal("when.none")


def _one_meaning(readings: Iterable[Clauses], asked: Asked) -> When | None:
    """Return what all readings of a phrase agree on, None where there is none.

    Raises WhenError where they do not agree, or agree that the phrase is refused.
    """
    meanings: set[When] = set()
    refusals: dict[str, WhenError] = {}
    for clauses in readings:
        try:
            when = meaning(clauses, asked)
        except WhenError as error:
            refusals[error.message_id] = error
        else:
            meanings |= set() if when is None else {when}
    if len(meanings) + len(refusals) > 1:
        raise asked.refusal("when.several")
    for refusal in refusals.values():
        raise refusal
    return next(iter(meanings), None)


def _is_break(text: str, tokens: tuple[Token, ...], end: int) -> bool:
    """Whether a word ends after so many tokens: at a space, or a mark that separates."""
    place = tokens[end - 1].end
    rest = text[place:]
    is_mark = rest[:1] in _BREAKS and not rest[1:2].isdigit() and not rest[1:2].isalpha()
    return not rest or rest[0].isspace() or is_mark


def _goes_on(tokens: tuple[Token, ...], end: int, when: When, language: str) -> bool:
    """Whether what follows a phrase looks like more of it, which would then be misunderstood."""
    lexicon = LEXICONS[language][1]

    def kinds(position: int) -> set[str]:
        return {entry.kind for entry, _ in lexicon.at(tokens, position)}

    is_separated = end < len(tokens) and tokens[end].text in _BREAKS
    is_timed = not when.is_all_day
    position = end + is_separated
    has_glue = position < len(tokens) and bool(kinds(position) & _GLUE)
    position += has_glue
    if position >= len(tokens):
        return False
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if token.shape in {"iso", "numeric", "clock", "dotted"}:
        return True
    if token.shape == "number":
        is_joined = following is not None and following.is_glued
        return is_joined or ((has_glue or not is_timed) and not is_separated)
    return bool(kinds(position) & _STRONG) and not is_separated
