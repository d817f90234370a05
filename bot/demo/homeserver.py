"""A throwaway real homeserver: Synapse on SQLite, on this machine only, up in about a second."""

import asyncio
import hashlib
import hmac
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.demo import homeserver_config
from bot.demo.client_api import CLIENT, ClientApi, JsonObject, text
from bot.demo.homeserver_config import Homeserver
from bot.demo.process import Process

__all__ = ["Account", "Homeserver", "HomeserverError", "Synapse", "start"]

START_WITHIN = timedelta(seconds=60)
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
        from_byte = self._process.log_size_bytes()
        self._process.start()
        try:
            async with asyncio.timeout(START_WITHIN.total_seconds()):
                await self._answers(from_byte)
        except TimeoutError:
            await self.kill()
            raise HomeserverError(f"the homeserver does not answer\n{self._log_end()}") from None
        except BaseException:
            await self.kill()
            raise

    async def register(
        self,
        localpart: str,
        password: str,
        *,
        admin: bool = False,
        display_name: str | None = None,
    ) -> Account:
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
                "displayname": display_name or localpart,
                "password": password,
                "admin": admin,
                "mac": proof,
            }
            made = await api.request("POST", path, content)
        return _account(made, password)

    async def login(self, localpart: str, password: str) -> Account:
        """Log an account in on a new device; RequestRefusedError when the password is wrong."""
        content = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": localpart},
            "password": password,
        }
        async with ClientApi(self.home.base_url) as api:
            return _account(await api.request("POST", f"{CLIENT}/login", content), password)

    async def _answers(self, from_byte: int) -> None:
        # The port alone would not tell: it may be somebody else's who was faster.
        listening = f"now listening on TCP port {self.home.port}"
        while listening not in self._process.log_text(from_byte):
            if not self.is_running:
                raise HomeserverError(f"the homeserver ended\n{self._log_end()}")
            # A file says nothing when it grows.
            await asyncio.sleep(0.02)
        async with ClientApi(self.home.base_url, patience=START_WITHIN) as api:
            await api.request("GET", "/_matrix/client/versions")

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


def _account(answer: JsonObject, password: str) -> Account:
    return Account(
        user_id=text(answer, "user_id"),
        password=password,
        access_token=text(answer, "access_token"),
        device_id=text(answer, "device_id"),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
        return chosen
