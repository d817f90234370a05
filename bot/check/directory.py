"""Checks of the machine: the data directory, who may read it, and the room left on its disk."""

import os
import shutil
import stat
from pathlib import Path

from bot.check.finding import Finding, phrase

FREE_MIN_MB = 200
"""Below this the bot reports itself as not ready (``/ready``)."""

_BYTES_PER_MB = 1_000_000


def check_data_dir(data_dir: Path) -> Finding:
    """Find out whether the directory is the bot's own, and its files hidden from others."""
    name = phrase("cli.check.data_dir")
    if not data_dir.exists():
        home = _existing(data_dir)
        if os.access(home, os.W_OK | os.X_OK):
            return Finding(name, phrase("cli.check.data_dir.absent", path=data_dir))
        return Finding(
            name,
            phrase("cli.check.data_dir.no_place", path=data_dir),
            phrase("cli.check.data_dir.no_place.remedy", path=home),
        )
    if not data_dir.is_dir() or not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            name,
            phrase("cli.check.data_dir.refused", path=data_dir),
            phrase("cli.check.data_dir.refused.remedy", path=data_dir),
        )
    if is_open_to_others(data_dir):
        return Finding(
            name,
            phrase("cli.check.data_dir.open", path=data_dir),
            phrase("cli.check.data_dir.open.remedy", path=data_dir),
        )
    return Finding(name, phrase("cli.check.data_dir.good", path=data_dir))


def check_disk(directory: Path) -> Finding:
    """Find out whether there is room left where the bot writes."""
    free_mb = shutil.disk_usage(_existing(directory)).free // _BYTES_PER_MB
    detail = phrase("cli.check.disk.free", free=free_mb)
    if free_mb >= FREE_MIN_MB:
        return Finding(phrase("cli.check.disk"), detail)
    remedy = phrase("cli.check.disk.remedy", least=FREE_MIN_MB, path=directory)
    return Finding(phrase("cli.check.disk"), detail, remedy)


def is_open_to_others(directory: Path) -> bool:
    """Return whether anybody but the owner may enter."""
    return bool(stat.S_IMODE(directory.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _existing(path: Path) -> Path:
    """Return the path or the nearest directory above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())
