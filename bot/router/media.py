"""Media: a file that answers a card, or the command before it, does what its typed twin does."""

from collections.abc import Sequence

from bot.file_twin import FileTwin
from bot.ids import EventId
from bot.model import Message
from bot.router.call import Call, Runner
from bot.router.surroundings import Surroundings
from bot.services.limit import Limit, Verdict
from bot.services.outgoing import first_answer
from bot.storage import experience, outbox
from bot.storage.inbox import Entry
from bot.storage.transaction import Reader


class MediaHandler:
    """Handles files that came without a command; any that is about nothing is left alone."""

    def __init__(
        self, surroundings: Surroundings, runner: Runner, limit: Limit, twins: Sequence[FileTwin]
    ) -> None:
        self._surroundings = surroundings
        self._runner = runner
        self._limit = limit
        self._twins = {twin.kind: twin for twin in twins}

    async def handle(self, entry: Entry, message: Message) -> None:
        """Run the typed twin of ``message`` for who sent it."""
        around = self._surroundings
        found = None if message.replaces else await self._found(message)
        command = around.registry.of_noun(found[0].noun) if found is not None else None
        if (
            found is None
            or command is None
            or self._limit.judge(message.sender, message.received_at) is not Verdict.ALLOWED
        ):
            await around.finish(entry)
            return
        twin, reference = found
        await self._runner.run(Call(entry, message, command, twin.words(reference)))

    async def _found(self, message: Message) -> tuple[FileTwin, str] | None:
        """Return what the file is for, and the reference of the card; None if it is for nothing."""
        async with self._surroundings.database.read() as snapshot:
            for target in filter(None, (message.reply_to, message.thread)):
                kind, _, reference = (await _card_at(snapshot, target)).partition(":")
                if kind in self._twins:
                    return self._twins[kind], reference
        return None


async def _card_at(reader: Reader, event: EventId) -> str:
    """Return the card of a message of the bot, or that of its answer to ``event``; else nothing."""
    found = await outbox.card(reader, event) or await outbox.card_on(reader, first_answer(event))
    if found is not None:
        return found
    told = await experience.of_source(reader, event)
    return f"experience:{told.id}" if told is not None else ""
