"""The resident memory of a program that is killed and started again and again, at equal ages."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.process import Process

INTERVAL = 0.5
"""Seconds between two samples."""
AGE = (5.0, 9.0)
"""Seconds since it was ready, at which lives are compared; what a start needs is no growth."""
GROWN_UP = 40.0
"""From this age on a life is watched for a leak: by then it has done everything once."""
READY = "event=ready"
"""What the program logs when its start is over."""
LONG = 20.0
"""A life that was watched for less than this many seconds says nothing."""
WARM_UP = 0.1
"""The share of the first lives that is left out: the database is empty then."""
GOAL_MB = 5.0
"""How much more the last third of the lives may hold than the first, at the same age: as much as
the growth benchmark allows (docs/benchmarks.md)."""
GOAL_MB_PER_MINUTE = 3.0
"""How fast a life may grow in the median once it is grown up: the allocator grows by steps of some
MB, and a life is watched for two minutes at most; ``python -m bench growth`` looks more closely."""


@dataclass(slots=True)
class Life:
    """One process until its end: samples of age since it was ready (seconds) and resident MB."""

    pid: int
    log_from: int
    began: float | None = None
    """When it was ready; None as long as it was not."""
    samples: list[tuple[float, float]] = field(default_factory=list)

    def at(self, ages: tuple[float, float]) -> float | None:
        """Return the median between two ages; None for a life that had ended by then."""
        found = [mb for age, mb in self.samples if ages[0] <= age < ages[1]]
        return statistics.median(found) if found else None

    @property
    def growth(self) -> float | None:
        """MB a minute from growing up to the end; None for a life that was too short for it."""
        grown = [sample for sample in self.samples if sample[0] >= GROWN_UP]
        if not grown or grown[-1][0] - grown[0][0] < LONG:
            return None
        slope, _ = statistics.linear_regression([a for a, _ in grown], [mb for _, mb in grown])
        return slope * 60


@dataclass(slots=True)
class Curve:
    """What was sampled; ``run`` it beside the program, which may be another one at any time."""

    process: Callable[[], Process]
    lives: list[Life] = field(default_factory=list)

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            self._sample(time.monotonic())
            await asyncio.sleep(INTERVAL)

    def _sample(self, now: float) -> None:
        process = self.process()
        if not process.is_running:
            return
        pid = process.pid
        if not self.lives or self.lives[-1].pid != pid:
            self.lives.append(Life(pid, process.log_size_bytes()))
        life = self.lives[-1]
        if life.began is None and READY in process.log_text(life.log_from):
            life.began = now
        resident = _resident_mb(pid)
        if life.began is not None and resident is not None:
            life.samples.append((now - life.began, resident))

    @property
    def early_and_late(self) -> tuple[float, float] | None:
        """The median MB at the same age in the first and the last third of lives, after warm-up."""
        found = [mb for life in self.lives if (mb := life.at(AGE)) is not None]
        return thirds(found[int(len(found) * WARM_UP) :])

    @property
    def growth(self) -> float | None:
        """The median MB a minute of lives that were long enough; None without any."""
        found = [growth for life in self.lives if (growth := life.growth) is not None]
        return statistics.median(found) if found else None

    @property
    def is_flat(self) -> bool:
        """Whether neither the lives nor a life grow beyond the goals; so where nothing is known."""
        pair, growth = self.early_and_late, self.growth
        is_even = pair is None or pair[1] - pair[0] <= GOAL_MB
        return is_even and (growth is None or growth <= GOAL_MB_PER_MINUTE)


def thirds(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the medians of the first and the last third; None for fewer than six values."""
    if len(values) < 6:
        return None
    third = len(values) // 3
    return statistics.median(values[:third]), statistics.median(values[-third:])


def _resident_mb(pid: int) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return None
