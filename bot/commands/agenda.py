"""``!agenda``: what is to come: everything, one month, one town, or what one goes to oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent
from bot.services import page
from bot.services.meeting import agenda, card, sight
from bot.services.meeting.agenda import Kind, Line, Query
from bot.services.meeting.card import Look
from bot.services.meeting.sight import View
from bot.services.number import MEETING, named
from bot.storage import meeting
from bot.storage.attendee import Answer
from bot.text import Said, Text, bullets, paragraphs

_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, and how it was said."""

    query: Query
    shown: str


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: nothing, ``month``, ``novembre``, ``mine`` or a town."""
    today = gathering.now.astimezone(gathering.person.zone).date()
    return Asked(agenda.read(rest, today), " ".join(rest.split())[:_LONGEST_GIVEN])


async def gather(gathering: Gathering, asked: Asked) -> Sequence[Line]:
    """Find what may be shown here, beside the writer."""
    place, user, now = gathering.place, gathering.person.user_id, gathering.now
    view = View(user, place.room_id, place.is_pair, gathering.database, gathering.reader)
    async with gathering.database.read() as snapshot:
        coming = await meeting.rooms_since(snapshot, now) if place.is_pair else frozenset()
    rooms = await sight.rooms(view, coming)
    async with gathering.database.read() as snapshot:
        return await agenda.find(snapshot, asked.query, rooms, user, now)


async def run(context: Context, asked: Asked) -> None:
    """Show what was found, the next first."""
    found = context.facts
    if not isinstance(found, list) or not found:
        is_all = asked.query.kind is Kind.ALL
        said = "meeting.agenda_empty" if is_all else "meeting.agenda_nothing"
        context.answer(context.text(said, query=asked.shown))
        return

    def page_of(items: Sequence[Text], left: int, is_first: bool) -> Text:
        shown = bullets(items)
        if is_first:
            shown = context.text("meeting.agenda", n=len(found), items=shown)
        return paragraphs([shown, context.text("page.rest", n=left)]) if left else shown

    pages = page.paged([_line(context, line) for line in found], page_of)
    await page.show(context.transaction, context.outgoing, context.message, pages, context.now)


def _line(context: Context, line: Line) -> Text:
    """Return one date: in the meeting's zone among others, in the reader's own alone."""
    zone = context.person.zone if context.place.is_pair else ZoneInfo(line.item.zone)
    look = Look(context.words, context.person.language, zone, context.now)
    has_zone = zone.key != context.place.zone.key
    given = {
        "id": named(MEETING, line.item.id),
        "title": Said(line.item.title, line.item.organiser),
        "date": card.when(line.date, look, with_zone=has_zone),
        "where": Said(f" · {line.item.place}" if line.item.place else "", line.item.organiser),
    }
    if line.answer is Answer.NONE:
        return context.text("meeting.agenda_line", n=None, **given)
    return context.text(f"meeting.agenda_line.{line.answer}", n=None, **given)


AGENDA: Command[Asked] = Command(
    noun="meeting_agenda",
    english=("agenda", "events"),
    french=("agenda", "rdvs"),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
    needs_zone=True,
)
