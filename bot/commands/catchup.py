"""``!catchup``: what happened on one's topics since one was last there, told to oneself alone."""

from dataclasses import dataclass
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services import catchup, experience_listing, experience_showing, experience_sight
from bot.services.catchup import Missed
from bot.services.experience_card import Manner
from bot.services.experience_listing import Listed
from bot.text import Text, paragraphs
from bot.when import long_date


@dataclass(frozen=True, slots=True)
class Found:
    """What was missed, and its first page."""

    missed: Missed
    listed: Listed


def parse(rest: str, _gathering: Gathering) -> datetime | None:
    """Take no arguments; the offer to catch up says since when, as nobody types it."""
    given = rest.strip()
    if not given:
        return None
    try:
        since = datetime.fromisoformat(given)
    except ValueError:
        raise UserError("catchup.not_understood") from None
    if since.tzinfo is None:
        raise UserError("catchup.not_understood")
    return since


async def gather(gathering: Gathering, asked: datetime | None) -> Found:
    """Find what is new of what the person may see, as in a room of two: nobody else reads it."""
    reader, database = gathering.reader, gathering.database
    user, room = gathering.person.user_id, gathering.place.room_id
    sight = await experience_sight.look(reader, database, room, user, is_pair=True)
    async with database.read() as snapshot:
        since = asked or await catchup.last_visit(snapshot, user, gathering.now)
        since = max(since, gathering.now - catchup.LONGEST)
        missed = await catchup.find(snapshot, user, sight, since)
    return Found(missed, await experience_listing.load(reader, database, missed.numbers, sight))


async def run(context: Context, _asked: datetime | None) -> None:
    """Tell the person alone."""
    found = context.facts
    assert isinstance(found, Found)  # noqa: S101  as gather returned it
    await catchup.decline(context.transaction, context.person.user_id)
    is_pair = context.place.is_pair
    if not is_pair:
        context.answer(context.text("catchup.told_alone"))
    if not found.listed.items:
        text = _text(context, found, "catchup.nothing")
        if is_pair:
            context.answer(text)
        else:
            context.outgoing.tell(context.person.user_id, text)
        return
    text = _list(context, found)
    if is_pair:
        await experience_listing.show(
            context.transaction, context.outgoing, context.message, found.listed, text, context.now
        )
        return
    start = len(context.outgoing.enqueued)
    context.outgoing.tell(context.person.user_id, text)
    numbers = [item.id for item in found.listed.items]
    parcels = context.outgoing.enqueued[start:]
    await experience_showing.note_words(context.transaction, parcels, numbers, context.now)


def _list(context: Context, found: Found) -> Text:
    person, listed = context.person, found.listed
    items = experience_listing.as_list(
        context.words, listed, Manner(person.language, person.zone, ""), context.now
    )
    noun = "catchup.topics" if found.missed.has_topics else "catchup.all"
    count = len(listed.items) + len(listed.rest)
    text = _text(context, found, noun, n=count, items=items)
    if not listed.rest:
        return text
    rest = "page.rest" if context.place.is_pair else "catchup.rest"
    return paragraphs([text, context.text(rest, n=len(listed.rest))])


def _text(
    context: Context, found: Found, message_id: str, *, n: int | None = None, **params: object
) -> Text:
    zone, language = context.person.zone, context.person.language
    day = found.missed.since.astimezone(zone).date()
    date = long_date(day, zone=zone, language=language, with_zone=False, now=context.now)
    return context.text(message_id, n=n, date=date, **params)


CATCHUP: Command[datetime | None] = Command(
    noun="catchup",
    english=("catchup", "catch-up"),
    french=("rattrapage",),
    intent=Intent.FIND,
    run=run,
    parse=parse,
    gather=gather,
    needs_zone=True,
)

OFFER = Twin(
    kind=catchup.CARD,
    key=catchup.YES,
    noun="catchup",
    words=lambda reference: reference.partition("|")[2],
    is_for=lambda reference, _room, user: reference.partition("|")[0] == user,
)
"""One tap takes the offer to catch up."""
