"""Similar: whoever shares something sees what others told that means much the same."""

from collections.abc import Mapping

from bot.command import Context, Gathering
from bot.services import (
    experience_listing,
    experience_meaning,
    experience_showing,
    experience_sight,
)
from bot.services.experience_card import Manner
from bot.services.experience_listing import Listed
from bot.services.experience_meaning import Wanted
from bot.storage.experience_index import Filter
from bot.text import Text

NONE_SIMILAR = Listed(())


async def similar_to(gathering: Gathering, told: Mapping[str, str | None]) -> Listed:
    """Return the few experiences that may be shown here and mean much the same as what is told.

    ``told`` is by field. Nothing for an edit: its author has seen them.
    """
    encoder, message = gathering.encoder, gathering.message
    if encoder is None or not encoder.is_ready or message.replaces is not None:
        return NONE_SIMILAR
    place, reader, database = gathering.place, gathering.reader, gathering.database
    sight = await experience_sight.look(
        reader, database, place.room_id, gathering.person.user_id, is_pair=place.is_pair
    )
    scope = Filter(sight.open, is_widened=sight.is_widened)
    words = experience_meaning.passages(told)
    wanted = Wanted(scope, experience_meaning.SIMILAR)
    numbers = await experience_meaning.close_to(encoder, database, words, wanted)
    return await experience_listing.load(reader, database, numbers, sight)


def shown(context: Context, similar: Listed) -> Text | None:
    """Return what is said of ``similar``, or None if there is nothing."""
    if not similar.items:
        return None
    manner = Manner(context.person.language, context.person.zone, "")
    items = experience_listing.as_list(context.words, similar, manner, context.now)
    return context.text("experience.similar", items=items)


async def note(context: Context, similar: Listed, start: int) -> None:
    """Remember that what was said from act ``start`` on shows ``similar``: it may be withdrawn."""
    numbers = [item.id for item in similar.items]
    said = context.outgoing.enqueued[start:]
    await experience_showing.note_words(context.transaction, said, numbers, context.now)
