"""A tiny encoder for tests: a handful of topics, each known by a few words of both languages."""

import asyncio
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

TOPICS = (
    ("gaspillage", "restes", "cantine", "jetés", "waste", "leftovers"),
    ("réunion", "réunions", "assemblée", "meeting", "debout"),
    ("bénévoles", "volontaires", "volunteers"),
)


@dataclass
class TopicEncoder:
    """What is told of the same topic points the same way; of none, nowhere."""

    model: str = "topics"
    is_ready: bool = True
    breaks: Exception | None = None
    encoded: list[Sequence[str]] = field(default_factory=list)
    is_closed: bool = False
    is_loaded: asyncio.Event = field(default_factory=asyncio.Event)
    has_encoded: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self) -> None:
        if self.breaks is not None:
            raise self.breaks
        self.is_ready = True
        self.is_loaded.set()

    def close(self) -> None:
        self.is_closed = True

    async def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
        if self.breaks is not None:
            raise self.breaks
        self.encoded += items
        self.has_encoded.set()
        return [_vector(" ".join(item)) for item in items]

    async def closeness(self, vector: bytes, others: Sequence[bytes]) -> list[float]:
        return [_cosine(vector, other) for other in others]


def _vector(text: str) -> bytes:
    words = text.casefold().replace(".", " ").replace(",", " ").split()
    counts = [float(sum(words.count(word) for word in topic)) for topic in TOPICS]
    return struct.pack(f"{len(TOPICS)}f", *counts)


def _cosine(one: bytes, other: bytes) -> float:
    a, b = (struct.unpack(f"{len(TOPICS)}f", each) for each in (one, other))
    length = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0
