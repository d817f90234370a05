"""Labelled points at which a test can kill the process, to prove that nothing is lost there."""

import os
import signal
from collections import Counter
from collections.abc import Callable

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
        "upload.reserved",
        "upload.done",
        "upload.noted",
        "send.before_request",
        "send.after_request",
        "send.before_mark",
        "send.after_mark",
    }
)
"""Every label; a test arms each in turn and fails for one that is never reached."""


SEALED_POINTS: frozenset[str] = frozenset(
    {
        "keys.made",
        "keys.uploaded",
        "encrypt.key_made",
        "encrypt.key_sealed",
        "encrypt.key_sent",
        "encrypt.key_shared",
        "decrypt.keys_taken",
    }
)
"""The labels that only a bot in an encrypted room reaches, with tests of their own."""


DIRECT_POINTS: frozenset[str] = frozenset(
    {
        "direct.planned",
        "direct.created",
        "direct.opened",
        "direct.listed",
        "direct.bound",
        "direct.missed",
    }
)
"""The labels that only a bot that speaks alone with somebody reaches, with tests of their own."""


TRIO_POINTS: frozenset[str] = frozenset(
    {
        "trio.planned",
        "trio.created",
        "trio.opened",
        "trio.bound",
        "trio.left",
    }
)
"""The labels that only a bot that introduces two people in a room reaches."""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


_armed: dict[str, tuple[int, Callable[[], None]]] = {}
_reached: Counter[str] = Counter()


def arm(specification: str, die: Callable[[], None] = _kill) -> None:
    """Arm ``label`` or ``label:n``: the process kills itself the n-th time that point is reached.

    ``die`` is what is done then; a test in the same process raises an exception of its own. Raises
    ValueError for a label that does not exist.
    """
    label, _, count = specification.partition(":")
    if label not in POINTS | SEALED_POINTS | DIRECT_POINTS | TRIO_POINTS:
        raise ValueError(f"no crash point {label!r}")
    _armed[label] = (int(count or 1), die)


def disarm() -> None:
    """Disarm every point, and forget which were reached."""
    _armed.clear()
    _reached.clear()


def point(label: str) -> None:
    """Mark a place where dying must lose nothing; costs one look-up when nothing is armed."""
    if not _armed:
        return
    _reached[label] += 1
    count, die = _armed.get(label, (0, _kill))
    if count == _reached[label]:
        die()
