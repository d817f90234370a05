"""What goes wrong while the bot runs is said in one sentence, is waited for, and loses nothing."""

import asyncio
import json
import re
import resource
import socket
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.demo.bot_process import BotError
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import EventId, RoomId
from bot.matrix.http import Homeserver, client_path
from tests.e2e.conftest import MakeBot
from tests.e2e.door import Door

FULL = re.compile("The disk is full: make room, the bot goes on by itself")
LOCKED = re.compile("The database is locked by another program: close it")


@pytest.fixture
async def door(synapse: Synapse) -> AsyncIterator[Door]:
    async with Door(synapse.home.port) as door:
        yield door


async def answered_once(
    bot: RunningBot, member: Member, room: RoomId, asked: list[EventId]
) -> None:
    """Hold the room's history against what was asked; nothing in the log is a traceback."""
    for question in asked:
        await bot.answer_to(member, question, within=timedelta(seconds=60))
    given = await bot.settled_answers(member, room, *asked)
    assert [len(answers) for answers in given] == [1] * len(asked)
    assert "Traceback" not in bot.process.log


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def problems(port: int) -> list[str]:
    """Return what ``/ready`` complains of."""
    address = f"http://127.0.0.1:{port}/ready"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        found: list[str] = json.loads(await answer.read())["problems"]
        return found


def database_of(bot: RunningBot) -> Path:
    return bot.process.config_path.parent / "compagnon.db"


async def test_homeserver_that_is_down_at_the_start_is_waited_for(
    make_bot: MakeBot, room: RoomId, jo: Member, door: Door
) -> None:
    bot = await make_bot(room, more={"matrix": {"homeserver": door.url}})
    await bot.process.stop()
    await door.shut()
    starting = asyncio.create_task(bot.process.start())
    # The log of this start begins with the first line that it writes.
    await asyncio.sleep(0)
    asked = [await jo.send(room, "!ping")]
    await bot.process.wait_for_log(re.compile(r"event=homeserver_away .*connection refused"))

    await door.open()
    await starting

    await answered_once(bot, jo, room, asked)


async def test_homeserver_that_goes_away_is_waited_for(
    make_bot: MakeBot, room: RoomId, jo: Member, door: Door
) -> None:
    bot = await make_bot(room, more={"matrix": {"homeserver": door.url}})
    await bot.answer(jo, room, "!rappel dans 2 heures arroser les plantes")
    await door.shut()
    await bot.process.wait_for_log(re.compile("event=sync_failed"))
    asked = [await jo.send(room, "!ping") for _ in range(3)]
    with closing(sqlite3.connect(database_of(bot), timeout=30)) as connection, connection:
        due_at = datetime.now(UTC) - timedelta(minutes=20)
        connection.execute("UPDATE due SET due_at = ?", (f"{due_at:%Y-%m-%d %H:%M:%S.%f}",))
    mark = jo.mark()

    await door.open()

    said = await jo.wait_for(
        lambda e: "arroser les plantes" in e.body and e.msgtype == "m.text", after=mark
    )
    assert "j’étais absent" in said.body
    await answered_once(bot, jo, room, asked)
    reminders = [e for e in await jo.history(room) if "j’étais absent" in e.body]
    assert len(reminders) == 1


async def test_missing_room_is_told_and_the_others_are_served(
    make_bot: MakeBot, room: RoomId, jo: Member
) -> None:
    more = {"community": {"rooms": [room, "#nowhere:demo.localhost"]}}
    bot = await make_bot(room, more=more)

    told = await bot.process.wait_for_log(re.compile(r"event=room_refused room=#nowhere.*"))

    assert "remedy='create the room, or correct community.rooms" in told[0]
    await answered_once(bot, jo, room, [await jo.send(room, "!ping")])


async def test_locked_database_is_told_and_waited_for(
    make_bot: MakeBot, room: RoomId, jo: Member
) -> None:
    port = free_port()
    bot = await make_bot(room, more={"web": {"listen": f"127.0.0.1:{port}"}})
    with closing(sqlite3.connect(database_of(bot), isolation_level=None, timeout=30)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        asked = [await jo.send(room, "!ping") for _ in range(3)]
        await bot.process.wait_for_log(LOCKED)
        complaints = await problems(port)
        holder.rollback()

    assert any("another program" in complaint for complaint in complaints)
    await answered_once(bot, jo, room, asked)
    assert await problems(port) == []


@contextmanager
def small_disk(directory: Path) -> Iterator[Path]:
    """A file system of 6 MB; skips the test where we may not mount one."""
    directory.mkdir()
    options = ["-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", str(directory)]
    try:
        mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount here: a disk is only full where one can be made")
    if mounted.returncode:
        pytest.skip("only the superuser may mount a small disk, to fill it")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


async def test_full_disk_is_told_and_waited_for(
    make_bot: MakeBot, room: RoomId, jo: Member, tmp_path: Path
) -> None:
    port = free_port()
    with small_disk(tmp_path / "small") as disk:
        storage = {"url": f"sqlite:///{disk}/compagnon.db", "data_dir": str(disk / "data")}
        bot = await make_bot(
            room, more={"storage": storage, "web": {"listen": f"127.0.0.1:{port}"}}
        )
        ballast = disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        words = "!partage Disque plein → faire de la place "
        asked = [await jo.send(room, f"{words}{n} {'x' * 600}") for n in range(8)]
        await bot.process.wait_for_log(FULL)
        complaints = await problems(port)
        ballast.unlink()

        await answered_once(bot, jo, room, asked)
        await bot.process.stop()

    assert any("make room" in complaint for complaint in complaints)


async def test_quota_is_told_and_waited_for(make_bot: MakeBot, room: RoomId, jo: Member) -> None:
    bot = await make_bot(room)
    wal = database_of(bot).with_name("compagnon.db-wal")
    _, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (wal.stat().st_size, hard))
    asked = [await jo.send(room, "!ping") for _ in range(3)]
    await bot.process.wait_for_log(re.compile("look at its quota and its health"))

    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    await answered_once(bot, jo, room, asked)


async def log_out(bot: RunningBot) -> None:
    """End the bot's login on the server, and delete its device with it."""
    settings = (bot.process.config_path.parent / "data" / "session.json").read_bytes()
    kept = json.loads(settings)
    async with Homeserver(kept["homeserver"], kept["access_token"]) as server:
        await server.request("POST", client_path("logout"), json={})


async def test_login_that_was_ended_is_renewed(make_bot: MakeBot, room: RoomId, jo: Member) -> None:
    bot = await make_bot(room)
    asked = [await jo.send(room, "!ping")]
    await log_out(bot)
    asked.append(await jo.send(room, "!ping"))

    await answered_once(bot, jo, room, asked)


async def test_login_that_cannot_be_renewed_ends_the_bot_and_loses_nothing(
    make_bot: MakeBot, room: RoomId, jo: Member
) -> None:
    bot = await make_bot(room)
    password = bot.process.config_path.parent / "password"
    right = password.read_text()
    await bot.process.stop()
    password.write_text("wrong")
    await bot.process.start()
    await log_out(bot)
    asked = [await jo.send(room, "!ping")]

    with pytest.raises(BotError, match="ended with 2"):
        await bot.process.wait_for_log(re.compile("never said"))
    last = bot.process.log.splitlines()[-1]
    password.write_text(right)
    await bot.process.start()

    assert last.startswith("The homeserver refuses the password of @")
    await answered_once(bot, jo, room, asked)
