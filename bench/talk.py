"""The members of a soak: what they write and when, with words that occur nowhere else."""

import asyncio
import random
from dataclasses import dataclass, field

from bot.demo.member import Member
from bot.ids import EventId, RoomId

ARROWS = ("→", "->", "=>")
SYLLABLES = [consonant + vowel for consonant in "bdfglmnprtvz" for vowel in "aiou"]


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a member does each thing, as weights, and how long they pause (mean, seconds)."""

    pause: float = 2.0
    ping: float = 30
    share: float = 25
    search: float = 15
    edit: float = 6
    redact: float = 4
    chat: float = 15
    remind: float = 0


@dataclass(slots=True)
class Conversation:
    """One member in one room, writing one thing after another, whatever the bot does."""

    member: Member
    room: RoomId
    habits: Habits
    luck: random.Random
    is_sealed: bool = False
    shares: dict[EventId, str] = field(default_factory=dict)
    """The experiences that this member has logged here and not taken back, with their word."""
    shown: set[EventId] = field(default_factory=set)
    """Those that were looked for. Taken back, they would take the bot's answers to that with them,
    and the history would not tell a lost answer from a withdrawn one."""

    async def run(self, seconds: float) -> None:
        """Write until the time is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (pause := self.luck.expovariate(1 / self.habits.pause)) < end - loop.time():
            await asyncio.sleep(pause)
            await self._act()

    async def audit(self) -> None:
        """Look for the latest words, so that the history shows what became of them."""
        for word in list(self.shares.values())[-5:]:
            await self._say(f"!search {word}")
        await self._say("!ping")

    async def _act(self) -> None:
        names = ("ping", "share", "search", "edit", "redact", "chat", "remind")
        weights = [getattr(self.habits, name) for name in names]
        match self.luck.choices(names, weights)[0]:
            case "share":
                await self._share()
            case "search":
                await self._search()
            case "edit" if self.shares:
                await self._edit()
            case "redact" if self.shares.keys() - self.shown:
                await self._redact()
            case "remind":
                await self._remind()
            case "chat":
                await self._say(f"Quelqu'un connaît {self._word()} ? On en parle demain.")
            case _:
                await self._say("!ping")

    async def _share(self) -> None:
        word = self._word()
        name = self.luck.choice(("share", "partage"))
        event = await self._say(f"!{name} {word} {self.luck.choice(ARROWS)} {self._word()}")
        self.shares[event] = word

    async def _search(self) -> None:
        word = self._word()
        if self.shares and self.luck.random() < 0.8:
            share = self.luck.choice(list(self.shares))
            self.shown.add(share)
            word = self.shares[share]
        await self._say(f"!{self.luck.choice(('search', 'cherche'))} {word}")

    async def _edit(self) -> None:
        share, word = self.luck.choice(list(self.shares)), self._word()
        await self.member.edit(self.room, share, f"!share {word} → {self._word()}")
        self.shares[share] = word

    async def _redact(self) -> None:
        share = self.luck.choice([each for each in self.shares if each not in self.shown])
        await self.member.redact(self.room, share)
        del self.shares[share]

    async def _remind(self) -> None:
        phrase = self.luck.choice(("remind me in 1 min", "rappel moi dans 1 min"))
        await self._say(f"!{phrase} {self._word()}")

    async def _say(self, body: str) -> EventId:
        return await self.member.send(self.room, body)

    def _word(self) -> str:
        return "".join(self.luck.choices(SYLLABLES, k=5))
