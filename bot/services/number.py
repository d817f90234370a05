"""Number: the short names of what the bot keeps, such as ``E12`` and ``R2``."""

import re

ANNOUNCEMENT = "A"
EXPERIENCE = "E"
MEETING = "C"
REMINDER = "R"
REQUEST = "Q"

_MAX_DIGITS = 9
"""Ids are 32-bit on both engines; longer ones are nobody's."""


def named(kind: str, number: int) -> str:
    """Return how people call it: ``E12``."""
    return f"{kind}{number}"


def leading(kind: str, text: str) -> tuple[int, str] | None:
    """Return the number that ``text`` begins with (``E12 and more``), and what follows it."""
    pattern = rf"\s*#?{kind}[\s\u2010\u2011-]?([0-9]{{1,{_MAX_DIGITS}}})(?!\w)"
    found = re.match(pattern, text, re.IGNORECASE)
    return (int(found[1]), text[found.end() :].strip()) if found else None


def read(kind: str, text: str) -> int | None:
    """Return the number in ``E12``, ``e-12``, ``e 12`` or ``#E12``; None if it is none."""
    pattern = rf"\s*#?{kind}[\s\u2010\u2011-]?([0-9]{{1,{_MAX_DIGITS}}})\s*"
    found = re.fullmatch(pattern, text, re.IGNORECASE)
    return int(found[1]) if found else None
