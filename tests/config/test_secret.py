from pathlib import Path

import pytest

from bot.config import read_secret, write_secret
from bot.errors import OperatorError


def test_secret_is_read_without_its_line_break(password: Path) -> None:
    assert read_secret(password) == "correct horse"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o400, 0o700])
def test_secret_in_a_file_with_another_mode_is_refused(password: Path, mode: int) -> None:
    password.chmod(mode)

    with pytest.raises(OperatorError, match=f"chmod 600 {password}") as caught:
        read_secret(password)

    assert caught.value.exit_code == 2
    assert "horse" not in str(caught.value)


def test_credential_of_the_service_manager_is_read(
    password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(password.parent))

    assert read_secret(password) == "correct horse"


@pytest.mark.parametrize("content", ["", "\n", "x" * 70_000])
def test_file_that_has_no_secret_is_refused(password: Path, content: str) -> None:
    password.write_text(content, encoding="utf-8")

    with pytest.raises(OperatorError, match="is empty or too long"):
        read_secret(password)


def test_secret_that_is_not_text_is_refused(password: Path) -> None:
    password.write_bytes(b"\xff\xfe")

    with pytest.raises(OperatorError, match="is not text in UTF-8"):
        read_secret(password)


def test_directory_in_place_of_a_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="is not a file"):
        read_secret(tmp_path)


def test_written_secret_is_private_and_replaces_the_old_one(password: Path) -> None:
    password.chmod(0o644)

    write_secret(password, "new")

    assert read_secret(password) == "new"
    assert sorted(password.parent.iterdir()) == [password]
