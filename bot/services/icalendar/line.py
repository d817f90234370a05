"""Line: one property of iCalendar as it is written (RFC 5545, 3.1 and 3.3.11)."""

import unicodedata

_WIDTH = 75
"""Octets of a line, its end not counted."""


def prop(name: str, value: str) -> str:
    """Return a property whose value is written as it is."""
    return f"{name}:{value}"


def words(name: str, value: str) -> str:
    """Return a property whose value is somebody's words."""
    return f"{name}:{_escaped(value)}"


def joined(lines: list[str]) -> bytes:
    """Return the file: lines of at most 75 octets, folded between characters, in UTF-8."""
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _escaped(value: str) -> str:
    plain = "".join(
        char
        for char in value.replace("\r\n", "\n").replace("\r", "\n")
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    for char in ("\\", ";", ","):
        plain = plain.replace(char, f"\\{char}")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    parts: list[bytes] = []
    current = b""
    for char in line:
        octets = char.encode()
        if len(current) + len(octets) > _WIDTH:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current])
