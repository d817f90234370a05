"""Finds the configuration file that a command works with."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.errors import OperatorError

if TYPE_CHECKING:
    from bot.config import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., object])


def config_option(function: Decorated) -> Decorated:
    """Give a command ``--config``, which may also stand before the command's name."""
    return click.option(
        "--config",
        "path",
        type=click.Path(path_type=Path),
        callback=_or_the_one_before,
        help="Configuration file.",
    )(function)


def load(path: Path | None) -> "Settings":
    """Return the settings of the file at ``path``, or of the first that is found.

    Raises ``OperatorError`` with exit code 2 where there is none or it is wrong.
    """
    from bot.config import load_settings  # noqa: PLC0415  pydantic is only for commands that need it

    return load_settings(path or find(os.environ), os.environ)


def find(environ: Mapping[str, str]) -> Path:
    """Return the first configuration file there is: here, the user's, the machine's."""
    places = list(default_places(environ))
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(map(str, places))
    raise OperatorError(
        f"There is no configuration: looked for {looked}. "
        "Write one with `compagnon init`, or name it with --config.",
        exit_code=2,
    )


def default_places(environ: Mapping[str, str]) -> Iterable[Path]:
    """Yield where a configuration may be, nearest first (XDG Base Directory 0.8)."""
    yield Path("config.toml")
    home = environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
    yield Path(home) / "compagnon" / "config.toml"
    yield Path("/etc/compagnon/config.toml")


def _or_the_one_before(
    context: click.Context, _parameter: click.Parameter, value: Path | None
) -> Path | None:
    before = context.find_root().obj
    return value if value is not None or not isinstance(before, Path) else before
