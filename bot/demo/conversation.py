"""The bot as one who talks with it knows it: somebody who answers what is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.demo.bot_process import BotProcess
from bot.demo.homeserver import Account
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import EventId, RoomId

ANSWER_WITHIN = timedelta(seconds=20)
"""Answers take some hundredths of a second; this is for a machine that does much else."""


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A bot on a homeserver, to talk with, and its process, to start and kill."""

    account: Account
    process: BotProcess

    @property
    def user_id(self) -> str:
        """The bot's full user id."""
        return self.account.user_id

    async def arrive(self, base_url: str, rooms: Iterable[RoomId]) -> None:
        """Start the bot for the first time and return when it is in all these rooms.

        What is said before is not meant for it. Raises BotError or TimeoutError.
        """
        async with await Member.login(base_url, self.account) as itself:
            await self.process.start()
            for room in rooms:
                await itself.wait_for(partial(self.joins, room))

    async def answer(
        self, member: Member, room: RoomId, words: str, *, reply_to: EventId | None = None
    ) -> RoomEvent:
        """Let the member say something and return what the bot answers; TimeoutError if nothing."""
        return await self.answer_to(member, await member.send(room, words, reply_to=reply_to))

    async def answer_to(
        self, member: Member, question: EventId, *, within: timedelta = ANSWER_WITHIN
    ) -> RoomEvent:
        """Return the bot's answer as soon as the member sees it; TimeoutError if there is none."""
        return await member.wait_for(lambda event: self._answers(event, question), within)

    async def settled_answers(
        self, member: Member, room: RoomId, *questions: EventId
    ) -> list[list[RoomEvent]]:
        """Return all answers to each question, once the bot has nothing more to say to them.

        A further command of the same member is answered after everything before it. TimeoutError
        when that is not answered.
        """
        await self.answer(member, room, "!ping")
        history = await member.history(room)
        return [self.answers(history, question) for question in questions]

    def answers(self, history: Iterable[RoomEvent], question: EventId) -> list[RoomEvent]:
        """Return every answer of the bot to that event, in the order of the history."""
        return [event for event in history if self._answers(event, question)]

    def joins(self, room: RoomId, event: RoomEvent) -> bool:
        """Return whether the event is the bot's coming into the room."""
        is_own = event.room_id == room and event.state_key == self.user_id
        return is_own and event.content.get("membership") == "join"

    def _answers(self, event: RoomEvent, question: EventId) -> bool:
        is_message = event.type == "m.room.message" and event.relation != "m.replace"
        return is_message and event.sender == self.user_id and event.reply_to == question
