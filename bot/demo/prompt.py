"""Lets a person speak as a member of the demo's community and see the answers as they come."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import aiohttp
from rich.console import Console
from rich.text import Text

from bot.demo import words
from bot.demo.bot_process import BotError
from bot.demo.cast import PLACES, WELCOME
from bot.demo.client_api import RequestRefusedError
from bot.demo.member import Member
from bot.demo.script import Person, Phrase, same
from bot.demo.stage import Stage
from bot.demo.terminal import Lines
from bot.demo.transcript import Transcript
from bot.ids import EventId, RoomId

FIRST_SPEAKER = "jo"
"""The newcomer: to whoever tries the demo everything is new, too."""

NEWCOMER_COLOUR = "bright_cyan"

_NAME = re.compile(r"[a-z0-9]{1,30}")
_ERASE_LINE = "\r\x1b[2K"
_ERASE_TYPED_LINE = "\x1b[1A\x1b[2K"


class Prompt:
    """One person at a terminal, who is one member in one room at a time."""

    def __init__(
        self, stage: Stage, console: Console, transcript: Transcript, descriptor: int
    ) -> None:
        self._stage = stage
        self._console = console
        self._transcript = transcript
        self._descriptor = descriptor
        self._name = FIRST_SPEAKER
        self._room: RoomId = stage.rooms[WELCOME.key]
        self._last: dict[tuple[str, RoomId], EventId] = {}
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "/as": self._become,
            "/room": self._go,
            "/dm": self._whisper,
            "/reply": self._reply,
            "/edit": self._edit,
            "/undo": self._undo,
            "/kill": self._kill,
            "/start": self._start,
            "/help": self._help,
        }

    async def run(self) -> None:
        """Obey the person until ``/quit`` or the end of the input."""
        self._tell(words.YOUR_TURN)
        async with Lines(self._descriptor) as lines:
            while True:
                # What is seen is what this member sees; somebody else needs another look.
                following = asyncio.create_task(self._follow(self._member))
                try:
                    if not await self._obey_as_one(lines):
                        return
                finally:
                    following.cancel()
                    await asyncio.wait([following])

    async def _obey_as_one(self, lines: Lines) -> bool:
        """Obey until another member is to speak; return whether there is more to come."""
        name = self._name
        while name == self._name:
            self._ask()
            line = await lines.next()
            if line is None or line.strip() in {"/quit", "/q"}:
                return False
            if self._console.is_terminal:
                # What was said comes back through the room.
                self._console.file.write(_ERASE_TYPED_LINE)
            await self._obey(line.strip())
        return True

    async def _obey(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        try:
            if name in self._commands:
                await self._commands[name](rest.strip())
            elif name.startswith("/"):
                self._tell(words.NO_SUCH_COMMAND, name=name)
            elif line:
                await self._say(line)
        except RequestRefusedError as error:
            self._tell(words.REFUSED, error=error.reason)
        except (aiohttp.ClientError, TimeoutError, BotError) as error:
            self._tell(words.FAILED, error=str(error) or type(error).__name__)

    async def _say(self, line: str, *, reply_to: EventId | None = None) -> None:
        event_id = await self._member.send(self._room, line, reply_to=reply_to)
        self._last[self._name, self._room] = event_id

    async def _become(self, name: str) -> None:
        name = name.removeprefix("@").lower()
        if not _NAME.fullmatch(name):
            self._tell(words.BAD_NAME)
            return
        if name not in self._stage.members:
            await self._stage.enter(Person(name, same(name.capitalize()), NEWCOMER_COLOUR))
        self._name = name
        if self._room not in self._stage.rooms.values():
            self._room = self._stage.rooms[WELCOME.key]
        await self._member.join(self._room)

    async def _go(self, wanted: str) -> None:
        wanted = wanted.removeprefix("#").lower()
        for place in PLACES:
            if wanted in {place.key, place.alias.fr, place.alias.en}:
                self._room = await self._member.join(self._stage.rooms[place.key])
                return
        self._tell(words.NO_SUCH_ROOM, rooms=self._places())

    async def _whisper(self, _: str) -> None:
        self._room = await self._stage.direct(self._name)

    async def _reply(self, line: str) -> None:
        if last := self._last_said():
            await self._say(line, reply_to=last)

    async def _edit(self, line: str) -> None:
        if last := self._last_said():
            await self._member.edit(self._room, last, line)

    async def _undo(self, _: str) -> None:
        if last := self._last_said():
            await self._member.redact(self._room, last)
            del self._last[self._name, self._room]

    async def _kill(self, _: str) -> None:
        await self._stage.bot.process.kill()
        self._tell(words.KILLED)

    async def _start(self, _: str) -> None:
        if not self._stage.bot.process.is_running:
            await self._stage.bot.process.start()
        self._tell(words.STARTED)

    async def _help(self, _: str) -> None:
        self._tell(words.HELP, people=", ".join(self._stage.people), rooms=self._places())

    def _last_said(self) -> EventId | None:
        last = self._last.get((self._name, self._room))
        if last is None:
            self._tell(words.NOTHING_SAID)
        return last

    @property
    def _member(self) -> Member:
        return self._stage.members[self._name]

    async def _follow(self, member: Member) -> None:
        try:
            async for event in member.follow():
                self._erase()
                self._transcript.show(event)
                self._ask()
        except (RequestRefusedError, aiohttp.ClientError, TimeoutError) as error:
            self._tell(words.FAILED, error=str(error) or type(error).__name__)

    def _places(self) -> str:
        return ", ".join(place.alias.in_language(self._stage.language) for place in PLACES)

    def _tell(self, phrase: Phrase, **values: object) -> None:
        self._erase()
        said = phrase.in_language(self._stage.language).format(**values)
        self._console.print(Text(said, style="italic"))

    def _ask(self) -> None:
        where = self._transcript.room_name(self._room)
        if self._console.is_terminal:
            self._erase()
            self._console.print(Text(f"{self._name} {where} › ", style="bold"), end="")
            self._console.file.flush()

    def _erase(self) -> None:
        if self._console.is_terminal:
            self._console.file.write(_ERASE_LINE)
