import subprocess
from collections.abc import Callable
from pathlib import Path

Compagnon = Callable[..., subprocess.CompletedProcess[str]]


def test_migrate_makes_the_database_once(
    compagnon: Compagnon, write_config: Callable[..., Path], tmp_path: Path
) -> None:
    write_config()

    first, second = compagnon("migrate"), compagnon("migrate")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith(f"sqlite:///{tmp_path}/compagnon.db is now at schema ")
    assert second.stdout.startswith(f"sqlite:///{tmp_path}/compagnon.db was already at schema ")


def test_backup_prints_the_private_copy_it_made(
    compagnon: Compagnon, write_config: Callable[..., Path], tmp_path: Path
) -> None:
    write_config()
    compagnon("migrate")

    done = compagnon("backup")

    copy = Path(done.stdout.rstrip())
    assert (done.returncode, done.stderr) == (0, "")
    assert copy.parent == tmp_path / "data" / "backups"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert compagnon("backup", "--list").stdout.split() == [str(copy)]


def test_backup_keeps_as_many_as_asked(
    compagnon: Compagnon, write_config: Callable[..., Path], tmp_path: Path
) -> None:
    write_config()
    compagnon("migrate")

    made = [compagnon("backup", "--to", tmp_path / "b", "--keep", 2).stdout for _ in range(3)]

    assert sorted((tmp_path / "b").iterdir()) == [Path(line.rstrip()) for line in made[1:]]


def test_backup_without_a_database_is_a_sentence(
    compagnon: Compagnon, write_config: Callable[..., Path]
) -> None:
    write_config()

    done = compagnon("backup")

    assert done.returncode == 1
    assert done.stderr.startswith("There is no database at ")
