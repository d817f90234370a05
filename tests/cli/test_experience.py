"""Experiences leave the bot and come back on the command line."""

import asyncio
import os
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.ids import EventId, RoomId, UserId
from bot.lock import only_process
from bot.storage import experience, room, room_setting
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Transaction

Compagnon = Callable[..., subprocess.CompletedProcess[str]]
WriteConfig = Callable[..., Path]

NOW = datetime(2026, 3, 24, 13, tzinfo=UTC)
JO, ANNE = UserId("@jo:example.org"), UserId("@anne:example.org")
ROOM, TRUST = RoomId("!accueil:example.org"), RoomId("!confiance:example.org")


async def filled(path: Path) -> None:
    """Keep an experience in a room, and one in a room where nothing is kept any more."""
    database = Database(f"sqlite:///{path}")

    async def work(transaction: Transaction) -> None:
        await room.save(transaction, [Room(ROOM, joined_count=4), Room(TRUST, joined_count=4)])
        for number, place in enumerate((ROOM, TRUST)):
            item = Experience(place, JO, EventId(f"$e{number}"), NOW, f"Souci {number}", "remède")
            await experience.create(transaction, item)
        trust = RoomSetting(TRUST, "capture", "off", ANNE, NOW)
        await room_setting.put(transaction, trust)

    await database.write(work)
    await database.close()


def begun(compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path) -> None:
    write_config()
    compagnon("migrate")
    asyncio.run(filled(tmp_path / "compagnon.db"))


def test_export_writes_what_may_be_kept_for_its_owner_alone(
    compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path
) -> None:
    begun(compagnon, write_config, tmp_path)
    with only_process(tmp_path / "data"):  # as if the bot ran
        done = compagnon("export", "--format", "csv", "--to", "out.zip")
    assert (done.returncode, done.stdout) == (0, "out.zip\n")
    file = tmp_path / "out.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        text = archive.read("experiences.csv").decode()
    assert ("Souci 0" in text, "Souci 1" in text) == (True, False)
    again = compagnon("export", "--to", "out.zip")
    assert (again.returncode, "there already" in again.stderr) == (1, True)
    elsewhere = compagnon("export", "--room", TRUST)
    assert (elsewhere.returncode, "Nothing is kept" in elsewhere.stderr) == (1, True)


def test_import_shows_first_and_then_does_it_once(
    compagnon: Compagnon, write_config: WriteConfig, tmp_path: Path
) -> None:
    begun(compagnon, write_config, tmp_path)
    table = f"key,problem,author,room\na,Un,{JO},\nb,Deux,@x:y,{TRUST}\nc,,,\n"
    (tmp_path / "in.csv").write_text(table, encoding="utf-8")
    arguments = ("import", "in.csv", "--as", ANNE)

    with only_process(tmp_path / "data"):
        refused = compagnon(*arguments)
    assert (refused.returncode, f"process {os.getpid()}" in refused.stderr) == (1, True)

    shown, done, again = (
        compagnon(*arguments), compagnon(*arguments, "--yes"), compagnon(*arguments, "--yes"),
    )  # fmt: skip
    assert "To create 1, corrected 0, there already 0, refused 2." in shown.stdout
    assert "3: nothing is kept in" in shown.stdout
    assert "4: no word" in shown.stdout
    assert "Created 1, corrected 0, there already 0" in done.stdout
    assert "Created 0, corrected 0, there already 1" in again.stdout
    assert compagnon("import", "in.csv", "--as", "Anne").returncode == 1


def test_database_of_another_version_is_a_sentence(
    compagnon: Compagnon, write_config: WriteConfig
) -> None:
    write_config()
    done = compagnon("export")
    assert (done.returncode, "compagnon migrate" in done.stderr) == (1, True)
