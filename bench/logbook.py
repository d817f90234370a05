"""Reads a bot's log after a soak: whatever stands in it that no fault explains is a finding."""

import re
from collections import Counter
from collections.abc import Iterator

LINE = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+\+00:00 (?P<level>[a-z]+) (?P<message>.*)$")
EXPECTED = ("event=token_refused", "event=position_refused")
"""Errors, and worse, that a soak brings about on purpose."""
NAMES = re.compile(r"event=(\w+)")
SHOWN_LINES = 25
"""Of what follows a line that is none: a traceback's end says most."""


def unexpected(text: str) -> list[str]:
    """Return what is wrong: errors that are not expected, tracebacks and strange lines, whole."""
    return [block for block in _blocks(text) if _is_wrong(block)]


def happenings(text: str) -> Counter[str]:
    """Return how often each event of level warning and above was logged."""
    counts: Counter[str] = Counter()
    for line in text.splitlines():
        found = LINE.match(line)
        if found and found["level"] in {"warning", "error", "critical"}:
            name = NAMES.search(found["message"])
            counts[name[1] if name else found["message"][:60]] += 1
    return counts


def _blocks(text: str) -> Iterator[str]:
    """Yield each line of the log with what follows it that is no line of the log."""
    block: list[str] = []
    for line in text.splitlines():
        if LINE.match(line) and block:
            yield "\n".join(block)
            block = []
        block.append(line)
    if block:
        yield "\n".join(block)


def _is_wrong(block: str) -> bool:
    first, _, rest = block.partition("\n")
    found = LINE.match(first)
    if found is None or rest.strip():
        return True
    is_expected = found["message"].startswith(EXPECTED)
    return found["level"] in {"error", "critical"} and not is_expected


def shown(block: str) -> str:
    """Return a finding short enough to print: its first line and the end of the rest."""
    first, *rest = block.splitlines()
    return "\n".join([first, *rest[-SHOWN_LINES:]])
