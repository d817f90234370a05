"""Redaction: a command that is taken back takes back what it made, and its answer."""

from bot.model import Redaction
from bot.router.call import Call, Runner
from bot.router.hearing import Hearing
from bot.router.reaction import ReactionHandler, stand_in
from bot.router.surroundings import Surroundings
from bot.services.outgoing import oid_of
from bot.storage import inbox, reaction
from bot.storage.inbox import Entry, Outcome, Trace
from bot.storage.question import Question
from bot.storage.shown import shown_of
from bot.storage.transaction import Transaction

_MOST_ACTS = 20
"""How many acts of one answer are looked for; paging keeps answers far shorter."""


class RedactionHandler:
    """Handles redactions of what was addressed to the bot.

    The server passes on only redactions that it allowed: by the sender, or by a moderator, whose
    redaction counts as well.
    """

    def __init__(
        self, surroundings: Surroundings, runner: Runner, reactions: ReactionHandler
    ) -> None:
        self._surroundings = surroundings
        self._runner = runner
        self._reactions = reactions
        self._hearing = Hearing(surroundings)

    async def handle(self, entry: Entry, redaction: Redaction) -> None:
        """Take back the command, the answer or the reaction that was redacted."""
        around = self._surroundings
        async with around.database.read() as snapshot:
            given = await reaction.get(snapshot, redaction.target)
        asked = await self._hearing.taken_back(redaction)
        if given is not None:
            await self._reactions.take_away(entry, redaction, given)
        elif asked is not None:
            await self._take_back_answer(entry, redaction, asked)
        else:
            await self._take_back_command(entry, redaction)

    async def _take_back_answer(self, entry: Entry, redaction: Redaction, asked: Question) -> None:
        command = self._surroundings.registry.of_noun(asked.noun)
        if command is None or command.hear is None:
            await self._surroundings.finish(entry)
            return
        message = stand_in(redaction, redaction.target, asked.user_id)
        call = Call(entry, message, command, "", is_edit=True, is_quiet=True, asked=asked)
        await self._runner.run(call)

    async def _take_back_command(self, entry: Entry, redaction: Redaction) -> None:
        """Take back what the redacted command made; nothing is said about it."""
        around = self._surroundings

        async def work(transaction: Transaction) -> None:
            if not await inbox.is_waiting(transaction, entry.event_id):
                return
            trace = await inbox.trace(transaction, redaction.target)
            now = around.clock.now()
            outcome = Outcome.IGNORED
            if trace is None:
                await self._take_back_source(transaction, redaction)
            elif trace.room_id == redaction.room_id and trace.kind == "message":
                await self._take_back(transaction, redaction, trace)
                if trace.state is inbox.State.WAITING:
                    inbox.mark_done(transaction, redaction.target, Outcome.IGNORED, None, now)
                outcome = Outcome.ANSWERED
            inbox.mark_done(transaction, entry.event_id, outcome, None, now)

        await around.database.write(work)

    async def _take_back(
        self, transaction: Transaction, redaction: Redaction, trace: Trace
    ) -> None:
        around = self._surroundings
        command = around.registry.of_noun(trace.command) if trace.command else None
        causes = [redaction.target, *([trace.answered_by] if trace.answered_by else [])]
        now = around.clock.now()
        if command is not None and command.take_back is not None:
            for cause in causes:
                await command.take_back(transaction, cause, now)
        acts = [oid_of(f"event:{cause}", n) for cause in causes for n in range(_MOST_ACTS)]
        outgoing = around.outgoing(transaction, redaction.event_id, now)
        for shown in await shown_of(transaction, acts):
            # What was told alone is taken back where it was told.
            outgoing.redact(shown.room_id, shown.oid, conversation=shown.conversation)

    async def _take_back_source(self, transaction: Transaction, redaction: Redaction) -> None:
        """Withdraw what was captured from a message that was no command itself."""
        now = self._surroundings.clock.now()
        for command in self._surroundings.registry.commands:
            if command.take_back is not None:
                await command.take_back(transaction, redaction.target, now)
