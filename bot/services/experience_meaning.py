"""Experience meaning: what is close to some words, though it may be told in others.

The optional extra makes the vectors (`bot.ports.Encoder`); without it nothing is close, and nothing
here costs anything.
"""

import heapq
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.ports import Encoder
from bot.storage import experience_nearby
from bot.storage.database import Database
from bot.storage.experience_index import Filter

log = logging.getLogger(__name__)

MOST = 3
"""Neighbours that are shown. In a third of the searches of `bench/data` that show any, one of them
helps and has none of the words; with ten neighbours instead of three, recall is 0.93, not 0.91."""

FOUND = 0.12
"""How close what is shown to somebody who searches is at least: as 88 % of what would help is to
its question in `bench/data`, and 15 % of what would not."""

SIMILAR = 0.5
"""How close an experience is at least that is shown to somebody who did not search: of 3,321 pairs
in `bench/data` six are, of which four tell of the same problem."""

_SHELF = 1000
"""Vectors compared at a time: 1 MB, and 9 ms to read and compare them."""

_LOOKED_AT = 10_000
"""Experiences compared for one question, the newest of those that may be shown: 85 ms."""

_HEAD = ("title", "problem", "solution", "note")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among what ``scope`` lets be seen: the closest ``most``, none in ``but``.

    They are at least as close as ``least``.
    """

    scope: Filter
    least: float
    but: Collection[int] = ()
    most: int = MOST


def passages(told: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return what an experience is understood by: its head, and its problem and solution alone.

    Never how to reach the author. Apart from each other, the problem is found by who has it and
    the solution by who looks for an idea: recall 0.91 against 0.90 for the head alone.
    """
    head = [text for name in _HEAD if (text := told.get(name))]
    rest = [text for name, text in told.items() if text and name not in (*_HEAD, "contact")]
    problem, solution = told.get("problem"), told.get("solution")
    parts = (problem, solution) if problem and solution else ()
    return ("\n".join(head or rest), *parts)


async def close_to(
    encoder: Encoder | None, database: Database, said: Sequence[str], wanted: Wanted
) -> list[int]:
    """Return the numbers of what means most nearly what is ``said``, the closest first.

    Nothing while there is no encoder, or its model is being loaded. Whoever shows them asks once
    more who may see them: membership is not this one's affair.
    """
    if encoder is None or not encoder.is_ready or not any(said):
        return []
    try:
        [vector] = await encoder.encode([said])
        return await _closest(encoder, database, vector, wanted)
    except Exception:
        # Words are found without it, and a command must not fail by what is only an extra.
        log.exception("event=encoder_failed")
        return []


async def _closest(
    encoder: Encoder, database: Database, vector: bytes, wanted: Wanted
) -> list[int]:
    """Compare shelf by shelf, so that memory is bounded and no connection is held meanwhile."""
    best: list[tuple[float, int]] = []
    before: int | None = None
    for _ in range(_LOOKED_AT // _SHELF):
        async with database.read() as snapshot:
            found = await experience_nearby.shelf(
                snapshot, encoder.model, wanted.scope, _SHELF, before
            )
        numbers = [number for number in found.vectors if number not in wanted.but]
        scores = await encoder.closeness(vector, [found.vectors[number] for number in numbers])
        near = [pair for pair in zip(scores, numbers, strict=True) if pair[0] >= wanted.least]
        best = heapq.nlargest(wanted.most, [*best, *near])
        before = found.lowest
        if before is None:
            break
    return [number for _, number in best]
