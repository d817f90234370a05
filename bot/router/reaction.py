"""Reaction: a reaction on a card does what its typed twin does, or answers a question."""

from collections.abc import Sequence
from dataclasses import replace

from bot.command import Twin
from bot.ids import EventId, UserId
from bot.model import Message, Reaction, Redaction
from bot.router.call import Call, Runner
from bot.router.hearing import Hearing
from bot.router.surroundings import Surroundings
from bot.services.experience_consent import UNTRACKED
from bot.services.limit import Limit, Verdict
from bot.services.question import CARD
from bot.storage import outbox
from bot.storage.inbox import Entry
from bot.storage.reaction import Given


class ReactionHandler:
    """Handles reactions by the table of twins; any other reaction is nobody's business."""

    def __init__(
        self, surroundings: Surroundings, runner: Runner, limit: Limit, twins: Sequence[Twin]
    ) -> None:
        self._surroundings = surroundings
        self._runner = runner
        self._limit = limit
        self._hearing = Hearing(surroundings)
        self._twins = {(twin.kind, twin.key): twin for twin in twins}

    async def handle(self, entry: Entry, reaction: Reaction) -> None:
        """Run the typed twin of ``reaction`` for who gave it, if they are entitled."""
        around = self._surroundings
        async with around.database.read() as snapshot:
            card = await outbox.card(snapshot, reaction.target)
        call = await self._call(entry, reaction, card or UNTRACKED)
        if call is None or self._limit.judge(reaction.sender, reaction.received_at) is not (
            Verdict.ALLOWED
        ):
            await around.finish(entry)
            return
        await self._runner.run(call)

    async def take_away(self, entry: Entry, redaction: Redaction, given: Given) -> None:
        """Undo what the reaction did that is taken away by who gave it."""
        around = self._surroundings
        kind, _, reference = given.card.partition(":")
        twin = self._twins.get((kind, given.key))
        undo = twin.undo if twin is not None else None
        command = around.registry.of_noun(undo[0]) if undo is not None else None
        if (
            twin is None
            or undo is None
            or command is None
            or redaction.sender != given.user_id
            or not twin.is_for(reference, given.room_id, given.user_id)
        ):
            await around.finish(entry)
            return
        if kind == UNTRACKED:
            message = stand_in(redaction, given.target, redaction.sender)
        else:
            message = await self._as_message(redaction, given.target)
        words = undo[1](reference)
        call = Call(entry, message, command, words, is_quiet=True, taken=given.event_id)
        await self._runner.run(call)

    async def _call(self, entry: Entry, reaction: Reaction, card: str) -> Call | None:
        """Return what ``reaction`` asks for, or None if it means nothing from its sender."""
        around = self._surroundings
        kind, _, reference = card.partition(":")
        if around.is_bot(reaction.room_id, reaction.sender):
            return None
        if kind == CARD:
            return await self._answer(entry, reaction, reference)
        twin = self._twins.get((kind, reaction.key.removesuffix("\ufe0f")))
        command = around.registry.of_noun(twin.noun) if twin is not None else None
        if twin is None or command is None:
            return None
        if not twin.is_for(reference, reaction.room_id, reaction.sender):
            return None
        if kind == UNTRACKED:
            message = stand_in(reaction, reaction.target, reaction.sender)
        else:
            message = await self._as_message(reaction, reaction.target)
        given = _given(reaction, card) if twin.undo is not None else None
        return Call(entry, message, command, twin.words(reference), is_quiet=True, given=given)

    async def _answer(self, entry: Entry, reaction: Reaction, oid: str) -> Call | None:
        asked = await self._hearing.of_reaction(reaction, oid)
        command = self._surroundings.registry.of_noun(asked.noun) if asked is not None else None
        if asked is None or command is None:
            return None
        message = await self._as_message(reaction, reaction.target)
        said = reaction.key
        return Call(entry, message, command, said, is_quiet=True, asked=asked, answer=said)

    async def _as_message(self, event: Reaction | Redaction, target: EventId) -> Message:
        """Return the card as a message of who reacted: the answer replies to it, in its thread."""
        shown = await self._surroundings.reader.message(event.room_id, target)
        if shown is not None:
            return replace(
                shown,
                sender=event.sender,
                sent_at=event.sent_at,
                received_at=event.received_at,
                replaces=None,
                reply_to=None,
            )
        # A card is an answer: it has a relation, and cannot be the root of a thread.
        return stand_in(event, target, event.sender)


def stand_in(event: Reaction | Redaction, target: EventId, sender: UserId) -> Message:
    """Return a message of ``sender`` in the place of ``target``, for what ``event`` asks for."""
    return Message(
        event_id=target,
        room_id=event.room_id,
        sender=sender,
        sent_at=event.sent_at,
        received_at=event.received_at,
        body="",
        reply_to=target,
    )


def _given(reaction: Reaction, card: str) -> Given:
    return Given(
        event_id=reaction.event_id,
        room_id=reaction.room_id,
        user_id=reaction.sender,
        target=reaction.target,
        card=card,
        key=reaction.key,
        given_at=reaction.received_at,
    )
