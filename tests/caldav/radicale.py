"""A real calendar server (Radicale) on this machine, for a test."""

import asyncio
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

USER, PASSWORD = "compagnon", "correct horse"

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {users}
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}
[logging]
level = warning
"""


class Radicale:
    """The server with one calendar; it can be stopped and started again on the same port."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/{USER}/meetings"
        self._file = home / "radicale.conf"
        users = home / "users"
        users.write_text(f"{USER}:{PASSWORD}\n")
        text = CONFIG.format(port=self.port, users=users, folder=home / "collections")
        self._file.write_text(text)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "radicale", "--config", str(self._file)
        )
        async with asyncio.timeout(30):
            while True:
                try:
                    await self.ask("OPTIONS")
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)
                else:
                    return

    async def stop(self) -> None:
        """Stop for a while, or for good."""
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()
            self._process = None

    async def ask(self, method: str, name: str = "", data: bytes | None = None) -> tuple[int, str]:
        """Ask as somebody else who may write the calendar; return status and body."""
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Basic {login}"}) as session,
            session.request(method, f"{self.url}/{name}", data=data) as answer,
        ):
            return answer.status, await answer.text()

    async def calendar(self) -> str:
        """Return all that the calendar holds, as its server exports it."""
        status, text = await self.ask("GET")
        assert status == 200
        return text.replace("\r\n ", "").replace("\n ", "")


@asynccontextmanager
async def radicale(home: Path) -> AsyncIterator[Radicale]:
    """Run a server with an empty calendar."""
    server = Radicale(home)
    try:
        await server.start()
        status, _ = await server.ask("MKCALENDAR")
        assert status == 201
        yield server
    finally:
        await server.stop()
