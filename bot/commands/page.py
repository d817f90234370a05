"""``!more``: the rest of the last long answer."""

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services import experience_listing, experience_sight, page
from bot.services.experience_card import Manner
from bot.services.experience_listing import Listed
from bot.services.outgoing import conversation_with
from bot.storage import page as stored
from bot.text import paragraphs


async def gather(gathering: Gathering, _arguments: None) -> Listed | None:
    """Look up the experiences that come next, if experiences do, and who may see them now."""
    place, user = gathering.place, gathering.person.user_id
    async with gathering.database.read() as snapshot:
        numbers = await stored.next_numbers(snapshot, conversation_with(place.room_id, user))
    if not numbers:
        return None
    reader, database = gathering.reader, gathering.database
    sight = await experience_sight.look(
        reader, database, place.room_id, user, is_pair=place.is_pair
    )
    return await experience_listing.load(reader, database, numbers, sight)


async def run(context: Context, _arguments: None) -> None:
    """Show the next page of what the person asked for last in this room."""
    listed = context.facts
    if isinstance(listed, Listed):
        await _show(context, listed)
    elif not await page.show_next(context.transaction, context.outgoing, context.message):
        raise UserError("page.nothing_more")


async def _show(context: Context, listed: Listed) -> None:
    if not listed.items:
        raise UserError("page.nothing_more")
    manner = Manner(context.person.language, context.person.zone, "")
    text = experience_listing.as_list(context.words, listed, manner, context.now)
    if listed.rest:
        text = paragraphs([text, context.text("page.rest", n=len(listed.rest))])
    await experience_listing.show(
        context.transaction, context.outgoing, context.message, listed, text, context.now
    )


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take anything: there is one rest to show."""


PAGE: Command[None] = Command(
    noun="page",
    english=("more",),
    french=("suite",),
    intent=Intent.FIND,
    run=run,
    parse=parse,
    gather=gather,
)

MORE = Twin(
    kind=page.CARD,
    key=page.MORE,
    noun="page",
    words=lambda _reference: "",
    is_for=page.is_for,
)
