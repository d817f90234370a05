"""The bots that are measured, each as a way to start it: Compagnon and its comparisons."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.demo.homeserver import Account
from bot.demo.process import Process

PROJECT = Path(__file__).resolve().parent.parent
"""The bots run from here: this package is not installed."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one bot runs: its own directory, its account, its homeserver, and its database.

    ``database_url`` empty means an SQLite file in ``home``. With ``standby`` it waits while another
    one works with that database.
    """

    home: Path
    account: Account
    homeserver_url: str
    database_url: str = ""
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A bot that can be started: ``prepare`` writes its files and returns its arguments."""

    name: str
    prepare: Callable[[Seat], Sequence[str]]
    environment: Mapping[str, str] | None = None

    def process(self, seat: Seat) -> Process:
        """Return the bot in ``seat``, not started yet; it may be killed and started repeatedly."""
        seat.home.mkdir(parents=True, exist_ok=True)
        return Process(
            self.prepare(seat),
            log_path=seat.home / "bot.log",
            cwd=PROJECT,
            environment=dict(os.environ) | dict(self.environment or {}),
        )


def _compagnon(seat: Seat) -> Sequence[str]:
    password = seat.home / "password"
    password.touch(mode=0o600)
    password.write_text(seat.account.password)
    config = seat.home / "config.toml"
    config.write_text(
        f"""
[matrix]
homeserver = "{seat.homeserver_url}"
user_id = "{seat.account.user_id}"
password_file = "password"
[storage]
url = "{seat.database_url or "sqlite:///compagnon.db"}"
data_dir = "data"
standby = {str(seat.standby).lower()}
[community]
name = "Les praticiens"
language = "fr"
timezone = "Europe/Paris"
allowed_inviters = ["*:{seat.account.user_id.partition(":")[2]}"]
[search]
meaning = false
[limits]
commands_per_minute = 0
[web]
listen = ""
"""
    )
    return ["bot", "run", "--config", str(config)]


def _raw(seat: Seat) -> Sequence[str]:
    token_file = str(seat.home / "token")
    account = seat.account
    return [
        "bench.echo_raw",
        seat.homeserver_url,
        account.user_id,
        account.password,
        token_file,
    ]


def _nio(seat: Seat) -> Sequence[str]:
    account = seat.account
    return ["bench.echo_nio", seat.homeserver_url, account.user_id, account.password]


def _nio_full_state(seat: Seat) -> Sequence[str]:
    return [*_nio(seat), "full_state"]


COMPAGNON = Subject("compagnon", _compagnon)
RAW = Subject("raw", _raw)
NIO = Subject("nio", _nio)
NIO_FULL_STATE = Subject("nio full_state", _nio_full_state)
SUBJECTS = {subject.name: subject for subject in (COMPAGNON, RAW, NIO, NIO_FULL_STATE)}


async def carry_identity(source: Seat, target: Seat) -> None:
    """Bring the encryption identity of one prepared bot to another of the same account."""
    key = source.home / "data" / "recovery_key.txt"
    done = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "--config", str(target.home / "config.toml")),
        *("identity", "restore", "--recovery-key-file", str(key)),
        cwd=PROJECT,
    )
    if await done.wait() != 0:
        raise RuntimeError("the identity could not be carried to the second bot")
