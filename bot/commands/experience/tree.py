"""Tree: what an experience takes up, what takes it up, and what takes that up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.command import Context, Gathering
from bot.commands.experience.seen import manner
from bot.errors import UserError
from bot.ids import UserId
from bot.services import (
    experience_card,
    experience_lineage,
    experience_listing,
    experience_showing,
    experience_sight,
    number,
)
from bot.services.experience_card import NO_FACTS, Facts
from bot.storage.experience import Experience
from bot.text import Code, Text, bullets, lines


@dataclass(frozen=True, slots=True)
class Lineage:
    """The experiences of one lineage that may be shown, the first ancestor first."""

    items: Sequence[Experience]
    hidden: frozenset[int]
    names: dict[UserId, str]
    facts: Mapping[int, Facts]


async def gather(gathering: Gathering, wanted: int) -> Lineage:
    """Find the lineage of ``E<wanted>``, and which of it may be shown here."""
    place, reader, database = gathering.place, gathering.reader, gathering.database
    sight = await experience_sight.look(
        reader, database, place.room_id, gathering.person.user_id, is_pair=place.is_pair
    )
    async with database.read() as snapshot:
        items = await experience_lineage.of(snapshot, wanted)
        facts = await experience_card.facts(snapshot, [item.id for item in items])
    shown = sight.among(items)
    hidden = frozenset(item.id for item in items) - {item.id for item in shown}
    names = await experience_listing.author_names(reader, shown)
    return Lineage(items, hidden, names, facts)


async def run(context: Context, wanted: int) -> None:
    """Show the lineage as a tree; what may not be shown here is but its number."""
    found = context.facts
    if not isinstance(found, Lineage) or wanted not in {item.id for item in found.items}:
        raise UserError("experience.not_found", id=number.named(number.EXPERIENCE, wanted))
    if wanted in found.hidden:
        raise UserError("experience.not_visible", id=number.named(number.EXPERIENCE, wanted))
    root = found.items[0]
    tree = bullets([_branch(context, root, found)])
    wording = "experience.tree" if len(found.items) > 1 else "experience.tree_alone"
    start = len(context.outgoing.enqueued)
    context.answer(context.text(wording, items=tree, n=len(found.items) - 1))
    numbers = [item.id for item in found.items if item.id not in found.hidden]
    parcels = context.outgoing.enqueued[start:]
    await experience_showing.note_words(context.transaction, parcels, numbers, context.now)


def _branch(context: Context, item: Experience, found: Lineage) -> Text:
    line = _line(context, item, found)
    children = [each for each in found.items if each.parent_id == item.id]
    if not children:
        return line
    return lines([line, bullets(_branch(context, child, found) for child in children)])


def _line(context: Context, item: Experience, found: Lineage) -> Text:
    if item.id in found.hidden:
        name = Code(number.named(number.EXPERIENCE, item.id))
        return context.text("experience.elsewhere", id=name)
    how = manner(context, item.author, found.names)
    facts = found.facts.get(item.id, NO_FACTS)
    return experience_card.line(context.words, item, facts, how, context.now)
