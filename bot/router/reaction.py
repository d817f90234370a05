"""Reaction: a reaction on a card of the bot does what its typed twin does."""

from collections.abc import Sequence
from dataclasses import replace

from bot.command import Twin
from bot.model import Message, Reaction
from bot.router.call import Call, Runner
from bot.router.limit import Limit, Verdict
from bot.router.surroundings import Surroundings
from bot.storage import outbox
from bot.storage.inbox import Entry


class ReactionHandler:
    """Handles reactions by the table of twins; any other reaction is nobody's business."""

    def __init__(
        self, surroundings: Surroundings, runner: Runner, limit: Limit, twins: Sequence[Twin]
    ) -> None:
        self._surroundings = surroundings
        self._runner = runner
        self._limit = limit
        self._twins = {(twin.kind, twin.key): twin for twin in twins}

    async def handle(self, entry: Entry, reaction: Reaction) -> None:
        """Run the typed twin of ``reaction`` for who gave it, if they are entitled."""
        around = self._surroundings
        async with around.database.read() as snapshot:
            card = await outbox.card(snapshot, reaction.target)
        kind, _, reference = (card or "").partition(":")
        twin = self._twins.get((kind, reaction.key))
        command = around.registry.of_noun(twin.noun) if twin is not None else None
        if (
            twin is None
            or command is None
            or not twin.is_for(reference, reaction.room_id, reaction.sender)
            or self._limit.judge(reaction.sender, reaction.received_at) is not Verdict.ALLOWED
        ):
            await around.finish(entry)
            return
        message = await self._as_message(reaction)
        words = twin.words(reference)
        await self._runner.run(Call(entry, message, command, words, is_quiet=True))

    async def _as_message(self, reaction: Reaction) -> Message:
        """Return the card as a message of who reacted: the answer replies to it, in its thread."""
        shown = await self._surroundings.reader.message(reaction.room_id, reaction.target)
        if shown is not None:
            return replace(shown, sender=reaction.sender, replaces=None, reply_to=None)
        return Message(
            event_id=reaction.target,
            room_id=reaction.room_id,
            sender=reaction.sender,
            sent_at=reaction.sent_at,
            received_at=reaction.received_at,
            body="",
            # A card is an answer: it has a relation, and cannot be the root of a thread.
            reply_to=reaction.target,
        )
