"""The server always has keys of this device to give away, and their other halves are here."""

from datetime import timedelta

import pytest

from bot.matrix.http import MatrixError, NetworkError
from tests.matrix.encryption.conftest import BOT, SECRET, Client, MakeClient
from tests.matrix.encryption.key_server import Fault, KeyServer
from tests.scene import HandClock


async def test_first_start_uploads_identity_one_time_and_fallback_keys(
    bot: Client, server: KeyServer
) -> None:
    assert server.device_keys[bot.place] == bot.device.machine.device_keys()
    assert len(server.one_time_keys[bot.place]) == 50
    assert server.fallback_keys[bot.place][1]["fallback"] is True


async def test_second_start_uploads_nothing(
    bot: Client, server: KeyServer, make_client: MakeClient
) -> None:
    await bot.device.close()
    before = server.requests["keys/upload"]

    await make_client(BOT, bot.name)

    assert server.requests["keys/upload"] == before


@pytest.mark.parametrize("left", [0, 1, 24])
async def test_few_keys_are_topped_up(
    left: int, bot: Client, server: KeyServer, clock: HandClock
) -> None:
    clock.pass_by(timedelta(minutes=2))
    keys = server.one_time_keys[bot.place]
    for name in list(keys)[left:]:
        del keys[name]

    await bot.sync()

    assert len(server.one_time_keys[bot.place]) == 50


async def test_enough_keys_are_left_alone(bot: Client, server: KeyServer, clock: HandClock) -> None:
    clock.pass_by(timedelta(minutes=2))
    server.one_time_keys[bot.place].popitem()
    before = server.requests["keys/upload"]

    await bot.sync()

    assert server.requests["keys/upload"] == before


@pytest.mark.parametrize(
    "counts", [{}, {"device_one_time_keys_count": {}}], ids=["no field", "not listed"]
)
async def test_count_that_is_not_told_is_none_left(
    counts: dict[str, object], bot: Client, server: KeyServer, clock: HandClock
) -> None:
    clock.pass_by(timedelta(minutes=2))
    server.one_time_keys[bot.place].clear()

    await bot.device.receive(counts)
    await bot.device.upkeep()

    assert len(server.one_time_keys[bot.place]) == 50


async def test_fallback_key_that_was_used_is_replaced(
    bot: Client, server: KeyServer, clock: HandClock, make_client: MakeClient
) -> None:
    clock.pass_by(timedelta(minutes=2))
    used = server.fallback_keys[bot.place]
    server.one_time_keys[bot.place].clear()
    jo = await make_client("@jo:example.org", "JODEVICE")
    message = await jo.say()
    assert server.used_fallback == {bot.place}

    await bot.sync()
    await bot.sync()

    assert server.fallback_keys[bot.place] != used
    assert bot.read(message)["content"] == SECRET


async def test_somebody_who_claims_everything_again_and_again_is_not_hurried_after(
    bot: Client, server: KeyServer, clock: HandClock
) -> None:
    clock.pass_by(timedelta(minutes=2))
    before = server.requests["keys/upload"]

    for _ in range(20):
        server.one_time_keys[bot.place].clear()
        await bot.sync()

    assert server.requests["keys/upload"] == before + 1


@pytest.mark.parametrize("is_done", [False, True], ids=["request lost", "reply lost"])
async def test_upload_that_fails_is_repeated_with_the_same_keys(
    is_done: bool, bot: Client, server: KeyServer, clock: HandClock, make_client: MakeClient
) -> None:
    clock.pass_by(timedelta(minutes=2))
    server.one_time_keys[bot.place].clear()
    server.faults.append(Fault("keys/upload", NetworkError("gone"), is_done))

    await bot.sync()
    await bot.sync()

    assert len(server.one_time_keys[bot.place]) == 50
    jo = await make_client("@jo:example.org", "JODEVICE")
    message = await jo.say()
    await bot.sync()
    await bot.sync()
    assert bot.read(message)["content"] == SECRET


@pytest.mark.parametrize("is_done", [False, True], ids=["request lost", "reply lost"])
async def test_first_upload_that_fails_is_mended_by_the_next_start(
    is_done: bool, server: KeyServer, make_client: MakeClient
) -> None:
    server.faults.append(Fault("keys/upload", MatrixError(502, "", "bad gateway"), is_done))
    with pytest.raises(MatrixError):
        await make_client(BOT, "BOTDEVICE")

    bot = await make_client(BOT, "BOTDEVICE")

    assert server.device_keys[bot.place] == bot.device.machine.device_keys()
    assert bot.device.machine.account.shared
    jo = await make_client("@jo:example.org", "JODEVICE")
    message = await jo.say()
    await bot.sync()
    await bot.sync()
    assert bot.read(message)["content"] == SECRET
