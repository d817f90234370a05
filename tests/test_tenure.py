"""One process acts for the bot: by the lock beside its session and the lease in its database."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.lock import FILE_NAME, only_process
from bot.storage.database import Database
from bot.tenure import LENGTH, Tenure
from tests.scene import HandClock


def test_second_process_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bot.lock import only_process\n"
        "with only_process(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(OperatorError, match=f"process {other.pid}"), only_process(tmp_path):
            pass
        other.kill()
    with only_process(tmp_path):
        assert (tmp_path / FILE_NAME).read_text().strip() == str(os.getpid())


def test_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    for _ in range(2):
        with only_process(tmp_path / "new"):
            assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


class Waiting:
    """A tenure whose waits move the clock."""

    def __init__(self, database: Database, clock: HandClock, holder: str) -> None:
        self.clock = clock
        self.slept: list[float] = []
        self.tenure = Tenure(database, clock, holder)
        self.tenure.sleep = self.sleep

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.pass_by(timedelta(seconds=seconds))
        await asyncio.sleep(0)


async def test_lease_of_a_dead_process_is_taken_over_after_its_length(database: Database) -> None:
    clock = HandClock()
    await Waiting(database, clock, "one").tenure.begin()
    two = Waiting(database, clock, "two")
    await two.tenure.begin()
    assert two.slept == [LENGTH.total_seconds() + 1]


async def test_own_lease_is_taken_again_at_once(database: Database) -> None:
    clock = HandClock()
    await Waiting(database, clock, "one").tenure.begin()
    again = Waiting(database, clock, "one")
    await again.tenure.begin()
    assert again.slept == []


async def test_lease_that_is_given_back_is_free(database: Database) -> None:
    clock = HandClock()
    one, two = Waiting(database, clock, "one"), Waiting(database, clock, "two")
    await one.tenure.begin()
    await one.tenure.end()
    await two.tenure.begin()
    assert two.slept == []


async def test_lease_that_is_kept_is_not_taken_over(database: Database) -> None:
    clock = HandClock()
    one, two = Waiting(database, clock, "one"), Waiting(database, clock, "two")
    await one.tenure.begin()

    async def both(seconds: float) -> None:
        await two.sleep(seconds)
        await one.tenure.begin()  # Renewed meanwhile.

    two.tenure.sleep = both
    with pytest.raises(OperatorError, match="one"):
        await two.tenure.begin()


async def test_process_that_lost_its_lease_ends(database: Database) -> None:
    clock = HandClock()
    one, two = Waiting(database, clock, "one"), Waiting(database, clock, "two")
    await one.tenure.begin()

    async def frozen(seconds: float) -> None:
        """The machine sleeps longer than the lease, and another takes over."""
        await one.sleep(seconds + LENGTH.total_seconds())
        await two.tenure.begin()

    one.tenure.sleep = frozen
    with pytest.raises(OperatorError, match="two"):
        await asyncio.wait_for(one.tenure.keep(), 5)
