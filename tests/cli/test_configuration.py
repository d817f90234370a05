from pathlib import Path

import click
import pytest

from bot.__main__ import cli
from bot.cli.configuration import config_option, default_places, find


def test_default_places_are_nearest_first() -> None:
    assert list(default_places({"XDG_CONFIG_HOME": "/x"})) == [
        Path("config.toml"),
        Path("/x/compagnon/config.toml"),
        Path("/etc/compagnon/config.toml"),
    ]


def test_find_prefers_the_file_that_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    users = tmp_path / "compagnon" / "config.toml"
    users.parent.mkdir()
    users.touch()
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}

    before = find(environ)
    Path("config.toml").touch()

    assert (before, find(environ)) == (users, Path("config.toml"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["x"], None),
        (["--config", "a.toml", "x"], Path("a.toml")),
        (["x", "--config", "b.toml"], Path("b.toml")),
        (["--config", "a.toml", "x", "--config", "b.toml"], Path("b.toml")),
    ],
)
def test_config_may_stand_before_or_after_the_command(
    arguments: list[str], expected: Path | None
) -> None:
    seen: list[Path | None] = []

    @click.command("x")
    @config_option
    def command(path: Path | None) -> None:
        seen.append(path)

    group = click.Group(
        "compagnon", commands={"x": command}, params=cli.params, callback=cli.callback
    )
    group.main(arguments, standalone_mode=False)

    assert seen == [expected]
