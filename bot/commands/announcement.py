"""``!announce``: animators have something said in rooms later, again and again, or now."""

from dataclasses import dataclass
from datetime import datetime

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import EventId, RoomId
from bot.services import announcement as rules
from bot.services import announcement_request as request
from bot.services import announcement_view as view
from bot.services.announcement import Wish
from bot.services.announcement_delivery import room_link
from bot.services.announcement_request import Asked, Change, Create, Listing
from bot.services.answer import Control, control
from bot.services.number import ANNOUNCEMENT as NUMBER
from bot.services.number import named
from bot.storage import announcement, announcement_delivery, announcement_history, room
from bot.storage.announcement import Announcement, State
from bot.storage.question import Question
from bot.storage.transaction import Transaction

_SHOWN = 10
"""Deliveries and deeds that are shown of one announcement: a screen of a telephone."""

_DEEDS = {"confirm": rules.confirm, "cancel": rules.cancel, "take": rules.take}
"""What needs nothing but the number, by its verb."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms that are meant, or those of what waits in which the person is an animator."""

    rooms: tuple[RoomId, ...]


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for; raises UserError."""
    person = gathering.person
    return request.parse(rest, now=gathering.now, zone=person.zone, language=person.language)


async def gather(gathering: Gathering, asked: Asked) -> Rooms:
    """Ask the server for the rooms and for the rights of the person in each of them."""
    if isinstance(asked, Create):
        rooms = await _named(gathering, asked.rooms)
        for name in rooms:
            if not await gathering.animates(name):
                raise UserError("announcement.no_right", room=room_link(name))
        await _check_call(gathering, asked.text, rooms)
        return Rooms(rooms)
    async with gathering.database.read() as snapshot:
        if isinstance(asked, Listing):
            items = await announcement.waiting(snapshot)
        else:
            found = await announcement.get(snapshot, asked.number)
            items = [found] if found is not None else []
    rooms = tuple(dict.fromkeys(name for item in items for name in item.rooms))
    animated = tuple([name for name in rooms if await gathering.animates(name)])
    if isinstance(asked, Change):
        if not animated:  # who may not know of it is told the same as when it is not there
            raise UserError("announcement.not_found", id=named(NUMBER, asked.number))
        if asked.verb in {"edit", "take"}:
            await _check_call(gathering, asked.text or items[0].text, rooms)
    elif not animated and not await gathering.is_animator():
        raise UserError("error.permission_animator")
    return Rooms(animated)


async def _named(gathering: Gathering, names: tuple[str, ...]) -> tuple[RoomId, ...]:
    """Return the rooms of these names in which the bot is; none named means this one."""
    if not names:
        if gathering.place.is_pair:
            raise UserError("announcement.room_missing")
        return (gathering.place.room_id,)
    server = gathering.person.user_id.partition(":")[2]
    async with gathering.database.read() as snapshot:
        known = await room.load(snapshot)
    rooms: list[RoomId] = []
    for name in names:
        alias = name if ":" in name else f"{name}:{server}"
        found = RoomId(name) if name[0] == "!" else await gathering.reader.room_of(alias)
        place = known.get(found) if found is not None else None
        if place is None or place.replaced_by is not None:
            raise UserError("announcement.room_unknown", room=name)
        rooms.append(place.room_id)
    return tuple(dict.fromkeys(rooms))


async def _check_call(gathering: Gathering, text: str, rooms: tuple[RoomId, ...]) -> None:
    """Refuse to mention a whole room for somebody who may not do so there."""
    if rules.CALL not in text:
        return
    for name in rooms:
        levels = await gathering.reader.power_levels(name)
        if levels.of(gathering.person.user_id) < levels.notify_room:
            raise UserError("announcement.no_call", room=room_link(name))


async def run(context: Context, asked: Asked) -> None:
    """Make, change, show or list announcements."""
    rooms = context.facts.rooms if isinstance(context.facts, Rooms) else ()
    match asked:
        case Create(when=when, text=text):
            wish = Wish(context.person.user_id, rooms, text, when, context.source)
            item = await rules.create(context.transaction, wish, context.now)
            await _preview(context, item)
        case Change(verb="show"):
            await _show(context, asked.number)
        case Change():
            await _change(context, asked)
        case Listing():
            waiting = await announcement.waiting(context.transaction)
            mine = [item for item in waiting if set(item.rooms) & set(rooms)]
            context.answer(view.listing(context.text, mine, context.person.language, context.now))


async def _change(context: Context, asked: Change) -> None:
    transaction, user, now = context.transaction, context.person.user_id, context.now
    number = asked.number
    match asked.verb:
        case "edit":
            await rules.edit(transaction, number, user, asked.text, now)
        case "move" if asked.when is not None:
            await rules.move(transaction, number, user, asked.when, now)
        case "now":
            await rules.say_now(transaction, number, user, context.message.event_id, now)
        case "late":
            await rules.set_late(transaction, number, user, asked.hours, now)
        case verb:
            await _DEEDS[verb](transaction, number, user, now)
    item = await announcement.get(transaction, number)
    if item is None:
        raise UserError("announcement.not_found", id=named(NUMBER, number))
    if asked.verb in {"edit", "move"} and item.state is State.DRAFT:
        await _preview(context, item)
        return
    message_id = f"announcement.done.{asked.verb}"
    if asked.verb == "late" and not asked.hours:
        message_id += "_never"
    context.answer(view.line(context.text, message_id, item, context.person.language, now))


async def _preview(context: Context, item: Announcement) -> None:
    """Show the draft to the animator alone, and ask whether it may be said."""
    shown = view.preview(context.text, item, context.person.language, context.now)
    await context.ask(shown, reference=str(item.id), offers=("✅", "❌"))
    if not context.place.is_pair:
        context.answer(context.text("announcement.previewed", id=named(NUMBER, item.id)))


async def _show(context: Context, number: int) -> None:
    item = await announcement.get(context.transaction, number)
    if item is None:
        raise UserError("announcement.not_found", id=named(NUMBER, number))
    deliveries = await announcement_delivery.latest(context.transaction, number, _SHOWN)
    deeds = await announcement_history.latest(context.transaction, number, _SHOWN)
    person = context.person
    context.answer(
        view.card(context.text, item, deliveries, deeds, person.language, person.zone, context.now)
    )


async def gather_answer(gathering: Gathering, asked: Question, _given: str | None) -> object:
    """Ask whether the person is still an animator where the draft is to be said."""
    return await gather(gathering, Change("confirm", int(asked.reference)))


async def hear(context: Context, asked: Question, given: str | None) -> None:
    """Plan the draft, or call it off; anything else leaves the question open."""
    number, said = int(asked.reference), control(given or "")
    if said is Control.YES:
        await _change(context, Change("confirm", number))
    elif said in {Control.NO, Control.STOP}:
        await _change(context, Change("cancel", number))
    else:
        raise UserError("announcement.yes_or_no", id=named(NUMBER, number))


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Call off what the redacted command made."""
    return await rules.take_back(transaction, event, now)


ANNOUNCEMENT: Command[Asked] = Command(
    noun="announcement",
    english=("announce", "announcement"),
    french=("annonce", "annoncer", "annonces"),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    guards_itself=True,
    gather=gather,
    is_editable=True,
    take_back=take_back,
    hear=hear,
    gather_answer=gather_answer,
    needs_zone=True,
)
