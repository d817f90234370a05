"""``!event``: a meeting is put into the calendar, shown, changed, moved or called off."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.commands.meeting import creation, guide
from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import number, page
from bot.services.meeting import (
    CARD,
    attendance,
    card,
    change,
    doubt,
    entry,
    listing,
    plan,
    reference,
    series,
    sight,
)
from bot.services.meeting.card import Look
from bot.services.meeting.change import Hand
from bot.services.meeting.field import Speaker
from bot.services.meeting.request import (
    Cancel,
    Confirm,
    Create,
    Follow,
    Guide,
    Move,
    Request,
    Set,
    Show,
    Who,
    read,
)
from bot.services.meeting.sight import View
from bot.storage import attendee
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Transaction
from bot.text import Said
from bot.when import long_date


def parse(rest: str, gathering: Gathering) -> Request:
    """Return what is asked for; see the help of the command."""
    person = gathering.person
    speaker = Speaker(person.zone, person.language, gathering.now)
    return read(rest, speaker, gathering.message.mentions)


async def gather(gathering: Gathering, asked: Request) -> Hand:
    """Ask the server who may see and change what."""
    place, user = gathering.place, gathering.person.user_id
    if isinstance(asked, Create | Guide):
        return Hand(user, frozenset({place.room_id}))
    view = View(user, place.room_id, place.is_pair, gathering.database, gathering.reader)
    is_change = not isinstance(asked, Show | Follow)
    return await sight.hand(view, asked.number, gathering.is_animator if is_change else None)


async def run(context: Context, asked: Request) -> None:
    """Do what is asked for."""
    hand = context.facts
    if not isinstance(hand, Hand):
        raise TypeError("a meeting is seen from somewhere")
    match asked:
        case Create():
            await creation.create(context, asked)
        case Guide(title=title):
            await guide.start(context, title)
        case Show(number=wanted):
            item = await change.visible(context.transaction, wanted, hand.rooms)
            await _show(context, item)
        case Follow(number=wanted, is_on=is_on):
            item = await change.visible(context.transaction, wanted, hand.rooms)
            user, now = context.person.user_id, context.now
            await attendance.subscribe(context.transaction, item, user, now, is_on=is_on)
            said = "meeting.followed" if is_on else "meeting.unfollowed"
            _confirm(context, item, said)
        case _:
            is_past_fine = isinstance(asked, Who)
            item = await change.changeable(
                context.transaction, asked.number, hand, context.now, is_past_fine=is_past_fine
            )
            await _change(context, item, asked)


async def _change(context: Context, item: Meeting, asked: Request) -> None:
    transaction, now = context.transaction, context.now
    match asked:
        case Confirm(is_other=is_other):
            item = await entry.confirm(transaction, item, now, is_other=is_other)
            await card.post(transaction, context.outgoing, item, _look(context))
        case Who(day=day):
            await _list_people(context, item, day)
        case Cancel():
            await _cancel(context, item, asked)
        case Move():
            await _move(context, item, asked)
        case Set(users=users) if users is not None:
            await change.set_coorganisers(transaction, item, users)
            names = ", ".join(users) or "–"
            _confirm(context, item, "meeting.coorganisers", names=names)
        case Set(name=name, value=value):
            await _set(context, item, name, value)


async def _cancel(context: Context, item: Meeting, asked: Cancel) -> None:
    transaction, now = context.transaction, context.now
    if asked.day is None:
        await change.cancel(transaction, item, now)
        _confirm(context, item, "meeting.cancelled")
    elif asked.is_following:
        await change.end_from(transaction, item, asked.day, now)
        _confirm(context, item, "meeting.ended", date=_day(context, asked.day))
    else:
        date = await change.cancel_date(transaction, item, asked.day, now)
        shown = card.when(date, _look(context, item))
        _confirm(context, item, "meeting.date_cancelled", date=shown)


async def _move(context: Context, item: Meeting, asked: Move) -> None:
    if asked.day is not None:
        speaker = _speaker(context)
        _, moved = await change.move_date(
            context.transaction, item, asked.day, asked.phrase, speaker
        )
        shown = card.when(moved, _look(context, item))
        _confirm(context, item, "meeting.changed", date=shown)
    elif item.rrule is not None:
        raise UserError("meeting.which_date", id=number.named(number.MEETING, item.id))
    else:
        await _set(context, item, "when", asked.phrase)


async def _show(context: Context, item: Meeting) -> None:
    """Show the card; the newest one in the meeting's room is the one that follows the counts."""
    if item.room_id == context.place.room_id and item.state is State.PLANNED:
        await card.post(context.transaction, context.outgoing, item, _look(context))
        return
    look = Look(context.words, context.person.language, context.person.zone, context.now)
    date = await card.next_date(context.transaction, item, context.now)
    text = await card.shown(context.transaction, item, look, date)
    context.answer(text, card=reference.card_on(item, date))


