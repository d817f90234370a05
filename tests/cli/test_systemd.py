"""The unit for systemd: what it holds, and that it leaves nothing open that it need not."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.systemd import unit_of

MOST_EXPOSURE = 2.0
"""Of 10, by ``systemd-analyze security``."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit of a bot in its usual place."""
    file = tmp_path / "compagnon.service"
    home = Path("/srv/compagnon")
    file.write_text(unit_of(home / "config.toml", "compagnon", [home, home / "data"]))
    return file


def test_unit_is_notified_watched_and_may_write_its_data_alone(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    assert "Type=notify" in lines
    assert "WatchdogSec=300" in lines
    assert "User=compagnon" in lines
    assert "ReadWritePaths=/srv/compagnon /srv/compagnon/data" in lines
    assert "ProtectSystem=strict" in lines


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_unit_is_hardly_exposed(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", unit],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    assert float(found[1]) < MOST_EXPOSURE, done.stdout
