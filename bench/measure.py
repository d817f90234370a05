"""What a benchmark reports: numbers for each bot, and the goal where there is one."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OURS = "compagnon"
FLOOR = "raw"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: ``values`` by bot; None where a bot has no such number."""

    part: str
    what: str
    unit: str
    values: Mapping[str, float | None]
    goal: str = ""
    is_met: bool | None = None
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """What the values were computed from, for the file."""


def at_most(part: str, what: str, unit: str, values: Mapping[str, float], limit: float) -> Measure:
    """Return a measure whose goal is that our number is no higher than ``limit``."""
    return Measure(part, what, unit, values, f"≤ {limit:g}", _ours(values, highest=limit))


def at_least(part: str, what: str, unit: str, values: Mapping[str, float], limit: float) -> Measure:
    """Return a measure whose goal is that our number is no lower than ``limit``."""
    return Measure(part, what, unit, values, f"≥ {limit:g}", _ours(values, lowest=limit))


def near_floor(
    part: str, what: str, values: Mapping[str, float], limit: float, digits: int = 3
) -> Measure:
    """Return the measure of each bot's multiple of the floor, ours no higher than ``limit``."""
    floor = values.get(FLOOR)
    if not floor:
        return Measure(part, what, "× raw", dict.fromkeys(values), f"≤ {limit:g}")
    ratios = {name: round(value / floor, digits) for name, value in values.items()}
    return at_most(part, what, "× raw", ratios, limit)


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the samples lie, linearly between two."""
    if len(samples) == 1:
        return samples[0]
    return statistics.quantiles(samples, n=1000, method="inclusive")[round(share * 1000) - 1]


def _ours(
    values: Mapping[str, float], *, lowest: float = float("-inf"), highest: float = float("inf")
) -> bool | None:
    return lowest <= values[OURS] <= highest if OURS in values else None
