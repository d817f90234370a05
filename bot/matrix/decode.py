"""Decoding of JSON that a hostile server may have written."""

import json
import re
from typing import Any

import orjson

DEPTH_LIMIT = 100
"""Deepest nesting that is kept of what a strict parser refuses. Honest events stay under 10."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\(?:.|\Z)[^"\\]*+)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
"""A string, to the end if it is not closed, or a bracket; possessive, so that no input is slow."""

_LONGEST_INTEGER = 20
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(data: bytes) -> Any:  # noqa: ANN401  JSON
    """Parse JSON; what strict JSON refuses is repaired instead of losing everything around it.

    Lone surrogates become U+FFFD, NaN and infinities stay floats, too deep values become null,
    integers that no machine has become floats.
    Raises ValueError for what is no JSON at all.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        text = _without_surrogates(_flattened(data))
        return json.loads(text, parse_int=_integer, strict=False)


def dumps(value: object) -> bytes:
    """Serialise to JSON; lone surrogates, which UTF-8 cannot carry, become U+FFFD."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False)).encode()


def _integer(digits: str) -> int | float:
    # Python refuses to convert thousands of digits; Matrix ends at 2^53 (1.16, appendices 3.1).
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _without_surrogates(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    # Escaped pairs are one character; only what stays single afterwards is broken.
    return re.sub(
        r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
        r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.",
        lambda found: r"\ufffd" if found[0][:2] == r"\u" and len(found[0]) == 6 else found[0],
        text,
        flags=re.DOTALL,
    )


def _flattened(data: bytes) -> bytes:
    """Return ``data`` with every value nested deeper than the limit replaced by null."""
    kept: list[bytes] = []
    depth = 0
    start = 0
    for token in _TOKEN.finditer(data):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth == DEPTH_LIMIT + 1:
                kept += (data[start : token.start()], b"null")
        elif mark in (b"]", b"}"):
            if depth == DEPTH_LIMIT + 1:
                start = token.end()
            depth -= 1
    if depth > DEPTH_LIMIT:
        raise ValueError("unbalanced JSON")
    kept.append(data[start:])
    return b"".join(kept)
