"""Finds the line of a TOML file on which a setting is written, which ``tomllib`` does not tell."""

import re
import tomllib
from collections.abc import Sequence

_CLOSERS = ("", "\n]", '\n"""', "\n'''")
"""What may end a value that goes on after the line: an array or a long string."""


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the number of the line, from 1, that first gives ``path`` a value, or None.

    The file is read in ever longer pieces until the setting is there: slow (quadratic) and sure,
    as the same parser decides, and it is asked only for a file that is wrong.
    """
    lines = text.splitlines()
    for count in range(1, len(lines) + 1):
        piece = "\n".join(lines[:count])
        if any(_has(piece + closer, path) for closer in _CLOSERS):
            return count
    return None


def line_of_syntax_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """Return the line of a syntax error and what it is, in the parser's words."""
    found = re.fullmatch(
        r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL
    )
    if found is None:
        return 1, str(error)
    return int(found[2] or max(1, len(text.splitlines()))), found[1]


def _has(piece: str, path: Sequence[str | int]) -> bool:
    try:
        value: object = tomllib.loads(piece)
    except tomllib.TOMLDecodeError:
        return False
    for key in path:
        match value:
            case dict() if key in value:
                value = value[key]
            case list() if isinstance(key, int) and key < len(value):
                value = value[key]
            case _:
                return False
    return True
