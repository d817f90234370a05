"""``!desk``: all that waits for the animators on one page, each with the command for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.announcement_delivery import room_link
from bot.services.meeting import agenda
from bot.services.meeting.agenda import Query
from bot.services.number import ANNOUNCEMENT, MEETING, REQUEST, named
from bot.services.request import FRESH, title
from bot.storage import announcement, inbox, letter, outbox, request, room, stats
from bot.storage.announcement import State
from bot.storage.outbox import State as Sending
from bot.text import Code, Said, Text, bullets, paragraphs
from bot.when import long_date

AHEAD = timedelta(days=14)
"""How far the desk looks: what is later is on it in time."""

NEW = timedelta(days=14)
"""For how long somebody is a newcomer whom one could still help to a first step."""

PATIENCE = timedelta(hours=48)
"""How long a newcomer is left in peace."""

MOST = 10
"""Lines of one kind: a page that is read standing."""


@dataclass(slots=True)
class Page:
    """What is to be decided, and what is soon, each as it was found first to last."""

    decide: list[Text] = field(default_factory=list)
    soon: list[tuple[datetime, Text]] = field(default_factory=list)


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take no arguments."""


async def gather(gathering: Gathering, _asked: None) -> frozenset[RoomId]:
    """Ask in which rooms with something on the desk the person is an animator."""
    async with gathering.database.read() as snapshot:
        known = await room.load(snapshot)
        pairs = {name for name, item in known.items() if item.is_pair}
    replaced = {name for name, item in known.items() if item.replaced_by}
    rooms = {*known, gathering.place.room_id} - pairs - replaced
    animated = frozenset([name for name in sorted(rooms) if await gathering.animates(name)])
    if not animated:
        raise UserError("error.permission_animator")
    return animated


async def run(context: Context, _asked: None) -> None:
    """Put what waits on one page."""
    if not isinstance(context.facts, frozenset):
        raise TypeError("the rooms of a desk are asked for before")
    rooms = frozenset(RoomId(name) for name in context.facts)
    page = Page()
    await _letters(context, rooms, page)
    await _announcements(context, rooms, page)
    await _meetings(context, rooms, page)
    parts: list[Text] = []
    if page.decide:
        parts.append(context.text("desk.decide", items=bullets(page.decide[:MOST])))
    if page.soon:
        soon = sorted(page.soon, key=lambda entry: entry[0])[:MOST]
        parts.append(context.text("desk.soon", items=bullets(text for _at, text in soon)))
    parts += await _people(context, rooms)
    counts = await outbox.count(context.transaction)
    dead, held = counts.get(Sending.DEAD, 0), counts.get(Sending.HELD, 0)
    broken = await inbox.count_dead(context.transaction)
    if dead or held or broken:
        parts.append(context.text("desk.trouble", dead=dead, held=held, broken=broken))
    if parts:
        context.answer(paragraphs([context.text("desk.heading"), *parts]))
    else:
        context.answer(context.text("desk.empty"))


async def _people(context: Context, rooms: frozenset[RoomId]) -> list[Text]:
    """Show whom nobody answered yet, and how many newcomers said nothing after two days."""
    parts: list[Text] = []
    waiting = await request.unanswered(context.transaction, rooms, context.now - FRESH, MOST)
    if waiting:
        shown = [
            context.text(
                "desk.request",
                id=Code(named(REQUEST, item.id)),
                words=Said(title(item), item.asker),
                room=room_link(item.room_id),
            )
            for item in waiting
        ]
        parts.append(context.text("desk.requests", items=bullets(shown)))
    since, until = context.now - NEW, context.now - PATIENCE
    silent = await stats.silent(context.transaction, rooms, since, until)
    if silent:
        parts.append(context.text("desk.newcomers", n=silent))
    return parts


async def _letters(context: Context, rooms: frozenset[RoomId], page: Page) -> None:
    for issue in await letter.drafts(context.transaction):
        if issue.room_id in rooms:
            link, name = room_link(issue.room_id), issue.room_id
            page.decide.append(
                context.text("desk.letter.waits", room=link, name=name, period=issue.period)
            )
    for item in await letter.all_letters(context.transaction):
        if item.room_id in rooms and item.due_at <= context.now + AHEAD:
            link, date = room_link(item.room_id), _date(context, item.due_at, item.zone)
            text = context.text("desk.letter.due", room=link, name=item.room_id, date=date)
            page.soon.append((item.due_at, text))


async def _announcements(context: Context, rooms: frozenset[RoomId], page: Page) -> None:
    for item in await announcement.waiting(context.transaction):
        if not rooms.intersection(item.rooms):
            continue
        name = named(ANNOUNCEMENT, item.id)
        if item.state is State.DRAFT:
            page.decide.append(context.text("desk.announcement.draft", id=name))
        elif item.due_at <= context.now + AHEAD:
            date = _date(context, item.due_at, item.zone)
            text = context.text("desk.announcement.planned", id=name, date=date)
            page.soon.append((item.due_at, text))


async def _meetings(context: Context, rooms: frozenset[RoomId], page: Page) -> None:
    nobody = UserId("")
    for line in await agenda.find(context.transaction, Query(), rooms, nobody, context.now):
        if line.date.start <= context.now + AHEAD:
            text = context.text(
                "desk.meeting",
                id=Code(named(MEETING, line.item.id)),
                title=Said(line.item.title, line.item.organiser),
                date=_date(context, line.date.start, line.item.zone),
            )
            page.soon.append((line.date.start, text))


def _date(context: Context, at: datetime, zone: str) -> str:
    language = context.person.language
    return long_date(at, zone=ZoneInfo(zone), language=language, with_zone=True, now=context.now)


DESK: Command[None] = Command(
    noun="desk",
    english=("desk",),
    french=("bureau",),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    guards_itself=True,
    gather=gather,
    only_answers=True,
)
