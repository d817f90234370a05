"""Where results go: one JSON file for each run, with what is needed to compare it with another."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "results"
"""Ignored by git: numbers of one machine."""


def save(name: str, result: object) -> Path:
    """Write ``result`` (anything that JSON can hold) with time, commit and machine; its path."""
    DIRECTORY.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    document = {
        "name": name,
        "at": now.isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "result": result,
    }
    path = DIRECTORY / f"{name}-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False))
    return path


def _commit() -> str:
    asked = ["git", "-C", str(DIRECTORY.parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
