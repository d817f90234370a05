"""The bot as its operator runs it: a configuration file, a password file, a process of its own."""

import asyncio
import json
import re
import signal
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bot.demo.homeserver import Account, Homeserver
from bot.demo.process import Process

Settings = Mapping[str, Mapping[str, object]]
"""The tables of ``config.toml``: table, key, value."""

READY = re.compile(r'\bevent=ready\b|"event": ?"ready"')
"""The log line, in either format, after which the bot answers."""

START_WITHIN = timedelta(seconds=60)
"""Far more than the 1.5 s that a start may take: other tests may be using the processor."""


class BotError(Exception):
    """The bot did not do what was waited for; the message has the end of its log."""


class BotProcess:
    """The bot with one configuration; may be started, stopped, killed and started again."""

    def __init__(
        self,
        config_path: Path,
        *,
        log_path: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.config_path = config_path
        self._process = Process(
            ["bot", "run", "--config", str(config_path)],
            log_path=log_path,
            environment=environment,
        )
        self._started_at_byte = 0

    @property
    def pid(self) -> int:
        """The process id; RuntimeError when it is not running."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.is_running

    @property
    def log(self) -> str:
        """Everything it has logged, over all its starts."""
        return self._process.log_text()

    async def start(
        self, within: timedelta = START_WITHIN, *, until: re.Pattern[str] = READY
    ) -> None:
        """Start it, again if it ran before, and return when it answers, or has logged ``until``.

        Raises BotError when it ends or is not ready in time, and then it is not running.
        """
        self._started_at_byte = self._process.log_size_bytes()
        self._process.start()
        try:
            await self.wait_for_log(until, within)
        except BaseException:
            await self.kill()
            raise

    async def stop(self) -> int | None:
        """End it in order (SIGTERM) and return its exit code; nothing happens when it is ended."""
        return await self._process.stop()

    async def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        await self._process.kill()

    def freeze(self) -> None:
        """Hold it (SIGSTOP), so that it can do nothing more before it is killed."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT) where it was held."""
        self._process.send_signal(signal.SIGCONT)

    async def wait_for_end(self, within: timedelta = START_WITHIN) -> None:
        """Return when it has ended by itself; TimeoutError if it does not."""
        async with asyncio.timeout(within.total_seconds()):
            while self._process.is_running:  # noqa: ASYNC110  a process has no event here
                await asyncio.sleep(0.05)

    async def wait_for_log(
        self, pattern: re.Pattern[str], within: timedelta = START_WITHIN
    ) -> re.Match[str]:
        """Return the first match in what it has logged since its last start; BotError if none."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                while True:
                    # Looked at first: what it wrote before ending is then in the text.
                    has_ended = not self._process.is_running
                    text = self._process.log_text(self._started_at_byte)
                    if found := pattern.search(text):
                        return found
                    if has_ended:
                        raise BotError(self._failure(f"ended with {self._process.exit_code}"))
                    # A file says nothing when it grows.
                    await asyncio.sleep(0.02)
        except TimeoutError:
            what = f"logged no {pattern.pattern!r} in {within.total_seconds():.0f} s"
            raise BotError(self._failure(what)) from None

    def _failure(self, what: str) -> str:
        lines = self._process.log_text(self._started_at_byte).splitlines()[-20:]
        return "\n".join([f"the bot {what}; the end of its log:", *lines])


def prepare(
    directory: Path,
    settings: Settings,
    password: str,
    *,
    environment: Mapping[str, str] | None = None,
) -> BotProcess:
    """Write ``config.toml`` and the password file (mode 0600) and return the bot, not started.

    Raises OSError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    password_path = directory / "password"
    password_path.touch(mode=0o600)
    password_path.write_text(password)
    config_path = directory / "config.toml"
    config_path.write_text(as_toml(settings))
    return BotProcess(config_path, log_path=directory / "bot.log", environment=environment)


def community_settings(
    home: Homeserver,
    account: Account,
    *,
    name: str,
    language: str = "fr",
    rooms: Sequence[str] = (),
    animators_room: str | None = None,
    animators: Sequence[str] = (),
) -> dict[str, dict[str, object]]:
    """Return the settings of a bot of that community, its files beside its configuration."""
    community: dict[str, object] = {
        "name": name,
        "language": language,
        "timezone": "Europe/Paris",
        "rooms": list(rooms),
        "allowed_inviters": [f"*:{home.server_name}"],
    }
    if animators_room:
        community["animators_room"] = animators_room
    return {
        "matrix": {
            "homeserver": home.base_url,
            "user_id": account.user_id,
            "password_file": "password",
        },
        "storage": {"url": "sqlite:///compagnon.db", "data_dir": "data"},
        "community": community,
        "roles": {"animators": list(animators)},
        "web": {"listen": ""},
        "search": {"meaning": False},  # the same story, whether the extra is there or not
    }


def as_toml(settings: Settings) -> str:
    """Return the tables as TOML; values are strings, numbers, booleans and lists of those.

    JSON writes each of these as TOML 1.0 does.
    """
    lines: list[str] = []
    for table, values in settings.items():
        lines.append(f"[{table}]")
        lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in values.items()]
    return "\n".join([*lines, ""])
