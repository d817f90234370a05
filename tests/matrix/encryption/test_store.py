"""The file that keeps the keys: whole or not at all, locked, and as fast as it was made to be."""

import sqlite3
import stat
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.matrix.encryption import pickle_key, to_device
from bot.matrix.encryption.store import StoreTroubleError, file_of
from tests.matrix.encryption.conftest import BOT, JO, SECRET, Client, MakeClient

FILE = "BOTDEVICE.db"


async def test_wrong_pickle_key_is_a_sentence(
    bot: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    (tmp_path / bot.name / "pickle_key").write_text("another\n")

    with pytest.raises(OperatorError, match="does not open the encryption store"):
        await make_client(BOT, bot.name)


async def test_missing_pickle_key_is_a_sentence(
    bot: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    (tmp_path / bot.name / "pickle_key").unlink()

    with pytest.raises(OperatorError, match="is missing"):
        await make_client(BOT, bot.name)


async def test_pickle_key_that_others_can_read_is_refused(
    bot: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    (tmp_path / bot.name / "pickle_key").chmod(0o644)

    with pytest.raises(OperatorError, match="chmod 600"):
        await make_client(BOT, bot.name)


def test_pickle_key_is_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "data" / "pickle_key"

    made = pickle_key.load_or_make(file, has_store=False)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert pickle_key.load_or_make(file, has_store=True) == made
    assert len(made) >= 43


@pytest.mark.parametrize("device", ["../../etc/passwd", "a/b", "..", "é ü", "x" * 200])
def test_device_id_is_no_path(device: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, device)

    assert file.resolve().parent == tmp_path.resolve()


async def test_no_private_key_is_in_the_file(bot: Client, tmp_path: Path) -> None:
    await bot.say()
    session = bot.device.machine.outbound_group_sessions.popitem()[1]
    await bot.device.close()

    written = b"".join(path.read_bytes() for path in (tmp_path / bot.name).glob(f"{FILE}*"))

    assert session.session_key.encode() not in written
    assert session.id.encode() in written


async def test_store_is_fast_and_safe(bot: Client) -> None:
    database = bot.device.machine.store.database

    pragmas = {name: database.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}

    assert pragmas == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "secure_delete": 1}


async def test_operation_is_one_commit(bot: Client, jo: Client) -> None:
    commits: list[str] = []
    connection = bot.device.machine.store.database.connection()
    connection.set_trace_callback(
        lambda statement: commits.append(statement) if statement == "COMMIT" else None
    )

    await jo.say()
    await bot.sync()

    assert len(commits) == 1 + 1  # the key, and the devices that were asked for


async def test_chatter_writes_nothing(bot: Client, jo: Client) -> None:
    first = await jo.say()
    await bot.sync()
    bot.read(first)
    statements: list[str] = []
    bot.device.machine.store.database.connection().set_trace_callback(statements.append)

    for _ in range(3):
        event = await jo.say()
        await bot.sync()
        assert bot.read(event)["content"] == SECRET

    assert statements == []


async def test_failed_commit_forgets_nothing(
    bot: Client, jo: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    message = await jo.say()
    store = bot.device.machine.store
    store.database.execute_sql("PRAGMA busy_timeout=1")
    blocker = sqlite3.connect(tmp_path / bot.name / FILE, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    to_device.take(bot.device.machine, bot.server.sync(bot.place))
    with pytest.raises(StoreTroubleError):
        bot.device.machine.commit()
    blocker.execute("ROLLBACK")
    blocker.close()

    bot.device.machine.commit()

    await bot.device.close()
    again = await make_client(BOT, bot.name)
    await again.device._devices.refresh({JO})
    assert again.read(message)["content"] == SECRET


async def test_everything_is_there_after_a_restart(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    messages = [await jo.say(), await bot.say()]
    await bot.sync()
    await bot.sync()
    await bot.device.close()

    again = await make_client(BOT, bot.name)

    assert [again.read(message)["content"] for message in messages] == [SECRET, SECRET]
    assert again.device.machine.device_of(JO, jo.device.machine.curve25519) is not None
