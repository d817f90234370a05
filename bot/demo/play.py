"""Plays the story line by line, shows it from the rooms' history, and says what did not happen."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.demo import words
from bot.demo.bot_process import BotError
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.demo.script import Correct, Line, Phrase, PowerCut, Say, Scene, TakeBack, Tell, Whisper
from bot.demo.sealed_member import ENCRYPTED
from bot.demo.stage import Stage
from bot.demo.transcript import Transcript
from bot.ids import EventId, RoomId

ANSWER_WITHIN = timedelta(seconds=15)
"""For one answer; it takes some hundredths of a second, more on a machine that does much else."""


class StepFailedError(Exception):
    """Something in the story did not happen: what was expected, and what came."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"{expected} / {came}")
        self.expected = expected
        self.came = came


_Histories = Mapping[RoomId, list[RoomEvent]]


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said in the story, where, and the bot's first answer if it gave one."""

    line: Say
    room: RoomId
    event_id: EventId
    answer: EventId | None


class Play:
    """One performance of a story on a stage; counts its steps and what failed."""

    def __init__(
        self,
        stage: Stage,
        console: Console,
        transcript: Transcript,
        *,
        pause: timedelta = timedelta(),
    ) -> None:
        """``pause`` between two lines lets a person read along."""
        self._stage = stage
        self._console = console
        self._transcript = transcript
        self._pause = pause
        self._said: list[_Said] = []
        self.steps = 0
        self.failures = 0

    async def perform(self, scenes: Iterable[Scene]) -> None:
        """Play all scenes; a line that fails is reported and the story goes on.

        It ends early when the bot is no longer there.
        """
        for scene in scenes:
            self._console.print()
            self._console.rule(Text(self._words(scene.title), style="bold"), align="left")
            for line in scene.lines:
                await self._step(line)
                if not self._stage.bot.process.is_running:
                    return
                await asyncio.sleep(self._pause.total_seconds())
        histories = {
            room: await reader.history(room) for room, reader in self._stage.readers.items()
        }
        self._count_answers(histories)
        self._check_seals(histories)

    async def _step(self, line: Line) -> None:
        if isinstance(line, Tell):
            narrated = Text(self._words(line.words), style="italic dim")
            self._console.print(Padding(narrated, (1, 0, 0, 2), expand=False))
            return
        self.steps += 1
        try:
            await self._do(line)
        except StepFailedError as failure:
            await self._transcript.catch_up()
            self._report(failure)
        else:
            await self._transcript.catch_up()

    async def _do(self, line: Say | Correct | TakeBack | PowerCut | Whisper) -> None:
        match line:
            case Say():
                await self._say(line)
            case Correct():
                await self._correct(line)
            case TakeBack():
                await self._take_back(line)
            case PowerCut():
                await self._cut_power(line.command)
            case Whisper():
                await self._whisper(line)

    async def _say(self, line: Say) -> None:
        room, event_id = await self._utter(line)
        if line.is_reply or line.expects is None:
            await self._expect_answer(line, room, event_id)
        else:
            await self._expect_words(line.expects, self._stage.members[line.who], room)

    async def _expect_words(self, expected: Phrase, member: Member, room: RoomId) -> None:
        """Wait until the bot says something like it, whatever else it says before."""
        pattern = re.compile(self._words(expected))

        def is_expected(event: RoomEvent) -> bool:
            is_bot = event.sender == self._stage.bot.user_id and event.room_id == room
            return is_bot and bool(pattern.search(event.body))

        try:
            await member.wait_for(is_expected, ANSWER_WITHIN)
        except TimeoutError:
            raise StepFailedError(self._words(expected), self._nothing()) from None

    async def _utter(self, line: Say) -> tuple[RoomId, EventId]:
        member = self._stage.members[line.who]
        rooms = self._stage.rooms | {"dm": self._stage.directs.get(line.who)}
        room = rooms[line.where]
        if room is None:
            raise StepFailedError(self._words(words.DIRECT_ROOM), self._nothing())
        reply_to = self._labelled(line.reply_to).event_id if line.reply_to else None
        return room, await member.send(room, self._words(line.words), reply_to=reply_to)

    async def _expect_answer(self, line: Say, room: RoomId, event_id: EventId) -> None:
        if line.expects is None:
            self._said.append(_Said(line, room, event_id, None))
            return
        member = self._stage.members[line.who]
        try:
            answer = await self._stage.bot.answer_to(member, event_id, within=ANSWER_WITHIN)
        except TimeoutError:
            raise StepFailedError(self._words(line.expects), self._nothing()) from None
        self._said.append(_Said(line, room, event_id, answer.event_id))
        self._check(line.expects, answer)

    async def _correct(self, line: Correct) -> None:
        said = self._labelled(line.label)
        member = self._stage.members[said.line.who]
        await member.edit(said.room, said.event_id, self._words(line.words))

        def is_new_answer(event: RoomEvent) -> bool:
            is_edit = event.relation == "m.replace" and event.related_to == said.answer
            return is_edit and event.sender == self._stage.bot.user_id

        try:
            answer = await member.wait_for(is_new_answer, ANSWER_WITHIN)
        except TimeoutError:
            raise StepFailedError(self._words(line.expects), self._nothing()) from None
        self._check(line.expects, answer)

    async def _take_back(self, line: TakeBack) -> None:
        said = self._labelled(line.label)
        member = self._stage.members[said.line.who]
        await member.redact(said.room, said.event_id)
        try:
            # The bot takes its answer back, too: it was about something that is no more.
            await member.wait_for(lambda event: event.redacts == said.answer, ANSWER_WITHIN)
        except TimeoutError:
            expected = self._words(words.TAKEN_BACK)
            raise StepFailedError(expected, self._nothing()) from None
        self._said.remove(said)

    async def _cut_power(self, command: Say) -> None:
        process = self._stage.bot.process
        pid = process.pid
        # Frozen first, so that it surely dies after the command was sent and before the answer.
        process.freeze()
        room, event_id = await self._utter(command)
        await self._transcript.catch_up()
        await process.kill()
        note = self._words(words.POWER_CUT).format(pid=pid)
        self._console.print(Text(f"\n  ⚡ {note}", style="bold red"))
        try:
            await process.start()
        except BotError as error:
            raise StepFailedError(note, str(error)) from None
        await self._expect_answer(command, room, event_id)

    async def _whisper(self, line: Whisper) -> None:
        try:
            await self._stage.direct(line.who)
        except TimeoutError:
            raise StepFailedError(self._words(words.DIRECT_ROOM), self._nothing()) from None

    def _count_answers(self, histories: _Histories) -> None:
        """Hold the whole history against the story: one answer where one is due, else none."""
        self.steps += 1
        for said in self._said:
            given = self._stage.bot.answers(histories[said.room], said.event_id)
            due = 0 if said.line.expects is None else 1
            if len(given) != due:
                expected = words.ONE_ANSWER if due else words.NO_ANSWER
                spoken = self._words(said.line.words)
                came = self._words(words.COUNT).format(n=len(given))
                failure = StepFailedError(self._words(expected).format(words=spoken), came)
                self._report(failure)

    def _check_seals(self, histories: _Histories) -> None:
        """See that in the direct rooms all that was said came encrypted, and could be read."""
        self.steps += 1
        for room in self._stage.directs.values():
            for event in histories[room]:
                is_said = event.type in {"m.room.message", ENCRYPTED} and not event.is_redacted
                if is_said and not event.is_opened:
                    expected = self._words(words.ALL_SEALED)
                    self._report(StepFailedError(expected, f"{event.type} {event.event_id}"))

    def _check(self, expected: Phrase, answer: RoomEvent) -> None:
        if not re.search(self._words(expected), answer.body):
            raise StepFailedError(self._words(expected), answer.body)

    def _labelled(self, label: str) -> _Said:
        for said in self._said:
            if said.line.label == label:
                return said
        raise StepFailedError(label, self._nothing())

    def _report(self, failure: StepFailedError) -> None:
        self.failures += 1
        expected, came = self._words(words.EXPECTED), self._words(words.CAME)
        said = f"  ✗ {expected} : {failure.expected}\n    {came} : {failure.came}"
        self._console.print(Text(said, style="bold red"))

    def _nothing(self) -> str:
        seconds = ANSWER_WITHIN.total_seconds()
        return self._words(words.NOTHING).format(seconds=seconds)

    def _words(self, phrase: Phrase) -> str:
        return phrase.in_language(self._stage.language)
