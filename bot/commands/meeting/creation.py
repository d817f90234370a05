"""Creation: a meeting that was said in one go is put into the calendar, or corrected by an edit."""

from zoneinfo import ZoneInfo

from bot.command import Context
from bot.commands.meeting import guide
from bot.errors import UserError
from bot.services.meeting import card, change, doubt, entry
from bot.services.meeting.card import Look
from bot.services.meeting.entry import Origin
from bot.services.meeting.request import Create
from bot.storage import meeting as stored
from bot.storage.meeting import Meeting, State
from bot.text import Text


async def create(context: Context, asked: Create) -> None:
    """Put into the calendar what was said in one go, or what the edited command says now."""
    transaction, now = context.transaction, context.now
    known = await stored.of_source(transaction, context.source)
    if known is not None:
        await _correct(context, known, asked)
        return
    if context.is_edit and not await guide.was_started(context):
        raise UserError("meeting.gone")  # called off since: an edit does not bring it back
    person, place = context.person, context.place
    origin = Origin(person.user_id, place.room_id, place.language, context.source)
    item = await entry.create(transaction, asked.wish, origin, now)
    if item.state is State.DRAFT:
        _ask(context, item)
        return
    await card.post(transaction, context.outgoing, item, _look(context))
    if asked.is_rolled:
        context.outgoing.answer(context.message, context.text("meeting.rolled"))


async def _correct(context: Context, known: Meeting, asked: Create) -> None:
    """Take the edited command as the new words for what it made."""
    item = entry.corrected(known, asked.wish, context.now)
    item = await change.save(context.transaction, known, item, context.now)
    if item.state is State.DRAFT:
        context.answer(_question(context, item), card=f"{doubt.CARD}:{item.id}")
    elif known.state is State.DRAFT:
        await card.post(context.transaction, context.outgoing, item, _look(context))
    else:
        context.answer(await card.shown(context.transaction, item, _look(context, item)))


def _ask(context: Context, item: Meeting) -> None:
    """Ask about a date before anybody sees it; a reaction is enough for an answer."""
    message = context.message
    oid = context.outgoing.answer(message, _question(context, item), card=f"{doubt.CARD}:{item.id}")
    for key in doubt.keys(item):
        context.outgoing.react(message.room_id, oid, key, conversation=card.conversation(item))


def _question(context: Context, item: Meeting) -> Text:
    return doubt.question(item, context.place.prefix, _look(context))


def _look(context: Context, item: Meeting | None = None) -> Look:
    zone = ZoneInfo(item.zone) if item is not None else context.person.zone
    return Look(context.words, context.person.language, zone, context.now)
