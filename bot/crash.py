"""Labelled points at which a test can kill the process, to prove that nothing is lost there."""

import os
import signal
from collections import Counter

POINTS: frozenset[str] = frozenset(
    {
        "database.before_commit",
        "database.after_commit",
        "journal.received",
        "journal.committed",
        "handle.started",
        "handle.prepared",
        "handle.committed",
        "due.claimed",
        "due.committed",
        "send.before_request",
        "send.after_request",
        "send.before_mark",
        "send.after_mark",
    }
)
"""Every label; a test arms each in turn and fails for one that is never reached."""

_armed: dict[str, int] = {}
_reached: Counter[str] = Counter()


def arm(specification: str) -> None:
    """Arm ``label`` or ``label:n``: the process kills itself the n-th time that point is reached.

    Raises ValueError for a label that does not exist.
    """
    label, _, count = specification.partition(":")
    if label not in POINTS:
        raise ValueError(f"no crash point {label!r}")
    _armed[label] = int(count or 1)


def point(label: str) -> None:
    """Mark a place where dying must lose nothing; costs one look-up when nothing is armed."""
    if not _armed:
        return
    _reached[label] += 1
    if _armed.get(label) == _reached[label]:
        os.kill(os.getpid(), signal.SIGKILL)
