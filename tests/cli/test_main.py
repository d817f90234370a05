import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __version__
from bot.__main__ import COMMANDS

Compagnon = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = ("nio", "sqlalchemy", "alembic", "aiohttp", "pydantic", "babel", "rich", "asyncio")


def test_help_names_every_command(compagnon: Compagnon) -> None:
    shown = compagnon("--help")

    assert shown.returncode == 0
    assert [line.split()[0] for line in shown.stdout.partition("Commands:\n")[2].splitlines()] == [
        *COMMANDS
    ]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['compagnon', '--help']\n"
        "from bot.__main__ import main\n"
        "try: main()\n"
        f"finally: sys.stderr.write(' '.join(m for m in {HEAVY} if m in sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stderr == ""


def test_help_is_there_at_once(compagnon: Compagnon) -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        compagnon("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # In the processor's time, and the best of many: other tests may be using the machine.
    assert min(seconds() for _ in range(10)) < 0.15


@pytest.mark.parametrize("name", COMMANDS)
def test_command_explains_itself(compagnon: Compagnon, name: str) -> None:
    shown = compagnon(name, "--help")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"Usage: compagnon {name} ")


def test_version_is_printed(compagnon: Compagnon) -> None:
    assert compagnon("--version").stdout == f"compagnon {__version__}\n"


def test_unknown_command_is_refused(compagnon: Compagnon) -> None:
    shown = compagnon("chek")

    assert shown.returncode == 2
    assert "No such command 'chek'" in shown.stderr


@pytest.mark.parametrize("name", ["run", "migrate", "backup", "check"])
def test_wrong_configuration_ends_with_2_and_its_lines(
    compagnon: Compagnon, write_config: Callable[..., Path], name: str
) -> None:
    write_config(more='timezone = "Europe/Pariss"\nlangage = "fr"\n')

    shown = compagnon(name)

    assert shown.returncode == 2
    assert shown.stderr.splitlines() == [
        (
            "config.toml:7: community.timezone: unknown time zone 'Europe/Pariss'"
            " (for example Europe/Paris)"
        ),
        "config.toml:8: community.langage: unknown setting, did you mean community.language?",
    ]


@pytest.mark.parametrize("name", ["run", "migrate", "backup", "check"])
def test_missing_configuration_ends_with_2_and_where_it_was_looked_for(
    compagnon: Compagnon, tmp_path: Path, name: str
) -> None:
    shown = compagnon(name)

    assert shown.returncode == 2
    assert shown.stderr == (
        f"There is no configuration: looked for config.toml, {tmp_path}/.config/compagnon/"
        "config.toml, /etc/compagnon/config.toml. Write one with `compagnon init`, or name it"
        " with --config.\n"
    )
