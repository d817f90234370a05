"""The distribution: whole, installable on its own, and working from anywhere."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.test_architecture import BOT

PROJECT = BOT.parent


def run(*arguments: str | Path, cwd: Path) -> str:
    """Run a program to its end, without this run's own packages, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of the files that the repository tracks, as from a clean clone."""
    clone = tmp_path_factory.mktemp("clone") / "compagnon"
    run("git", "clone", "-q", "--no-hardlinks", PROJECT, clone, cwd=PROJECT)
    out = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
    run(*pip, "-w", out, clone, cwd=clone)
    [built] = out.glob("compagnon-*.whl")
    return built


def tracked(*patterns: str) -> Sequence[str]:
    """Return the tracked files of the package that match."""
    return run("git", "ls-files", *patterns, cwd=PROJECT).splitlines()


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert set(tracked("bot")) - held == set()


def test_wheel_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    pip = (home / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", PROJECT / "requirements" / "run.txt", cwd=tmp_path)
    run(*pip, "--no-deps", wheel, cwd=tmp_path)
    compagnon = home / "bin" / "compagnon"
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text("correct horse\n")
    (tmp_path / "config.toml").write_text(
        '[matrix]\nhomeserver = "http://127.0.0.1:9"\nuser_id = "@compagnon:example.org"\n'
        'password_file = "password"\n[community]\nname = "Les praticiens"\n'
    )

    assert run(compagnon, "--version", cwd=tmp_path).startswith("compagnon ")
    assert "is now at schema" in run(compagnon, "migrate", cwd=tmp_path)
    assert Path(run(compagnon, "backup", cwd=tmp_path).strip()).is_file()
    assert "can be restored" in run(compagnon, "restore", "--rehearse", cwd=tmp_path)
