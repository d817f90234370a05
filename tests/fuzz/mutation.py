"""Mutation: makes a new input of the ones that are known."""

import random
from collections.abc import Callable, Sequence

LONGEST = 65_536
"""Bytes: what a homeserver lets through in one event (Matrix 1.16, 4.3, size limits)."""

_TOKENS = (
    *(b"null", b"true", b"[]", b"{}", b"-1", b"1e999", b"NaN", b"9007199254740993", b'""', b'"'),
    *(b"\\ud800", b"\\u0000", b"\x00", b"\xff", b"\xf0\x9f\x99\x82", b"\xe2\x80\xae", b"\r\n"),
    *(b"@room", b"@a:b.org", b"!a:b.org", b"$a", b"mxc://a/b", b"javascript:", b"<b>", b"</p>"),
    *(b"```", b"{name}", b"|", b"->", b"#", b"#a", b"E12", b"!", b"fr", b"en", b"stop", b"list"),
    *(b"demain", b"tomorrow", b"mardi", b"29 f", b"25h", b"2h30", b"31/02", b"chaque", b"every"),
    *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"RRULE:FREQ=SECONDLY\r\n", b"TZID=", b"DTSTART:"),
)


def mutated(known: Sequence[bytes], luck: random.Random) -> bytes:
    """Return one of ``known``, changed in one to four places."""
    data = luck.choice(known)
    for _ in range(luck.randint(1, 4)):
        data = luck.choice(_WAYS)(data, known, luck)
    return data[:LONGEST]


def _place(data: bytes, luck: random.Random) -> tuple[int, int]:
    start = luck.randint(0, len(data))
    return start, min(len(data), start + luck.choice((0, 1, 2, 8, 40)))


def _insert(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    del known
    start, _ = _place(data, luck)
    return data[:start] + luck.choice(_TOKENS) + data[start:]


def _replace(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    del known
    start, end = _place(data, luck)
    return data[:start] + luck.choice(_TOKENS) + data[end:]


def _cut(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    del known
    start, end = _place(data, luck)
    return data[:start] + data[end:]


def _repeat(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    del known
    start, end = _place(data, luck)
    return data[:end] + data[start:end] * luck.choice((1, 2, 50, 500)) + data[end:]


def _flip(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    del known
    if not data:
        return data
    at = luck.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << luck.randrange(8))]) + data[at + 1 :]


def _splice(data: bytes, known: Sequence[bytes], luck: random.Random) -> bytes:
    other = luck.choice(known)
    return data[: _place(data, luck)[0]] + other[_place(other, luck)[0] :]


_WAYS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _insert,
    _replace,
    _cut,
    _repeat,
    _flip,
    _splice,
)
