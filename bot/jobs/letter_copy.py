"""Letter copy: the letter that somebody gets alone, when it falls due."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ids import UserId
from bot.job import DueJob, Firing, Preparing
from bot.services.letter import subscription
from bot.services.letter.delivery import Means
from bot.services.letter.section import names_of
from bot.storage import due, letter_subscription
from bot.storage.letter_material import Span


@dataclass(frozen=True, slots=True)
class Found:
    """What may be told, None to nobody's member, and what authors are called."""

    span: Span | None = None
    names: Mapping[UserId, str] = field(default_factory=dict)


async def gather(preparing: Preparing) -> Found:
    """Ask the server in which rooms the person is now."""
    user, reader, database = UserId(preparing.item.reference), preparing.reader, preparing.database
    async with database.read() as snapshot:
        item = await letter_subscription.get(snapshot, user)
    if item is None:
        return Found()
    span = await subscription.span_of(reader, database, item, preparing.now)
    return Found(span, await names_of(reader, database, span) if span is not None else {})


async def run(firing: Firing) -> None:
    """Tell it, or count it as dropped where there is nothing to tell."""
    found = firing.facts if isinstance(firing.facts, Found) else Found()
    means = Means(
        outgoing=firing.outgoing,
        words=firing.words,
        usual=firing.usual,
        prefix=firing.prefix,
        names=found.names,
    )
    transaction, item = firing.transaction, firing.item
    if not await subscription.deliver(transaction, item, found.span, firing.now, means):
        await due.drop(transaction, item, firing.now)


LETTER_COPY = DueJob(kind=subscription.KIND, run=run, gather=gather)
