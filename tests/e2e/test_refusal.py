"""What keeps the bot from starting is told in one sentence, and nothing is touched."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from bot.demo.bot_process import as_toml, community_settings
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import RoomId
from bot.storage import migration
from tests.conftest import NOW
from tests.e2e.command_line import Ended, compagnon
from tests.e2e.conftest import PASSWORD, MakeBot, Unique


class Place:
    """A directory with a bot that never ran."""

    def __init__(self, directory: Path, settings: dict[str, dict[str, object]]) -> None:
        self.directory = directory
        self.settings = settings
        self.config = directory / "config.toml"
        self.data = directory / "data"
        self.database = directory / "compagnon.db"
        self.password = directory / "password"
        self.password.touch(mode=0o600)
        self.password.write_text(PASSWORD)

    async def call(self, command: str) -> Ended:
        self.config.write_text(as_toml(self.settings))
        return await compagnon(command, "--config", self.config)

    async def migrate(self) -> None:
        url = f"sqlite:///{self.database}"
        await migration.upgrade(url, backup_dir=self.directory, now=NOW)


@pytest.fixture
async def place(synapse: Synapse, unique: Unique, tmp_path: Path) -> Place:
    account = await synapse.register(unique("compagnon"), PASSWORD)
    return Place(tmp_path, community_settings(synapse.home, account, name="Les praticiens"))


def refused(ended: Ended, sentence: str, code: int) -> None:
    """Hold what ``run`` said against the sentence: it is the last line, and there is no more."""
    assert "Traceback" not in ended.printed
    assert re.fullmatch(sentence, ended.last_line), ended.printed
    assert ended.code == code
    # What comes before are lines of the log.
    assert all("event=" in line for line in ended.said.splitlines()[:-1]), ended.said


async def test_wrong_settings_are_refused_with_their_line(place: Place) -> None:
    place.settings["community"] |= {"timezone": "Europe/Pari"}

    for command in ("run", "check"):
        line = r".*/config.toml:\d+: community.timezone: unknown .* \(for example Europe/Paris\)"
        refused(await place.call(command), line, 2)
    assert not place.data.exists()


async def test_wrong_password_is_refused(place: Place) -> None:
    place.password.write_text("wrong")

    ended = await place.call("run")
    checked = await place.call("check")

    sentence = r"The homeserver refuses the password of @.*: put the right one in .*password_file.*"
    refused(ended, sentence, 2)
    assert (checked.code, "refuses the password" in checked.printed) == (1, True)
    assert not (place.data / "session.json").exists()


async def test_wrong_token_is_refused(place: Place) -> None:
    place.password.write_text("syt_nothing")
    del place.settings["matrix"]["password_file"]
    place.settings["matrix"] |= {"access_token_file": "password", "device_id": "COMPAGNON"}

    sentence = r"The homeserver refuses the access token \(.*\): put a new one in .*"
    refused(await place.call("run"), sentence, 2)


async def test_missing_room_is_told_by_check(place: Place) -> None:
    place.settings["community"]["rooms"] = ["#nowhere:demo.localhost"]

    checked = await place.call("check")

    assert checked.code == 1
    assert "→ create #nowhere:demo.localhost, or correct the configuration" in checked.printed


async def test_homeserver_that_is_down_is_told_by_check(place: Place) -> None:
    place.settings["matrix"]["homeserver"] = "http://127.0.0.1:9"

    checked = await place.call("check")

    assert checked.code == 1
    assert "http://127.0.0.1:9 does not answer (connection refused)" in checked.printed
    assert "→ start the homeserver, or correct matrix.homeserver" in checked.printed


async def test_damaged_database_is_told_and_not_touched(place: Place) -> None:
    garbage = b"This was a database once. " * 1000
    place.database.write_bytes(garbage)

    ended, checked = await place.call("run"), await place.call("check")

    refused(ended, r"The database file is damaged\. Stop the bot, move .*backup --list\)\.", 1)
    assert checked.code == 1
    assert "the file is damaged" in checked.printed
    assert place.database.read_bytes() == garbage


async def test_newer_database_is_told_and_not_touched(place: Place) -> None:
    await place.migrate()
    with closing(sqlite3.connect(place.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = place.database.read_bytes()

    ended, checked = await place.call("run"), await place.call("check")

    refused(ended, r"The database was last used by a newer version of this bot .*", 1)
    assert (checked.code, "9999" in checked.printed) == (1, True)
    assert place.database.read_bytes() == before


async def test_database_held_alone_by_another_program_is_told(place: Place) -> None:
    await place.migrate()
    with closing(sqlite3.connect(place.database, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")

        ended, checked = await place.call("run"), await place.call("check")

    refused(ended, r"The database is locked by another program: close it.*", 1)
    assert (checked.code, "another program holds it" in checked.printed) == (1, True)


async def test_data_dir_that_cannot_be_is_told(place: Place) -> None:
    # For the superuser, whom no mode keeps out, too.
    place.data.write_text("a file where the directory should be")

    ended, checked = await place.call("run"), await place.call("check")

    refused(ended, r"storage.data_dir \(.*/data\) cannot be used \(.*\): make it a directory.*", 2)
    assert checked.code == 1
    assert "Traceback" not in checked.printed


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda file: file.write_bytes(b'{"homeserver": "http'), r".* is damaged\. Move it away.*"),
        (lambda file: file.chmod(0o644), r".* can be read by others\. Run: chmod 600 .*"),
    ],
)
async def test_spoilt_session_is_told(
    place: Place, spoil: Callable[[Path], object], sentence: str
) -> None:
    assert (await place.call("check")).code == 0
    file = place.data / "session.json"
    spoil(file)
    before = file.read_bytes()

    ended, checked = await place.call("run"), await place.call("check")

    refused(ended, sentence, 2)
    assert (checked.code, "session.json" in checked.printed) == (1, True)
    assert file.read_bytes() == before


async def test_port_that_is_taken_is_told(place: Place) -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    place.settings["web"] = {"listen": address}

    ended = await place.call("run")
    await runner.cleanup()

    refused(ended, rf'web.listen = "{address}" is not possible .*: choose another port.*', 2)


async def test_second_process_is_refused(make_bot: MakeBot, room: RoomId, jo: Member) -> None:
    bot = await make_bot(room)

    ended = await compagnon("run", "--config", bot.process.config_path)

    refused(ended, r"Another Compagnon \(process \d+\) already works with .*\. Stop it first.*", 1)
    await bot.answer(jo, room, "!ping")
