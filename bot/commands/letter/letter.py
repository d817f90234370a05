"""``!letter``: animators choose when a room gets its letter, read it before, and decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.command import Access, Command, Context, Gathering, Intent, Twin
from bot.commands.letter import subscription
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import experience_showing, manner
from bot.services.announcement_delivery import room_link
from bot.services.letter import plan
from bot.services.letter.composition import compose, span_of
from bot.services.letter.delivery import CARD
from bot.services.letter.entry import Pen
from bot.services.letter.request import Asked
from bot.services.letter.request import parse as parse_request
from bot.services.letter.section import names_of
from bot.services.manner import Manner
from bot.storage import letter, room
from bot.storage.letter import Letter
from bot.text import Text
from bot.when import Recurrence, describe, long_date


@dataclass(frozen=True, slots=True)
class Where:
    """The room whose letter is meant; the person is an animator there.

    ``names`` are what authors are called, for a preview.
    """

    room: RoomId
    names: Mapping[UserId, str] = field(default_factory=dict)


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for; raises UserError."""
    place, person = gathering.place, gathering.person
    zone = person.zone if place.is_pair else place.zone
    asked = parse_request(rest, now=gathering.now, zone=zone, language=person.language)
    if asked.verb == "off" and place.is_pair and not asked.room:
        return Asked("unsubscribe")  # alone with the bot there is no other letter to stop
    return asked


async def gather(gathering: Gathering, asked: Asked) -> Where | None:
    """Find the room, and ask the server whether the person is an animator there."""
    if asked.verb in subscription.OWN:
        return None
    place = gathering.place
    if not asked.room:
        if place.is_pair:
            raise UserError("letter.room_missing")
        found: RoomId | None = place.room_id
    elif asked.room[0] == "!":
        found = RoomId(asked.room)
    else:
        server = gathering.person.user_id.partition(":")[2]
        alias = asked.room if ":" in asked.room else f"{asked.room}:{server}"
        found = await gathering.reader.room_of(alias)
    async with gathering.database.read() as snapshot:
        known = await room.load(snapshot)
    is_here = found == place.room_id
    if found is None or not (is_here or found in known):
        raise UserError("letter.room_unknown", room=asked.room)
    if not await gathering.animates(found):
        raise UserError("letter.no_right", room=room_link(found))
    return Where(found, await _names(gathering, found) if asked.verb == "preview" else {})


async def _names(gathering: Gathering, target: RoomId) -> Mapping[UserId, str]:
    async with gathering.database.read() as snapshot:
        item = await letter.get(snapshot, target)
        if item is None:
            return {}
        span = await span_of(snapshot, item, gathering.now)
    return await names_of(gathering.reader, gathering.database, span)


async def run(context: Context, asked: Asked) -> None:
    """Show, schedule, change or send the letter of a room, or see to the person's own."""
    if asked.verb in subscription.OWN:
        await subscription.run(context, asked)
        return
    if not isinstance(context.facts, Where):
        raise TypeError("the room of a letter is asked for before")
    target = context.facts.room
    transaction, user, now = context.transaction, context.person.user_id, context.now
    if asked.verb == "schedule" and asked.when is not None:
        item = await plan.put(
            transaction, target, asked.when, user, now, is_community=asked.is_community
        )
        context.answer(_line(context, "letter.scheduled", item))
    elif asked.verb == "preview":
        await _preview(context, context.facts)
    elif asked.verb == "now":
        await plan.now(transaction, target, context.message.event_id, now)
        context.confirm(context.text("letter.now", room=room_link(target)))
    elif asked.verb == "off":
        await plan.stop(transaction, target)
        context.confirm(context.text("letter.off", room=room_link(target)))
    elif asked.verb in {"approve", "skip"}:
        await _decide(context, target, asked)
    else:
        await _change(context, target, asked)


async def _change(context: Context, target: RoomId, asked: Asked) -> None:
    transaction, user, now = context.transaction, context.person.user_id, context.now
    if asked.verb == "intro":
        if not asked.text:
            example = target if context.place.room_id != target else ""
            context.answer(context.text("letter.intro_how", room=example))
            return
        words = asked.text
        item = await plan.change(transaction, target, user, now, introduction=words)
        context.confirm(_line(context, "letter.introduced", item))
    elif asked.verb == "approval":
        item = await plan.change(transaction, target, user, now, approval=asked.text)
        context.confirm(context.text(f"letter.approval.{item.approval}"))
    else:
        item = await plan.get(transaction, target)
        parts = "letter.shown_community" if item.is_community else "letter.shown"
        context.answer(_line(context, parts, item))


async def _decide(context: Context, target: RoomId, asked: Asked) -> None:
    item = await plan.get(context.transaction, target)
    period = asked.period or plan.period_of(item)
    if asked.verb == "approve":
        await plan.approve(context.transaction, target, period, context.now)
        context.answer(_line(context, "letter.approved", item))
    elif await plan.skip(context.transaction, target, period, context.now):
        context.answer(context.text("letter.skipped", room=room_link(target), period=period))
    else:
        raise UserError("letter.over")


async def _preview(context: Context, where: Where) -> None:
    """Show the animator alone what the room would be sent now."""
    target = where.room
    item = await plan.get(context.transaction, target)
    place = context.place
    usual = Manner(place.language, place.zone, place.quiet, 1)
    how = await manner.of_room(context.transaction, target, usual)
    pen = Pen(context.words, how.language, how.zone, context.now, place.prefix, where.names)
    span = await span_of(context.transaction, item, context.now)
    composed = await compose(context.transaction, span, pen, item.introduction)
    if composed is None:
        context.answer(context.text("letter.nothing_new"))
        return
    start = len(context.outgoing.enqueued)
    if place.is_pair:
        context.answer(composed.text)
    else:
        context.outgoing.tell(context.person.user_id, composed.text)
        context.answer(context.text("letter.previewed"))
    parcels = context.outgoing.enqueued[start:]
    await experience_showing.note_words(context.transaction, parcels, composed.numbers, context.now)


def _line(context: Context, message_id: str, item: Letter) -> Text:
    zone, language = ZoneInfo(item.zone), context.person.language
    date = long_date(item.due_at, zone=zone, language=language, with_zone=True, now=context.now)
    start = item.due_at.astimezone(zone)
    repeat = describe(Recurrence(item.rrule, start, zone), language=language)
    return context.text(
        message_id,
        room=room_link(item.room_id),
        date=date,
        repeat=repeat,
        approval=context.text(f"letter.approval.{item.approval}"),
    )


LETTER: Command[Asked] = Command(
    noun="letter",
    english=("letter",),
    french=("lettre",),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    guards_itself=True,
    gather=gather,
    needs_zone=True,
)


def _twin(key: str, verb: str) -> Twin:
    """Return what a reaction on a draft does; who may is asked by the command itself."""

    def words(reference: str) -> str:
        target, _, period = reference.partition(" ")
        return f"{verb} {target}" if verb == "intro" else f"{verb} {target} {period}"

    return Twin(CARD, key, "letter", words, lambda _reference, _room, _user: True)


DECISIONS = (_twin("✅", "approve"), _twin("⏭", "skip"), _twin("✏", "intro"))
"""What animators decide about a draft with one tap."""
