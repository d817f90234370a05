import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Compagnon = Callable[..., subprocess.CompletedProcess[str]]

CONFIG = """\
[matrix]
homeserver = "http://127.0.0.1:{port}"
user_id = "@compagnon:example.org"
password_file = "password"
[community]
name = "Les praticiens"
"""


@pytest.fixture
def compagnon(tmp_path: Path) -> Compagnon:
    """Run the command line in a directory and a home of its own, in English unless told."""

    def run(
        *arguments: str | Path, typed: str = "", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            cwd=tmp_path,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(tmp_path),
                "LANG": "C.UTF-8",
                **(environ or {}),
            },
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            start_new_session=True,  # without a terminal, from which a password would be read
        )

    return run


@pytest.fixture
def write_config(tmp_path: Path) -> Callable[..., Path]:
    """Write a configuration and its password for a homeserver on a port of this machine."""

    def write(name: str = "config.toml", *, port: int = 9, more: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONFIG.format(port=port) + more, encoding="utf-8")
        password = path.with_name("password")
        password.touch(mode=0o600)
        password.write_text("correct horse\n", encoding="utf-8")
        return path

    return write
