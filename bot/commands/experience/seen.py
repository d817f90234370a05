"""Seen: what is asked of the server before an experience is shown or changed."""

from dataclasses import dataclass, field

from bot.command import Context, Gathering
from bot.ids import UserId
from bot.services import experience_card, experience_listing, experience_showing, experience_sight
from bot.services.experience_card import NO_FACTS, Manner
from bot.services.experience_sight import Sight
from bot.storage import experience
from bot.storage.experience import Experience
from bot.text import Text

CARD = "experience"
"""Kind of the card on a message about an experience; its reference is the number."""

USEFUL = "🔁"
"""The reaction of who could use it at their place."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be shown here, what authors are called, and whether the person animates its room."""

    sight: Sight
    names: dict[UserId, str] = field(default_factory=dict)
    is_animated: bool = False


async def see(gathering: Gathering, number: int) -> Seen:
    """Ask the server who may see ``E<number>`` here, and do what."""
    async with gathering.database.read() as snapshot:
        item = await experience.get(snapshot, number)
    place, user, reader = gathering.place, gathering.person.user_id, gathering.reader
    only = frozenset({item.room_id} if item is not None else ())
    sight = await experience_sight.look(
        reader, gathering.database, place.room_id, user, is_pair=place.is_pair, only=only
    )
    if item is None or not (sight.shows(item) or item.room_id in sight.rooms):
        return Seen(sight)
    names = await experience_listing.author_names(reader, [item])
    is_here = item.room_id == place.room_id and item.author != user
    return Seen(sight, names, is_here and await gathering.is_animator())


def manner(context: Context, author: UserId, names: dict[UserId, str]) -> Manner:
    """Return how a card is written for the person."""
    name = experience_listing.name_of(author, names)
    return Manner(context.person.language, context.person.zone, name)


async def show(context: Context, item: Experience, names: dict[UserId, str]) -> None:
    """Answer with the card of ``item``, which will follow it, and offer to call it useful."""
    transaction, outgoing = context.transaction, context.outgoing
    how = manner(context, item.author, names)
    known = await experience_card.facts(transaction, [item.id])
    facts = known.get(item.id, NO_FACTS)
    text: Text = experience_card.card(context.words, item, facts, how, context.now)
    start = len(outgoing.enqueued)
    context.answer(text, card=f"{CARD}:{item.id}")
    parcels = outgoing.enqueued[start:]
    await experience_showing.show(transaction, parcels, item.id, context.now, how)
    if context.earlier is None and item.author != context.person.user_id:
        first = parcels[0]
        outgoing.react(first.room_id, first.oid, USEFUL, conversation=first.conversation)
