"""What the service manager hears: that the bot is up, and a sign of life after each write."""

import asyncio
import socket
from pathlib import Path

import pytest

from bot.supervisor import Supervisor


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    """A service manager that listens."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(5)
    return listening


def supervisor(manager: socket.socket, watchdog: str = "") -> Supervisor:
    return Supervisor.of({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": watchdog})


def test_state_is_told(manager: socket.socket) -> None:
    supervisor(manager).tell(ready="1", status="awake")
    with manager:
        assert manager.recv(100) == b"READY=1\nSTATUS=awake"


def test_nobody_listening_is_no_fault(tmp_path: Path) -> None:
    Supervisor.of({}).tell(ready="1")
    Supervisor.of({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(ready="1")


@pytest.mark.parametrize("given", ["", "0", "-1", "soon"])
def test_watchdog_that_does_not_watch_is_not_fed(given: str) -> None:
    assert Supervisor.of({"WATCHDOG_USEC": given}).watchdog is None


async def test_watchdog_is_fed_after_each_write_and_not_after_one_that_fails(
    manager: socket.socket,
) -> None:
    written: list[int] = []
    is_over = asyncio.Event()

    async def write() -> None:
        written.append(len(written))
        if len(written) == 2:
            raise OSError("no space left on device")
        if len(written) == 3:
            is_over.set()

    feeding = asyncio.create_task(supervisor(manager, "3000").feed(write))
    await is_over.wait()
    await asyncio.sleep(0)
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    with manager:
        assert [manager.recv(100) for _ in range(2)] == [b"WATCHDOG=1"] * 2
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(100)
