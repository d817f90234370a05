"""Hunt: looks for an input that breaks a target, led by the lines of the bot that run."""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target

_BOT = str(Path(__file__).resolve().parents[2] / "bot")

MOST_SECONDS = 1.0
"""For one input of 64 KiB, with each line being watched; in peace it is a fiftieth of that."""


class BrokenError(Exception):
    """``data`` broke the target; the cause says how."""

    def __init__(self, target: str, data: bytes) -> None:
        super().__init__(f"{target} breaks on {data!r}")
        self.data = data


def check(target: Target, data: bytes) -> None:
    """Hold one input against the target; raises BrokenError."""
    began = time.process_time()
    try:
        target.check(data)
    except Exception as error:
        raise BrokenError(target.name, data) from error
    if time.process_time() - began > MOST_SECONDS:
        raise BrokenError(target.name, data)


def hunt(target: Target, seconds: float, luck: random.Random) -> int:
    """Try inputs for so long; return how many. Raises BrokenError with the first that breaks it.

    An input that makes a line run that none did before is kept, to be changed further.
    """
    known, seen, count = list(target.seeds()), set[tuple[str, int]](), 0
    for data in known:
        seen |= _lines(lambda d=data: check(target, d))  # type: ignore[misc]  # bound at once
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data = mutated(known, luck)
        new = _lines(lambda d=data: check(target, d)) - seen  # type: ignore[misc]  # bound at once
        if new:
            seen |= new
            known.append(data)
        count += 1
    return count


def _lines(act: Callable[[], None]) -> set[tuple[str, int]]:
    """Return the lines of the bot that ran during ``act``."""
    found: set[tuple[str, int]] = set()

    def line(frame: FrameType, event: str, argument: object) -> object:
        del event, argument
        found.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, argument: object) -> object:
        return line(frame, event, argument) if frame.f_code.co_filename.startswith(_BOT) else None

    sys.settrace(call)  # type: ignore[arg-type]  # typeshed wants a recursive type
    try:
        act()
    finally:
        sys.settrace(None)
    return found
