"""The directory of a demo: one demo at a time, emptied or kept, and never somebody else's."""

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bot.errors import OperatorError

NOTE_NAME = "demo.json"
"""Marks a directory as a demo's, and says what a kept one needs to go on."""

LOCK_NAME = "lock"


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered from one run to the next with ``--keep``."""

    password: str = field(default_factory=lambda: f"demo-{secrets.token_hex(4)}")
    port: int | None = None
    language: str = ""
    is_played: bool = False


@dataclass(slots=True)
class Grounds:
    """A demo's directory, ours for as long as it is open."""

    path: Path
    note: Note

    def remember(self, *, port: int, language: str, is_played: bool) -> None:
        """Write down what the next run with ``--keep`` needs."""
        self.note = replace(self.note, port=port, language=language, is_played=is_played)
        (self.path / NOTE_NAME).write_text(json.dumps(asdict(self.note)))


@contextmanager
def opened(path: Path, *, keep: bool) -> Iterator[Grounds]:
    """Take the directory, made if need be, for one demo.

    It is emptied first, unless ``keep`` is asked for and a whole demo is there.

    Raises OperatorError when it holds something other than a demo, or a demo that runs.
    """
    path = path.resolve()
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()) and not (path / LOCK_NAME).exists():
        raise OperatorError(
            f"{path} is not empty and not a demo's: nothing was touched. Choose another directory."
        )
    with (path / LOCK_NAME).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(f"A demo is running in {path}. Choose another directory.") from None
        # A story that broke off cannot go on: its experiences would get other numbers.
        if not (keep and _read(path / NOTE_NAME).is_played):
            _empty(path)
        yield Grounds(path, _read(path / NOTE_NAME))


def _empty(path: Path) -> None:
    for child in path.iterdir():
        if child.name == LOCK_NAME:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def _read(path: Path) -> Note:
    return Note(**json.loads(path.read_text())) if path.exists() else Note()
