"""A homeserver is quickly there, keeps what it has, and is gone when nobody needs it any more."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.demo import homeserver
from bot.demo.client_api import RequestRefusedError
from bot.demo.homeserver import HomeserverError, Synapse
from bot.demo.member import Member

pytestmark = pytest.mark.e2e


async def test_homeserver_killed_and_started_again_keeps_its_data(tmp_path: Path) -> None:
    synapse = await homeserver.start(tmp_path)
    try:
        account = await synapse.register("jo", "a password")
        await synapse.kill()
        assert not synapse.is_running
        await synapse.start_again()
        async with await Member.login(synapse.home.base_url, account) as jo:
            assert await jo.create_room("Accueil")
    finally:
        await synapse.stop()


async def test_several_homeservers_start_at_once(tmp_path: Path) -> None:
    both = await asyncio.gather(
        homeserver.start(tmp_path / "one"), homeserver.start(tmp_path / "two")
    )
    try:
        assert both[0].home.base_url != both[1].home.base_url
        accounts = [await one.register("jo", "a password") for one in both]
        assert accounts[0].access_token != accounts[1].access_token
    finally:
        for one in both:
            await one.stop()


async def test_homeserver_on_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(HomeserverError, match="Address already in use"):
            await homeserver.start(tmp_path, port=taken.getsockname()[1])


def test_homeserver_listens_on_this_machine_only(synapse: Synapse) -> None:
    assert synapse.home.base_url == f"http://127.0.0.1:{synapse.home.port}"
    connections = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in connections if line.split()[3] == "0A"]
    ours = [address for address in listening if address.endswith(f":{synapse.home.port:04X}")]
    assert ours == [f"0100007F:{synapse.home.port:04X}"]


async def test_register_refuses_a_name_that_is_taken(synapse: Synapse) -> None:
    await synapse.register("taken", "a password")

    with pytest.raises(RequestRefusedError) as refused:
        await synapse.register("taken", "a password")

    assert refused.value.errcode == "M_USER_IN_USE"


async def test_login_gives_a_device_of_its_own(synapse: Synapse) -> None:
    registered = await synapse.register("twice", "a password")

    logged_in = await synapse.login("twice", "a password")

    assert logged_in.user_id == registered.user_id
    assert logged_in.device_id != registered.device_id


def test_homeserver_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        from bot.demo import homeserver

        async def main():
            print((await homeserver.start(Path(sys.argv[1]))).pid, flush=True)
            await asyncio.Event().wait()

        asyncio.run(main())
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        watch = os.pidfd_open(pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    # Readable once the process has ended; a timeout of the test says that it did not.
    ended, _, _ = select.select([watch], [], [], 20)
    os.close(watch)
    assert ended
