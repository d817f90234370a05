"""A crash point kills once, where and when it is armed, and costs nothing otherwise."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot import crash


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    crash.disarm()
    yield
    crash.disarm()


def test_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="no crash point 'nowhere'"):
        crash.arm("nowhere")


def test_armed_point_acts_at_its_count_only() -> None:
    died: list[int] = []
    crash.arm("send.after_request:3", lambda: died.append(1))
    for expected in (0, 0, 1, 1):
        crash.point("send.after_request")
        crash.point("send.before_mark")
        assert len(died) == expected


def test_armed_process_dies_as_by_a_power_cut() -> None:
    program = (
        "from bot import crash; crash.arm('journal.received'); crash.point('journal.received')"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
