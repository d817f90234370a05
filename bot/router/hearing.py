"""Hearing: whether a message answers something that the bot asked its sender."""

from dataclasses import dataclass

from bot.ids import Oid
from bot.model import Message, Reaction, Redaction
from bot.router.registry import parting
from bot.router.surroundings import Surroundings
from bot.services.answer import BUTTONS, control
from bot.services.question import is_answered_by
from bot.storage import question
from bot.storage.question import Question, State


@dataclass(frozen=True, slots=True)
class Heard:
    """``answer`` is what was said to ``asked``; ``is_edit`` tells that it replaces an answer.

    ``is_too_early`` tells that it was sent before the question could be read.
    """

    asked: Question
    answer: str
    is_edit: bool = False
    is_too_early: bool = False


class Hearing:
    """Finds the question that somebody answers; the newest one gets free text."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    async def of_edit(self, message: Message) -> Heard | None:
        """Return the answer that ``message`` corrects, if its sender gave it."""
        if message.replaces is None:
            return None
        async with self._surroundings.database.read() as snapshot:
            asked = await question.of_answer(snapshot, message.replaces)
        if asked is None or asked.user_id != message.sender:
            return None
        return Heard(asked, message.body, is_edit=True)

    async def of_message(self, message: Message) -> Heard | None:
        """Return what ``message`` answers; a message that is a command answers nothing.

        Where somebody is alone with the bot, any text is an answer that does not begin with the
        prefix and is more than the name of a command. Elsewhere only a reply to the question is.
        """
        is_pair = self._surroundings.rooms.is_pair(message.room_id)
        words = self._words(message, is_pair=is_pair)
        if words is None or not (is_pair or message.reply_to):
            return None
        async with self._surroundings.database.read() as snapshot:
            asked = None
            if message.reply_to is not None:
                asked = await question.of_event(snapshot, message.reply_to)
            if asked is not None and asked.user_id == message.sender:
                is_edit = asked.state is State.ANSWERED
                return None if is_edit and not is_pair else Heard(asked, words, is_edit)
            asked = await question.newest(snapshot, message.sender) if is_pair else None
        if asked is None:
            return None
        return Heard(asked, words, is_too_early=not is_answered_by(asked, message))

    async def of_reaction(self, reaction: Reaction, oid: str) -> Question | None:
        """Return the question that the message ``oid`` asks and that ``reaction`` answers."""
        async with self._surroundings.database.read() as snapshot:
            asked = await question.of_oid(snapshot, Oid(oid))
        if asked is None or asked.state is not State.OPEN or asked.user_id != reaction.sender:
            return None
        return asked if reaction.key in BUTTONS or reaction.key in asked.buttons else None

    async def taken_back(self, redaction: Redaction) -> Question | None:
        """Return the question whose answer was redacted."""
        async with self._surroundings.database.read() as snapshot:
            return await question.of_answer(snapshot, redaction.target)

    def _words(self, message: Message, *, is_pair: bool) -> str | None:
        """Return the words of an answer, or None for a command."""
        around = self._surroundings
        addressed = around.address.command_of(message, is_pair=False)
        words = message.body.strip() if addressed is None else addressed.strip()
        name, rest = parting(words)
        is_command = around.registry.find(name) is not None
        if addressed is None:
            is_alone = is_pair and not rest and control(words) is None
            return None if not words or (is_command and is_alone) else words
        has_prefix = message.body.lstrip().startswith(around.address.prefix_in(message.room_id))
        if is_command or not words or (has_prefix and control(words) is None):
            return None
        return words