async def _list_people(context: Context, item: Meeting, day: date | None) -> None:
    """Show who answered what to a date, in the order in which they did."""
    transaction, now = context.transaction, context.now
    if day is not None:
        shown = await plan.date_on(transaction, item, day, now, is_past_fine=True)
    else:
        shown = await plan.next_or_last(transaction, item, now)
    people = await attendee.listed(transaction, item.id, series.known_as(item, shown))
    pages = listing.people(people, item, _look(context))
    if pages:
        await page.show(context.transaction, context.outgoing, context.message, pages, context.now)
    else:
        _confirm(context, item, "meeting.nobody")


async def _set(context: Context, item: Meeting, name: str, value: str) -> None:
    saved = await change.set_field(context.transaction, item, name, value, _speaker(context))
    date = await card.next_shown(context.transaction, saved, _look(context, saved))
    _confirm(context, saved, "meeting.changed", date=date)


def _confirm(context: Context, item: Meeting, message_id: str, **params: str) -> None:
    if context.is_quiet:
        return
    name = number.named(number.MEETING, item.id)
    context.confirm(
        context.text(message_id, n=None, id=name, title=Said(item.title, item.organiser), **params)
    )


def _day(context: Context, day: date) -> str:
    zone, language = context.person.zone, context.person.language
    return long_date(day, zone=zone, language=language, with_zone=False, now=context.now)


def _speaker(context: Context) -> Speaker:
    return Speaker(context.person.zone, context.person.language, context.now)


def _look(context: Context, item: Meeting | None = None) -> Look:
    """Return how something is shown to who asks: in the meeting's zone, if it is about one."""
    zone = ZoneInfo(item.zone) if item is not None else context.person.zone
    return Look(context.words, context.person.language, zone, context.now)


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Undo what the redacted command made."""
    return await change.take_back(transaction, event, now)


def _everybody(_reference: str, _room: RoomId, _user: UserId) -> bool:
    return True


def _words(verb: str, second: str = "") -> Callable[[str], str]:
    """Return what makes the words of a card's reference: the number, and after ``/`` a date."""
    return lambda shown: f"{verb} {number.MEETING}{shown.partition('/')[0]} {second}".strip()


MEETING: Command[Request] = Command(
    noun="meeting",
    english=("event", "evt"),
    french=("rdv", "événement", "évènement"),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
    hear=guide.hear,
    gather_answer=guide.gather,
    is_editable=True,
    take_back=take_back,
    needs_zone=True,
)

FIRST = Twin(doubt.CARD, doubt.FIRST, "meeting", _words("confirm", "1"), _everybody)
SECOND = Twin(doubt.CARD, doubt.SECOND, "meeting", _words("confirm", "2"), _everybody)
YES = Twin(doubt.CARD, doubt.YES, "meeting", _words("confirm"), _everybody)
BELL = Twin(CARD, "🔔", "meeting", _words("follow"), _everybody, ("meeting", _words("unfollow")))
