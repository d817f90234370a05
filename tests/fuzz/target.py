"""Target: one part of the bot that reads what strangers write, and what must hold for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Target:
    """``check`` reads any bytes, and raises only where the bot would have a fault."""

    name: str
    check: Callable[[bytes], None]

    def seeds(self) -> Iterator[bytes]:
        """Yield the inputs that are kept: what is usual, and what once broke something."""
        for file in sorted((CORPUS / self.name).iterdir()):
            yield file.read_bytes()
