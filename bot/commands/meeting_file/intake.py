"""``!ics import``: the meetings of a calendar file come into the room, after a look at them."""

import asyncio
from dataclasses import dataclass, replace

from bot.command import Context, Gathering
from bot.errors import UserError
from bot.model import Media
from bot.services.icalendar import importing, intake, reading
from bot.services.icalendar.importing import Hand, Plan
from bot.services.icalendar.reading import LIMIT_BYTES, Found, Rejected
from bot.services.meeting.entry import Origin
from bot.text import Said, bullets, fold, paragraphs

NAMES = frozenset({"import", "importe", "importer"})
_SURE = frozenset({"yes", "oui", "ok"})
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds, who brings it, and what taking it in would do."""

    found: list[Found]
    rejected: list[Rejected]
    hand: Hand
    made: Plan


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
    place, message, now = gathering.place, gathering.message, gathering.now
    source = message.replaces or message.event_id
    origin = Origin(gathering.person.user_id, place.room_id, place.language, source)
    hand = Hand(origin, await gathering.is_animator())
    async with gathering.database.read() as snapshot:
        known = await importing.known(snapshot, found, place.room_id, now)
    made = await asyncio.to_thread(importing.planned, found, known, hand, now)
    importing.check_room(made, known)
    return Taken(found, rejected, hand, made)


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
    """Say what would happen, or begin to do it and say what comes of it."""
    if is_meant:
        ends = {step.after.uid: step.after.over_at for step in taken.made.steps}
        found = [replace(each, over_at=ends[each.uid]) for each in taken.found if each.uid in ends]
        await intake.begin(context.transaction, found, taken.hand, context.now)
    _answer(context, taken, is_meant=is_meant)


def _answer(context: Context, taken: Taken, *, is_meant: bool) -> None:
    made, user = taken.made, context.person.user_id
    counts = context.text(
        "meeting_import.done" if is_meant else "meeting_import.preview",
        created=made.created,
        changed=made.changed,
        unchanged=made.unchanged,
        past=made.past,
        rejected=made.foreign + made.older + len(taken.rejected),
    )
    parts = [counts]
    if made.cancelled:
        parts.append(context.text("meeting_import.cancelled", n=made.cancelled))
    if taken.rejected:
        parts.append(
            bullets(
                context.text(each.reason, title=Said(each.title or "?", user))
                for each in taken.rejected[:_SHOWN]
            )
        )
    if made.foreign:
        parts.append(context.text("meeting_import.foreign"))
    if made.older:
        parts.append(context.text("meeting_import.older", n=made.older))
    if made.steps and not is_meant:
        parts.append(context.text("meeting_import.how"))
    context.answer(paragraphs(parts))
