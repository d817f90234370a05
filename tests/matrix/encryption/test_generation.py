"""A store that is lost, or an old copy of one, is not used."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.matrix.cipher import DeviceLostError
from bot.matrix.http import MatrixError, NetworkError
from tests.matrix.encryption.conftest import BOT, SECRET, Client, MakeClient
from tests.matrix.encryption.key_server import Fault, KeyServer
from tests.scene import HandClock


async def test_lost_store_ends_the_device(
    bot: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    shutil.rmtree(tmp_path / bot.name)

    with pytest.raises(DeviceLostError):
        await make_client(BOT, bot.name)


async def test_another_device_begins_where_one_was_lost(
    bot: Client, jo: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    shutil.rmtree(tmp_path / bot.name)

    again = await make_client(BOT, "ANOTHER")

    event = await again.say()
    await jo.sync()
    await jo.device._devices.refresh({BOT})
    assert jo.read(event)["content"] == SECRET


async def test_old_copy_of_the_store_ends_the_device(
    bot: Client, make_client: MakeClient, tmp_path: Path
) -> None:
    await bot.device.close()
    shutil.copytree(tmp_path / bot.name, tmp_path / "copy")
    again = await make_client(BOT, bot.name)
    await again.sync()
    await again.device.close()
    shutil.rmtree(tmp_path / bot.name)
    shutil.copytree(tmp_path / "copy", tmp_path / bot.name)

    with pytest.raises(DeviceLostError):
        await make_client(BOT, bot.name)


async def test_copy_made_while_the_bot_ran_ends_the_device_a_day_later(
    bot: Client, make_client: MakeClient, tmp_path: Path, clock: HandClock
) -> None:
    shutil.copytree(tmp_path / bot.name, tmp_path / "copy")
    clock.pass_by(timedelta(days=1, minutes=1))
    await bot.sync()
    await bot.device.close()
    shutil.rmtree(tmp_path / bot.name)
    shutil.copytree(tmp_path / "copy", tmp_path / bot.name)

    with pytest.raises(DeviceLostError):
        await make_client(BOT, bot.name)


async def test_one_time_keys_that_the_server_knows_otherwise_end_the_device_for_good(
    bot: Client, server: KeyServer, make_client: MakeClient, clock: HandClock
) -> None:
    clock.pass_by(timedelta(minutes=2))
    server.one_time_keys[bot.place].clear()
    error = MatrixError(400, "M_UNKNOWN", "One time key signed_curve25519:AAAAAQ already exists.")
    server.faults.append(Fault("keys/upload", error))

    with pytest.raises(DeviceLostError):
        await bot.sync()

    await bot.device.close()
    with pytest.raises(DeviceLostError):
        await make_client(BOT, bot.name)


async def test_keys_that_the_server_forgot_are_told_again(
    bot: Client, server: KeyServer, make_client: MakeClient
) -> None:
    await bot.device.close()
    del server.device_keys[bot.place]
    server.one_time_keys[bot.place].clear()

    again = await make_client(BOT, bot.name)

    assert server.device_keys[bot.place] == again.device.machine.device_keys()


async def test_start_that_dies_half_way_is_no_loss(
    bot: Client, server: KeyServer, make_client: MakeClient
) -> None:
    await bot.device.close()
    for _ in range(3):
        # The generation is in the store already, and does not reach the server.
        server.faults.append(Fault("GET /_matrix/client/v3/user", NetworkError("gone")))
        with pytest.raises(NetworkError):
            await make_client(BOT, bot.name)
        server.faults.append(Fault("PUT", NetworkError("gone")))
        half = await make_client(BOT, bot.name)
        await half.sync()
        await half.device.close()
    server.faults.clear()

    again = await make_client(BOT, bot.name)

    assert again.device.machine.ed25519 == bot.device.machine.ed25519
