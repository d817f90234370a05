"""The command line as an operator or a script calls it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit code, and what it printed on both outputs."""

    code: int
    printed: str
    said: str
    """Standard error alone."""

    @property
    def last_line(self) -> str:
        """What an operator sees last."""
        return self.said.splitlines()[-1] if self.said else ""


async def compagnon(
    *arguments: str | Path, typed: str = "", environment: Mapping[str, str] | None = None
) -> Ended:
    """Run a command that ends by itself."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    return Ended(done.returncode, done.stdout + done.stderr, done.stderr)
