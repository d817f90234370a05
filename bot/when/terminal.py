"""Reads what is written in digits: numbers, dates, clock times; and the names of places."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from re import split

from bot.when.day import MonthDay
from bot.when.hour import Style, Time
from bot.when.pattern import Reading, Terminal
from bot.when.tokens import Token
from bot.when.zone import iana_names, read_place

_LAST_MONTH = 12
_CENTURY = 2000
"""The century of "04/04/26"."""


def _number(*lengths: int) -> Terminal:
    """Return what reads a number of so many digits."""

    def read(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
        token = tokens[position]
        if token.shape == "number" and len(token.text) in lengths:
            yield int(token.text), position + 1

    return read


def _mark(text: str) -> Terminal:
    """Return what reads one word or mark that is the same in every language."""

    def read(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
        if tokens[position].text == text:
            yield text, position + 1

    return read


def _iso_date(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    token = tokens[position]
    if token.shape == "iso":
        year, month, day = map(int, split("[-/]", token.text))
        yield MonthDay(day=day, month=month, year=year), position + 1


def _numeric_date(is_day_first: Callable[[int, int], bool | None]) -> Terminal:
    """Return what reads "04/05/2026"; the order that a language gives it may be unknown (None)."""

    def read(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
        token = tokens[position]
        if token.shape != "numeric":
            return
        first, second, *years = map(int, split("[/.-]", token.text))
        year = None if not years else years[0] if years[0] > 99 else _CENTURY + years[0]
        order = is_day_first(first, second)
        if order is not False:
            yield MonthDay(day=first, month=second, year=year), position + 1
        if order is not True:
            yield MonthDay(day=second, month=first, year=year), position + 1

    return read


def _french_order(first: int, second: int) -> bool:
    """Return that the day is first, whatever the numbers."""
    del first, second
    return True


def _english_order(first: int, second: int) -> bool | None:
    """Return whether the day is first: British and American English differ, numbers may tell."""
    if first == second or first > _LAST_MONTH:
        return True
    return False if second > _LAST_MONTH else None


def _clock_token(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    """Read 18:30, and 18:30:00, but no other second: nobody is invited to one."""
    token = tokens[position]
    if token.shape == "clock":
        hour, minute, *seconds = map(int, token.text.split(":"))
        if not any(seconds):
            yield Time(hour, minute, Style.CLOCK), position + 1


def _dotted_token(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    token = tokens[position]
    if token.shape == "dotted":
        hour, minute = map(int, token.text.split("."))
        yield Time(hour, minute, Style.CLOCK), position + 1


def _number_token(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    for number, end in _number(1, 2)(tokens, position):
        if isinstance(number, int):
            yield Time(number, 0, Style.CLOCK), end


def _place(tokens: Sequence[Token], position: int) -> Iterable[Reading]:
    return read_place(tokens, position)


def _bare_zone(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    """Read a zone that needs no "heure de": Europe/Paris, UTC, GMT."""
    token = tokens[position]
    if token.shape == "iana" and token.text in iana_names():
        yield iana_names()[token.text], position + 1
    if token.text in {"utc", "gmt"}:
        yield "UTC", position + 1


_COMMON: Mapping[str, Terminal] = {
    "number": _number(1, 2, 3, 4),
    "short_number": _number(1, 2),
    "two_digits": _number(2),
    "year": _number(4),
    "iso_date": _iso_date,
    "clock_token": _clock_token,
    "dotted_token": _dotted_token,
    "number_token": _number_token,
    "place": _place,
    "bare_zone": _bare_zone,
    "t": _mark("t"),
    "z": _mark("z"),
    "comma": _mark(","),
    "dash": _mark("-"),
    "slash": _mark("/"),
    "plus": _mark("+"),
    "open": _mark("("),
    "close": _mark(")"),
}

TERMINALS: Mapping[str, Mapping[str, Terminal]] = {
    "fr": {**_COMMON, "numeric_date": _numeric_date(_french_order)},
    "en": {**_COMMON, "numeric_date": _numeric_date(_english_order)},
}
"""Per language: French puts the day first in 04/05/2026, English leaves it open."""
