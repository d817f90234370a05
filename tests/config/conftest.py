from collections.abc import Callable
from pathlib import Path

import pytest

REQUIRED = """\
[matrix]
homeserver = "http://127.0.0.1:8008"
user_id = "@compagnon:example.org"
password_file = "password"
[community]
name = "Les praticiens"
"""


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_text("correct horse\n", encoding="utf-8")
    return path


@pytest.fixture
def write_config(tmp_path: Path, password: Path) -> Callable[[str], Path]:
    """Write a configuration beside its password file and return its path."""
    assert password.exists()

    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def required() -> str:
    """The least a configuration must say."""
    return REQUIRED
