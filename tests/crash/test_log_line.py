"""The real bot, killed right after any line of its log and started again, goes on as if nothing
had been.

What is judged is the room's history alone. A kind of line after which nobody was killed fails.
"""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.ids import EventId, RoomId
from tests.e2e.conftest import MakeBot, MakeMember

EVENT = re.compile(r"\bevent=(\w+)")

FIRST_START = 12
"""Lives that a first start may take: one for each line of it, of which there are 7."""

LINES: Sequence[str] = (
    "journalled:1",
    "handled:1",
    "handled:3",
    "handled:6",
    "sent:1",
    "sent:3",
    "sent:6",
    "ready:1",
    "stopping:1",
)
"""After which line to die, and at which of its kind, while a conversation waits to be answered."""

BOTS = 3
"""Bots that live side by side, each killed again and again."""

LIVES_FOR = 30.0
"""Seconds; all lines come within two."""


@dataclass
class Round:
    """What a member says before one kill, and how the bot died of it."""

    word: str
    asked: list[EventId]
    taken_back: EventId
    end: str = ""


@dataclass
class Lives:
    """A bot that dies of each line in turn."""

    bot: RunningBot
    member: Member
    room: RoomId
    killed_after: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    rounds: dict[str, Round] = field(default_factory=dict)

    async def first_start(self) -> None:
        """Kill a bot that never ran after each line of its start, until there is no new one."""
        for _ in range(FIRST_START):
            async with _started(self.bot.process.config_path) as process:
                async for name, _count in self._lines(process):
                    if name not in self.killed_after:
                        self.killed_after.add(name)
                        process.kill()
                    elif name == "ready":
                        return
        raise AssertionError("there is always another line")

    async def conversation(self, line: str) -> None:
        """Say everything while the bot is not there, and kill it after ``line``, ``name:nth``."""
        name, _, nth = line.partition(":")
        said = self.rounds[line] = await self._say(line)
        async with _started(self.bot.process.config_path) as process, asyncio.timeout(LIVES_FOR):
            async for seen, count in self._lines(process):
                if (seen, count) == (name, int(nth)):
                    self.killed_after.add(name)
                    process.kill()
                elif seen == "ready" and name == "stopping":
                    process.send_signal(signal.SIGTERM)
            is_killed = await process.wait() == -signal.SIGKILL
        said.end = "killed" if is_killed else "not killed"

    async def verdicts(self) -> dict[str, str]:
        """Let the bot live, and return what the room shows of each round."""
        await self.bot.process.start()
        await self.bot.settled_answers(self.member, self.room)
        found = {
            line: (await self.bot.answer(self.member, self.room, f"!cherche {said.word}")).body
            for line, said in self.rounds.items()
        }
        history = await self.member.history(self.room)
        return {
            line: f"{said.end}; answers {[len(self.bot.answers(history, q)) for q in said.asked]}; "
            f"taken back {not self.bot.answers(history, said.taken_back)}; "
            f"corrected {'visites' in found[line]}"
            for line, said in self.rounds.items()
        }

    async def _say(self, line: str) -> Round:
        word = "mot" + re.sub(r"\W", "", line)
        jo, room = self.member, self.room
        share = await jo.send(room, f"!partage Trop de réunions {word} → une heure debout")
        await jo.edit(room, share, f"!partage Trop de visites {word} → une heure debout")
        asked = [
            share,
            await jo.send(room, f"!cherche {word}"),
            await jo.send(room, f"!rappel dans 2 heures arroser {word}"),
            await jo.send(room, "!ping"),
        ]
        taken_back = await jo.send(room, "!ping")
        await jo.redact(room, taken_back)
        asked.append(await jo.send(room, "!exps"))
        return Round(word, asked, taken_back)

    async def _lines(self, process: asyncio.subprocess.Process) -> AsyncIterator[tuple[str, int]]:
        """Yield the name of each event that is logged, with how many there were of it."""
        counts: Counter[str] = Counter()
        assert process.stderr is not None
        async for raw in process.stderr:
            line = raw.decode()
            # The end of what does not fit the log's own form would be a traceback.
            found = EVENT.search(line)
            assert found is not None, line
            counts[found[1]] += 1
            self.seen.add(found[1])
            yield found[1], counts[found[1]]


@asynccontextmanager
async def _started(config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the bot with its log in our hands, and never leave it behind."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--config", str(config)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "BOT_LOG__LEVEL": "debug"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            # Popen's own kill would take the exit code away from the event loop.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await process.communicate()


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_kill_after_any_line_of_the_log_loses_and_doubles_nothing(
    make_member: MakeMember, make_bot: MakeBot
) -> None:
    async def live(lines: Sequence[str], *, from_birth: bool) -> Lives:
        jo = await make_member("jo")
        room = await jo.create_room("Accueil")
        bot = await make_bot(room, more=_settings(room), start=not from_birth)
        lives = Lives(bot, jo, room)
        if from_birth:
            await lives.first_start()
        else:
            await bot.process.stop()
        for line in lines:
            await lives.conversation(line)
        return lives

    all_lives = await asyncio.gather(
        *(live(LINES[nth::BOTS], from_birth=nth == BOTS - 1) for nth in range(BOTS))
    )
    found = {line: said for one in all_lives for line, said in (await one.verdicts()).items()}

    right = "killed; answers [1, 1, 1, 1, 1]; taken back True; corrected True"
    assert found == dict.fromkeys(LINES, right)
    seen = {name for one in all_lives for name in one.seen}
    assert seen - {name for one in all_lives for name in one.killed_after} <= {"stopped"}


def _settings(room: RoomId) -> dict[str, dict[str, object]]:
    return {"community": {"rooms": [room]}, "limits": {"commands_per_minute": 0}}
