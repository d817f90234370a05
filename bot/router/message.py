"""Message: which command a message gives the bot, if any, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.command import Command
from bot.errors import UserError
from bot.ids import EventId, Oid, UserId
from bot.model import Message
from bot.router.call import Call, Runner
from bot.router.hearing import Heard, Hearing
from bot.router.media import MediaHandler
from bot.router.registry import parting
from bot.router.source import follow, telling
from bot.router.suggestion import closest_name
from bot.router.surroundings import Surroundings
from bot.services.limit import Limit, Verdict
from bot.services.outgoing import first_answer
from bot.storage import inbox, outbox
from bot.storage.inbox import Entry, Outcome

HINT_EVERY = timedelta(days=1)
"""How often somebody alone with the bot is told what it can do, when they say no command."""

_MOST_HINTED = 10_000

_SPOKEN = ("m.text", "m.emote")
"""A notice is the voice of a bot."""

_FAILED = (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.BROKEN)

ROOM_FACTOR = 10
"""How many times the limit of one member a whole room may reach: a flood from many accounts."""

_LONGEST_GIVEN = 40
"""Characters of an unknown word that are repeated to who wrote it."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a message stands to the one it replaces, if it replaces one.

    ``corrects`` is a command of the sender that failed; ``noun`` says which command it was that
    worked, and ``earlier`` is the message that answered it.
    """

    corrects: EventId | None = None
    noun: str | None = None
    earlier: Oid | None = None

    def allows(self, command: Command[object]) -> bool:
        """Return whether the message may run ``command``: once done, only what can be edited."""
        return self.noun is None or (command.is_editable and command.noun == self.noun)


class MessageHandler:
    """Handles messages and edits of messages."""

    def __init__(
        self, surroundings: Surroundings, runner: Runner, limit: Limit, media: MediaHandler
    ) -> None:
        self._surroundings = surroundings
        self._media = media
        self._runner = runner
        self._limit = limit
        self._room_limit = Limit(limit.per_minute * ROOM_FACTOR)
        self._hearing = Hearing(surroundings)
        self._hinted: dict[UserId, datetime] = {}

    async def handle(self, entry: Entry, message: Message) -> None:
        """Run the command that ``message`` gives, or answer why not, or leave it alone."""
        around = self._surroundings
        # The words with a picture are a command only where they say so, and no answer to anything.
        is_pair = message.media is None and around.rooms.is_pair(message.room_id)
        words = around.address.command_of(message, is_pair=is_pair)
        if words is None and message.media is not None:
            await self._media.handle(entry, message)
        elif message.msgtype not in _SPOKEN and message.media is None:
            await around.finish(entry)
        else:
            await self._said(entry, message, words)

    async def _said(self, entry: Entry, message: Message, words: str | None) -> None:
        """Handle what was said in ``words``, None if they are not addressed to the bot."""
        around = self._surroundings
        if (corrected := await self._hearing.of_edit(message)) is not None:
            await self._hear(entry, message, corrected)
            return
        standing = await self._standing(message)
        if standing is not None and standing.noun is None and message.media is None:
            heard = await self._hearing.of_message(message)
            if heard is not None:
                await self._hear(entry, message, heard, standing.corrects)
                return
        if standing is None and (noun := await telling(around, message, words)) is not None:
            standing = _Standing(noun=noun)
        name, rest = parting(words or "")
        command = around.registry.find(name) if words is not None else None
        command, rest = around.registry.meant(command, rest)
        if standing is None and command is None:
            await follow(around, entry, message)
            return
        if standing is None or words is None:
            await around.finish(entry)
            return
        if command is None:
            await self._unknown(entry, message, name)
        elif not standing.allows(command):
            await around.finish(entry)
        elif await self._is_within_limit(entry, message):
            call = Call(
                entry,
                message,
                command,
                rest,
                corrects=standing.corrects,
                is_edit=standing.noun is not None,
                earlier=standing.earlier,
            )
            await self._runner.run(call)

    async def _hear(
        self, entry: Entry, message: Message, heard: Heard, corrects: EventId | None = None
    ) -> None:
        """Give the command that asked the answer, unless the sender is none whose words count."""
        around = self._surroundings
        command = around.registry.of_noun(heard.asked.noun)
        if (
            command is None
            or command.hear is None
            or around.is_bot(message.room_id, message.sender)
        ):
            await around.finish(entry)
        elif not await self._is_within_limit(entry, message):
            return
        elif heard.is_too_early:
            error = UserError("question.answered_already")
            await self._say(entry, message, error, Outcome.REFUSED)
        else:
            call = Call(
                entry,
                message,
                command,
                heard.answer,
                corrects=corrects,
                is_edit=heard.is_edit,
                asked=heard.asked,
                answer=heard.answer,
            )
            await self._runner.run(call)

    async def _standing(self, message: Message) -> _Standing | None:
        """Return how ``message`` stands to what it replaces, or None for an edit without effect.

        Anybody may send an edit of another's message, and the server passes it on: only the
        author's own counts, in the room where the original was said.
        """
        if message.replaces is None:
            return _Standing()
        async with self._surroundings.database.read() as snapshot:
            trace = await inbox.trace(snapshot, message.replaces)
            answered = (trace.answered_by if trace else None) or message.replaces
            earlier = first_answer(answered)
            is_message = await outbox.is_message(snapshot, earlier)
        if trace is None or (trace.sender, trace.room_id) != (message.sender, message.room_id):
            return None
        if trace.outcome in _FAILED:
            return _Standing(corrects=message.replaces)
        if trace.outcome is Outcome.ANSWERED and trace.command is not None:
            return _Standing(noun=trace.command, earlier=earlier if is_message else None)
        return None

    async def _is_within_limit(self, entry: Entry, message: Message) -> bool:
        """Return whether the sender may have one more command; if not, see to the rest."""
        at = min(message.sent_at, message.received_at) if entry.is_late else message.received_at
        verdict = self._limit.judge(message.sender, at)
        if verdict is Verdict.ALLOWED:
            verdict = self._room_limit.judge(message.room_id, at)
        if verdict is Verdict.TOLD:
            await self._say(entry, message, UserError("error.rate_limit"), Outcome.REFUSED)
        elif verdict is Verdict.SILENT:
            await self._surroundings.finish(entry, Outcome.REFUSED)
        return verdict is Verdict.ALLOWED

    async def _unknown(self, entry: Entry, message: Message, name: str) -> None:
        """Answer a word that is no command, if there is something kind and useful to say."""
        around = self._surroundings
        is_pair = around.rooms.is_pair(message.room_id)
        has_prefix = message.body.lstrip().startswith(around.address.prefix_in(message.room_id))
        close = closest_name(name, around.registry.names, has_beginning=has_prefix)
        given = name if len(name) <= _LONGEST_GIVEN else name[:_LONGEST_GIVEN] + "…"
        error: UserError | None = None
        if close is not None:
            error = UserError("error.did_you_mean", given=given, name=around.registry.spelt(close))
        elif is_pair and has_prefix:
            error = UserError("error.unknown_command", given=given)
        elif (is_pair or not name) and self._may_hint(message):
            error = UserError("hint.free_text")
        if error is None:
            await around.finish(entry, Outcome.UNKNOWN)
        elif await self._is_within_limit(entry, message):
            await self._say(entry, message, error, Outcome.UNKNOWN)

    def _may_hint(self, message: Message) -> bool:
        last = self._hinted.get(message.sender)
        if message.replaces or (last and message.received_at - last < HINT_EVERY):
            return False
        self._hinted.pop(message.sender, None)
        self._hinted[message.sender] = message.received_at
        if len(self._hinted) > _MOST_HINTED:
            del self._hinted[next(iter(self._hinted))]
        return True

    async def _say(
        self, entry: Entry, message: Message, error: UserError, outcome: Outcome
    ) -> None:
        around = self._surroundings
        place = self._runner.place(message)
        person = await around.preferences.person(message.sender, place)
        await self._runner.refuse(entry, message, person, place, error, outcome=outcome)
