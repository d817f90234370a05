"""Programs are started, heard, and ended."""

import signal
from pathlib import Path

import pytest

from bot.demo.process import Process


def process(tmp_path: Path, program: str) -> Process:
    (tmp_path / "program.py").write_text(program)
    return Process(["program"], log_path=tmp_path / "log", cwd=tmp_path)


async def until_logged(running: Process, line: str) -> None:
    while line not in running.log_text():
        assert running.is_running


WAITS = "import signal, sys\nprint('waiting', flush=True)\nsignal.pause()\n"


async def test_stopped_program_gets_the_chance_to_end_in_order(tmp_path: Path) -> None:
    running = process(
        tmp_path,
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('waiting', flush=True)\n"
        "signal.pause()\n",
    )
    running.start()
    await until_logged(running, "waiting")

    assert await running.stop() == 7


async def test_killed_program_gets_no_chance(tmp_path: Path) -> None:
    running = process(tmp_path, WAITS)
    running.start()
    await until_logged(running, "waiting")

    assert await running.kill() == -signal.SIGKILL
    assert not running.is_running


async def test_frozen_program_can_be_killed(tmp_path: Path) -> None:
    running = process(tmp_path, WAITS)
    running.start()
    await until_logged(running, "waiting")
    running.send_signal(signal.SIGSTOP)

    assert await running.kill() == -signal.SIGKILL


async def test_program_that_ended_by_itself_has_its_code_and_log(tmp_path: Path) -> None:
    running = process(tmp_path, "import sys\nprint('done')\nsys.exit(3)\n")
    running.start()
    while running.is_running:
        pass

    assert running.exit_code == 3
    assert running.log_text() == "done\n"
    assert await running.stop() == 3


async def test_log_is_kept_over_a_new_start(tmp_path: Path) -> None:
    running = process(tmp_path, WAITS)
    running.start()
    await until_logged(running, "waiting")
    await running.stop()
    mark = running.log_size_bytes()
    running.start()
    while running.log_text(mark) != "waiting\n":
        assert running.is_running
    await running.stop()

    assert running.log_text() == "waiting\n" * 2


async def test_program_is_not_started_twice(tmp_path: Path) -> None:
    running = process(tmp_path, WAITS)
    running.start()
    with pytest.raises(RuntimeError, match="already running"):
        running.start()
    await running.stop()


async def test_stopping_what_never_ran_does_nothing(tmp_path: Path) -> None:
    assert await process(tmp_path, WAITS).stop() is None
