"""A throwaway real homeserver: Synapse on SQLite, on this machine only, up in about a second."""

import asyncio
import hashlib
import hmac
import socket
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.demo import homeserver_config
from bot.demo.client_api import ClientApi, RequestRefusedError, text
from bot.demo.homeserver_config import Homeserver
from bot.demo.process import Process

__all__ = ["Account", "Homeserver", "HomeserverError", "Synapse", "start"]

START_SECONDS = 60.0
"""Give up on a homeserver after this; it takes 1 s here, more on a busy machine."""

PORT_ATTEMPTS = 5
"""A free port may be taken by somebody else before Synapse listens on it; then take another."""


class HomeserverError(Exception):
    """The homeserver did not start; the message has the end of its log."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account on the homeserver, logged in on one device."""

    user_id: str
    password: str
    access_token: str
    device_id: str


class Synapse:
    """A Synapse that can be stopped, killed and started again with the same data and port."""

    def __init__(self, home: Homeserver, process: Process) -> None:
        self.home = home
        self._process = process

    @property
    def pid(self) -> int:
        """The process id; RuntimeError when it is not running."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.is_running

    @property
    def log_path(self) -> Path:
        """Where Synapse writes what went wrong."""
        return self._process.log_path

    async def stop(self) -> None:
        """End it in order (SIGTERM); nothing happens when it is not running."""
        await self._process.stop()

    async def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        await self._process.kill()

    async def start_again(self) -> None:
        """Start it with the same data on the same port, and wait until it answers.

        Raises HomeserverError when it ends or stays silent, and then it is not running.
        """
        self._process.start()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._answers()
        except TimeoutError:
            await self.kill()
            raise HomeserverError(
                f"no answer in {START_SECONDS:.0f} s\n{self._log_end()}"
            ) from None
        except BaseException:
            await self.kill()
            raise

    async def register(self, localpart: str, password: str, *, admin: bool = False) -> Account:
        """Create an account and log it in, through Synapse's shared-secret registration.

        Raises RequestRefusedError (``M_USER_IN_USE``) when the name is taken.
        """
        path = "/_synapse/admin/v1/register"
        async with ClientApi(self.home.base_url) as api:
            nonce = text(await api.request("GET", path), "nonce")
            role = "admin" if admin else "notadmin"
            proof = hmac.new(
                self.home.registration_secret.encode(),
                f"{nonce}\0{localpart}\0{password}\0{role}".encode(),
                hashlib.sha1,  # the admin API asks for HMAC-SHA1
            ).hexdigest()
            content = {
                "nonce": nonce,
                "username": localpart,
                "displayname": localpart,
                "password": password,
                "admin": admin,
                "mac": proof,
            }
            made = await api.request("POST", path, content)
        return Account(
            user_id=text(made, "user_id"),
            password=password,
            access_token=text(made, "access_token"),
            device_id=text(made, "device_id"),
        )

    async def _answers(self) -> None:
        async with ClientApi(self.home.base_url) as api:
            while True:
                if not self.is_running:
                    raise HomeserverError(f"the homeserver ended\n{self._log_end()}")
                try:
                    await api.request("GET", "/_matrix/client/versions")
                except (aiohttp.ClientError, RequestRefusedError):
                    # Not listening yet; a refused connection cannot be waited on.
                    await asyncio.sleep(0.02)
                else:
                    return

    def _log_end(self) -> str:
        return "\n".join(self._process.log_text().splitlines()[-20:])


async def start(
    data_dir: Path,
    *,
    server_name: str = "demo.localhost",
    port: int | None = None,
    rate_limits: bool = False,
) -> Synapse:
    """Start a homeserver with its data in ``data_dir`` and wait until it answers.

    An empty directory gets a new homeserver, another goes on with what is there. It listens on
    127.0.0.1 only, on ``port`` or a free one, talks to no other server, and ends with this process.
    ``rate_limits`` keeps Synapse's own limits. Raises HomeserverError, OSError.
    """
    for attempt in range(PORT_ATTEMPTS):
        synapse = _prepared(
            data_dir, server_name, _free_port() if port is None else port, rate_limits=rate_limits
        )
        try:
            await synapse.start_again()
        except HomeserverError as error:
            is_taken = "Address already in use" in str(error)
            if port is not None or not is_taken or attempt == PORT_ATTEMPTS - 1:
                raise
        else:
            return synapse
    raise AssertionError("the last attempt returns or raises")


def _prepared(data_dir: Path, server_name: str, port: int, *, rate_limits: bool) -> Synapse:
    home = homeserver_config.write(data_dir, server_name, port, rate_limits=rate_limits)
    configuration = home.data_dir / homeserver_config.FILE_NAME
    process = Process(
        ["synapse.app.homeserver", "-c", str(configuration)],
        log_path=home.data_dir / "homeserver.log",
    )
    return Synapse(home, process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
        return chosen
