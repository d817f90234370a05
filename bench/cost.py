"""What a running process has cost so far: CPU seconds and memory, with its children (Linux)."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds since the start (user and system), and resident megabytes (10^6 bytes) now."""

    cpu_seconds: float
    resident_mb: float


def cost(pid: int) -> Cost:
    """Return what the process and all its living and reaped descendants cost; ProcessLookupError.

    Source: proc(5), ``/proc/pid/stat`` fields 14 to 17 and ``/proc/pid/statm`` field 2.
    """
    cpu, resident = 0.0, 0
    for member in _family(pid):
        try:
            stat = Path(f"/proc/{member}/stat").read_text()
            pages = int(Path(f"/proc/{member}/statm").read_text().split()[1])
        except FileNotFoundError:
            if member == pid:
                raise ProcessLookupError(f"no process {pid}") from None
            continue  # A child that has just ended: its parent counts it from now on.
        fields = stat.rpartition(")")[2].split()
        cpu += sum(int(ticks) for ticks in fields[11:15]) / _TICK
        resident += pages * os.sysconf("SC_PAGE_SIZE")
    return Cost(cpu, resident / 1e6)


def running_ms(pids: Iterable[int]) -> float:
    """Return the milliseconds for which these processes have had a processor; 0 for one that ended.

    Finer than the ticks of `cost`. Source: proc(5), ``/proc/pid/schedstat`` field 1 (nanoseconds).
    """
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError):
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return total / 1e6


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except FileNotFoundError:
                continue  # The thread ended between the listing and the reading.
    return found
