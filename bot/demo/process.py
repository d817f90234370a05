"""A program of ours that runs beside us, logs into a file, and never outlives us."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10.0
"""After this a program that was asked to end is killed; Synapse and the bot need under a second."""


class Process:
    """One Python module as a subprocess on a leash; may be started, stopped and killed repeatedly.

    It belongs to no event loop: fixtures of any scope may hold it.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        log_path: Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``arguments`` starts with the module's name, as after ``python -m``."""
        self._arguments = tuple(arguments)
        self._cwd = cwd
        self._environment = dict(environment) if environment is not None else None
        self._running: subprocess.Popen[bytes] | None = None
        self.log_path = log_path

    @property
    def pid(self) -> int:
        """The process id; RuntimeError when it is not running."""
        if self._running is None:
            raise RuntimeError(f"{self._arguments[0]} is not running")
        return self._running.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs, else what it ended with (negative: the signal)."""
        return None if self._running is None else self._running.poll()

    @property
    def is_running(self) -> bool:
        """Whether the program was started and has not ended."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start it, its output appended to the log; RuntimeError when it runs already."""
        if self.is_running:
            raise RuntimeError(f"{self._arguments[0]} is already running")
        self._forget()
        with self.log_path.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "bot.demo.leash", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._cwd,
                env=self._environment,
                # Ctrl-C in the terminal is ours to hear: we stop our programs in order.
                start_new_session=True,
            )

    async def stop(self) -> int | None:
        """End the program in order (SIGTERM), by force if it resists; return its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int | None:
        """End the program at once (SIGKILL), as a power cut would, and return its exit code."""
        return await self._end(signal.SIGKILL)

    def send_signal(self, what: signal.Signals) -> None:
        """Send a signal; RuntimeError when it is not running."""
        os.kill(self.pid, what)

    def log_size_bytes(self) -> int:
        """Return the present length of the log: a mark to read from later."""
        return self.log_path.stat().st_size if self.log_path.exists() else 0

    def log_text(self, from_byte: int = 0) -> str:
        """Return what the program has written since ``from_byte``."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as log:
            log.seek(from_byte)
            return log.read().decode(errors="replace")

    async def _end(self, how: signal.Signals) -> int | None:
        running = self._running
        if running is None:
            return None
        if running.poll() is None:
            running.send_signal(how)
            try:
                await asyncio.to_thread(running.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.kill()
                await asyncio.to_thread(running.wait)
            except asyncio.CancelledError:
                running.kill()
                running.wait()
                raise
        code = running.returncode
        self._forget()
        return code

    def _forget(self) -> None:
        if self._running is not None and self._running.stdin is not None:
            self._running.stdin.close()
        self._running = None
