import subprocess
from collections.abc import Callable
from pathlib import Path

Compagnon = Callable[..., subprocess.CompletedProcess[str]]


def test_check_shows_ticks_crosses_and_remedies(
    compagnon: Compagnon, write_config: Callable[..., Path]
) -> None:
    write_config()

    done = compagnon("check")

    assert (done.returncode, done.stderr) == (1, "")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert [line[:1] for line in lines] == ["✓", "✓", "✓", "✓", "✓", "✗", " "]
    assert lines[0].split() == ["✓", "Configuration", "config.toml"]
    assert lines[-1].strip() == "→ start the homeserver, or correct matrix.homeserver"


def test_check_of_a_wrong_configuration_says_what_is_wrong(
    compagnon: Compagnon, write_config: Callable[..., Path]
) -> None:
    path = write_config()
    path.with_name("password").chmod(0o644)

    done = compagnon("check", environ={"LANG": "fr_FR.UTF-8"})

    assert done.returncode == 2
    assert done.stdout.startswith("✗  Configuration  config.toml contient des erreurs")
    assert done.stderr.startswith("config.toml:4: matrix.password_file: ")
    assert f"chmod 600 {path.with_name('password')}" in done.stderr


def test_check_never_shows_a_password(
    compagnon: Compagnon, write_config: Callable[..., Path]
) -> None:
    write_config(more='[storage]\nurl = "postgresql://me:s3cret@127.0.0.1:9/x"\n')

    done = compagnon("check")

    assert "postgresql://me@127.0.0.1:9/x" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
    assert "correct horse" not in done.stdout + done.stderr
