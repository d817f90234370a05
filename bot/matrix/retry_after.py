"""Retry-After: how long a homeserver asks to be left alone."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

RETRY_AFTER_LIMIT = 3600.0
"""Seconds; a server that asks for more is not believed (security row 13)."""


def retry_after(headers: Mapping[str, str], body: Mapping[str, object]) -> float | None:
    """Return the seconds to wait: ``Retry-After`` first (RFC 9110, 10.2.3), else the body's."""
    header = headers.get("Retry-After", "")
    seconds: float | None = None
    if header.isascii() and header.isdigit():
        seconds = float(header)
    elif header:
        try:
            until = parsedate_to_datetime(header) - parsedate_to_datetime(headers["Date"])
            seconds = until.total_seconds()
        except (KeyError, ValueError, TypeError):
            seconds = None
    milliseconds = body.get("retry_after_ms")
    if seconds is None and isinstance(milliseconds, (int, float)):
        seconds = milliseconds / 1000
    if seconds is None or seconds != seconds:  # noqa: PLR0124  not a number
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_LIMIT)
