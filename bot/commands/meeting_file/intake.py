"""``!ics import``: the meetings of a calendar file come into the room, after a look at them."""

import asyncio
from dataclasses import dataclass

from bot.command import Context, Gathering
from bot.errors import UserError
from bot.model import Media
from bot.services.icalendar import importing, reading
from bot.services.icalendar.importing import Plan
from bot.services.icalendar.reading import LIMIT_BYTES, Found, Rejected
from bot.services.meeting.entry import Origin
from bot.text import Said, bullets, fold, paragraphs

NAMES = frozenset({"import", "importe", "importer"})
_SURE = frozenset({"yes", "oui", "ok"})
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds, and whether who brings it animates the room."""

    found: list[Found]
    rejected: list[Rejected]
    is_animator: bool


def is_sure(words: str) -> bool:
    """Return whether it is to be done and not only looked at; raises UserError for other words."""
    if words and fold(words) not in _SURE:
        raise UserError("error.argument_unknown", given=words[:40])
    return bool(words)


async def gather(gathering: Gathering) -> Taken:
    """Fetch the file and read it."""
    if gathering.place.is_pair:
        raise UserError("meeting_import.room")
    media = await _file(gathering)
    data = await gathering.files.download(media, limit_bytes=LIMIT_BYTES)
    found, rejected = await asyncio.to_thread(reading.read, data, gathering.person.zone)
    return Taken(found, rejected, await gathering.is_animator())


async def _file(gathering: Gathering) -> Media:
    message = gathering.message
    if message.media is not None:
        return message.media
    found = None
    if message.reply_to is not None:
        found = await gathering.reader.message(message.room_id, message.reply_to)
    if found is None or found.media is None:
        raise UserError("meeting_import.no_file")
    return found.media


async def run(context: Context, taken: Taken, *, is_meant: bool) -> None:
    """Say what would happen, or do it and say what did."""
    place, person, now = context.place, context.person, context.now
    origin = Origin(person.user_id, place.room_id, place.language, context.source)
    made = await importing.planned(
        context.transaction, taken.found, origin, now, is_animator=taken.is_animator
    )
    if is_meant:
        await importing.apply(context.transaction, made, now)
    _answer(context, taken, made, is_meant=is_meant)


def _answer(context: Context, taken: Taken, made: Plan, *, is_meant: bool) -> None:
    counts = context.text(
        "meeting_import.done" if is_meant else "meeting_import.preview",
        created=made.created,
        changed=len(made.steps) - made.created,
        unchanged=made.unchanged,
        past=made.past,
        rejected=made.foreign + len(taken.rejected),
    )
    parts = [counts]
    if taken.rejected:
        user = context.person.user_id
        parts.append(
            bullets(
                context.text(each.reason, title=Said(each.title or "?", user))
                for each in taken.rejected[:_SHOWN]
            )
        )
    if made.foreign:
        parts.append(context.text("meeting_import.foreign"))
    if made.steps and not is_meant:
        parts.append(context.text("meeting_import.how"))
    context.answer(paragraphs(parts))
