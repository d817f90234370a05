"""Reference: how a question remembers which date it is about, and what was asked."""

from enum import StrEnum


class Step(StrEnum):
    """What somebody is asked: what they take away, then whether it may be shown."""

    TAKE = "take"
    APPROVE = "approve"


def reference(step: Step, number: int, name: str) -> str:
    """Return what a question about the date known as ``name`` of ``C<number>`` refers to."""
    return f"{step} {number} {name}"


def read(written: str) -> tuple[Step, int, str]:
    """Return what `reference` wrote."""
    step, number, name = written.split(" ")
    return Step(step), int(number), name
