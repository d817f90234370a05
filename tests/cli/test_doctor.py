import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

Compagnon = Callable[..., subprocess.CompletedProcess[str]]
WriteConfig = Callable[..., Path]


def test_doctor_closes_an_open_directory_once_the_operator_agrees(
    compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path
) -> None:
    write_config()
    data = tmp_path / "data"
    data.mkdir(mode=0o755)

    compagnon("doctor", typed="n\n")
    assert data.stat().st_mode & 0o777 == 0o755
    done = compagnon("doctor", typed="y\n")

    assert data.stat().st_mode & 0o777 == 0o700
    assert f"✓ only the bot can read {data} now" in done.stdout
    assert done.returncode == 1  # no homeserver is there, and that is nothing it can repair


def test_doctor_puts_the_newest_sound_copy_in_the_place_of_a_damaged_database(
    compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path
) -> None:
    write_config()
    compagnon("migrate")
    sound = Path(compagnon("backup").stdout.rstrip())
    newer = Path(compagnon("backup").stdout.rstrip())
    newer.write_bytes(b"not a database at all, though it is the newest of the copies" * 100)
    database = tmp_path / "compagnon.db"
    damaged = b"SQLite format 3\0" + b"\xff" * 8192
    database.write_bytes(damaged)

    done = compagnon("doctor", "--yes")

    assert f"✓ {sound} is the database now" in done.stdout
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()
    [kept] = tmp_path.glob("compagnon.db.before-*")
    assert kept.read_bytes() == damaged


def test_doctor_makes_the_directory_of_the_database(
    compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path
) -> None:
    write_config(more='[storage]\nurl = "sqlite:///deep/down/compagnon.db"\n')

    done = compagnon("doctor", "--yes", environ={"LANG": "fr_FR.UTF-8"})

    assert (tmp_path / "deep" / "down").is_dir()
    assert f"✓ {tmp_path}/deep/down est créé" in done.stdout


def test_doctor_offers_nothing_for_what_only_a_person_can_do(
    compagnon: Compagnon, write_config: WriteConfig
) -> None:
    write_config()

    done = compagnon("doctor")

    assert (done.returncode, done.stderr) == (1, "")
    assert "?" not in done.stdout
