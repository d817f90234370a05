"""The directory of a demo is emptied only when it is a demo's, and used by one at a time."""

from pathlib import Path

import pytest

from bot.demo import grounds
from bot.errors import OperatorError


def test_directory_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years")

    with pytest.raises(OperatorError, match="not a demo's"), grounds.opened(tmp_path, keep=False):
        pass

    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_directory_is_emptied_for_a_new_demo(tmp_path: Path) -> None:
    with grounds.opened(tmp_path, keep=False) as first:
        (first.path / "bot").mkdir()
        (first.path / "bot" / "config.toml").touch()

    with grounds.opened(tmp_path, keep=False) as second:
        assert not (second.path / "bot").exists()
        assert not second.note.is_played


def test_kept_directory_goes_on_as_it_was(tmp_path: Path) -> None:
    with grounds.opened(tmp_path, keep=True) as first:
        first.remember(port=8008, language="en", is_played=True)
        password = first.note.password

    with grounds.opened(tmp_path, keep=True) as second:
        assert (second.note.port, second.note.language) == (8008, "en")
        assert second.note.is_played
        assert second.note.password == password


def test_second_demo_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    with (
        grounds.opened(tmp_path, keep=False),
        pytest.raises(OperatorError, match="is running"),
        grounds.opened(tmp_path, keep=False),
    ):
        pass


def test_story_that_broke_off_is_not_gone_on_with(tmp_path: Path) -> None:
    with grounds.opened(tmp_path, keep=True) as first:
        first.remember(port=8008, language="en", is_played=False)

    with grounds.opened(tmp_path, keep=True) as second:
        assert second.note.port is None
