"""``!remind``: somebody wants to be told something later; what waits is listed or cancelled."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import number, reminder, snooze
from bot.services.meeting import offset
from bot.services.reminder import Wish
from bot.storage import reminder as stored
from bot.storage.reminder import Reminder
from bot.storage.transaction import Transaction
from bot.text import Said, bullets, fold
from bot.when import Recurrence, When, describe, long_date, split

_ME = re.compile(r"(?:me|moi)\b[,:]?\s*", re.IGNORECASE)
_LIST = frozenset({"list", "liste", "mine", "mes", "all", "tous"})
_CANCEL = frozenset({"cancel", "delete", "annule", "annuler", "supprime", "supprimer", "stop"})
_ROOM = frozenset({"room", "salon"})
_SNOOZE = frozenset({"snooze", "later", "plus-tard", "repousser", "repousse", "remettre"})
_PUT_OFF = re.compile(r"^(?:plus tard|put off)\b", re.IGNORECASE)
_DONE = frozenset({"done", "fait", "ok", "fini", "termine"})
_FOLLOW = frozenset({"follow", "suivre", "suis"})
_UNFOLLOW = frozenset({"unfollow", "oublier", "oublie"})
_LONGEST_LINE = 80


@dataclass(frozen=True, slots=True)
class Remind:
    """``text`` is to be said ``when``, to who asks or to the whole room."""

    when: When
    text: str
    is_for_room: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """``R<number>`` is not to be said."""

    number: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What waits is to be shown."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """``R<number>`` is to be said again after ``length``."""

    number: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Done:
    """``R<number>`` is done with for this time."""

    number: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody wants to be told as well when ``R<number>`` is said, or no more."""

    number: int
    is_on: bool


Asked = Remind | Cancel | Listing | Snooze | Done | Follow


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for; see the help of the command."""
    words = _PUT_OFF.sub("snooze", rest.strip())
    first, _, following = words.partition(" ")
    verb = fold(first)
    if fold(words) in _LIST:
        return Listing()
    if verb in _CANCEL | _SNOOZE | _DONE | _FOLLOW | _UNFOLLOW:
        meant = number.leading(number.REMINDER, following)
        if meant is not None:
            return _about(verb, *meant)
        if verb in _CANCEL:
            raise UserError("reminder.which")
    is_for_room = verb in _ROOM and bool(following)
    wish = following if is_for_room else words
    wish = _ME.sub("", wish, count=1) if _ME.match(wish) else wish
    if not wish:
        raise UserError("reminder.nothing_given")
    person = gathering.person
    when, text = split(wish, now=gathering.now, zone=person.zone, language=person.language)
    return Remind(when, text, is_for_room)


def _about(verb: str, meant: int, rest: str) -> Asked:
    if verb in _CANCEL:
        if rest:
            raise UserError("reminder.which")
        return Cancel(meant)
    if verb in _SNOOZE:
        lengths = offset.of(offset.read(rest or "1h") or "")
        if len(lengths) != 1:
            raise UserError("reminder.snooze_how_long", id=number.named(number.REMINDER, meant))
        return Snooze(meant, lengths[0].length)
    return Done(meant) if verb in _DONE else Follow(meant, verb in _FOLLOW)


async def gather(gathering: Gathering, asked: Asked) -> bool:
    """Ask the server whether somebody is an animator, where that matters."""
    if isinstance(asked, Remind) and asked.is_for_room and not gathering.place.is_pair:
        if not await gathering.is_animator():
            raise UserError("error.permission_animator")
        return True
    return isinstance(asked, Cancel) and await gathering.is_animator()


async def run(context: Context, asked: Asked) -> None:
    """Note, list, cancel, put off or follow reminders."""
    transaction, user, now = context.transaction, context.person.user_id, context.now
    match asked:
        case Remind():
            await _note(context, asked)
        case Cancel(number=doomed):
            animated = context.place.room_id if context.facts else None
            item = await reminder.cancel(transaction, doomed, user, now, animated)
            _confirm(context, item, "reminder.cancelled")
        case Snooze(number=meant, length=length):
            item, at = await snooze.snooze(transaction, meant, user, length, now)
            date = long_date(at, zone=context.person.zone, language=context.person.language,
                             with_zone=False, now=now)  # fmt: skip
            _confirm(context, item, "reminder.snoozed", date=date)
        case Done(number=meant):
            _confirm(context, await snooze.finish(transaction, meant, user, now), "reminder.done")
        case Follow(number=meant, is_on=is_on):
            room = context.place.room_id
            item = await snooze.subscribe(transaction, meant, user, room, is_on=is_on)
            _confirm(context, item, "reminder.followed" if is_on else "reminder.unfollowed")
        case Listing():
            await _list(context)


def _confirm(context: Context, item: Reminder, message_id: str, **params: str) -> None:
    """Say that it worked; that a reminder is put off is said to who reacted as well."""
    name = number.named(number.REMINDER, item.id)
    text = context.text(message_id, n=None, id=name, **params)
    if not context.is_quiet:
        context.confirm(text)
    elif message_id == "reminder.snoozed":
        context.answer(text)


async def _note(context: Context, asked: Remind) -> None:
    language = context.person.language
    wish = Wish(
        owner=context.person.user_id,
        room_id=context.place.room_id,
        text=asked.text,
        when=asked.when,
        language=language,
        source=context.source,
        reply_to=context.message.reply_to,
        is_for_room=asked.is_for_room and not context.place.is_pair,
    )
    item = await reminder.create(context.transaction, wish, context.now)
    name = number.named(number.REMINDER, item.id)
    date = reminder.next_date(item, language, context.now)
    card = f"{reminder.KIND}:{item.id}"
    about = item.text or context.text("reminder.this")
    if isinstance(asked.when, Recurrence):
        repeat = describe(asked.when, language=language)
        text = context.text(
            "reminder.saved_repeating", id=name, date=date, text=about, repeat=repeat
        )
    else:
        text = context.text("reminder.saved", id=name, date=date, text=about)
    # The date is said in full even where successes are but a reaction: it may be misunderstood.
    context.answer(text, card=card)


async def _list(context: Context) -> None:
    """Show what waits: alone with the bot all one's own; in a room those there, and the room's."""
    place, language, owner = context.place, context.person.language, context.person.user_id
    room = None if place.is_pair else place.room_id
    items = await stored.to_come(context.transaction, owner, room)
    if not items:
        context.answer(context.text("reminder.list_empty"))
        return
    shown = bullets(
        context.text(
            "reminder.line",
            id=number.named(number.REMINDER, item.id),
            text=Said(" ".join(item.text.split())[:_LONGEST_LINE], item.owner)
            if item.text
            else context.text("reminder.this"),
            date=reminder.next_date(item, language, context.now),
        )
        for item in items
    )
    title, n = ("reminder.list_here", None) if room else ("reminder.list", len(items))
    context.answer(context.text(title, n=n, items=shown))


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Cancel what the redacted command asked for."""
    return await reminder.take_back(transaction, event, now)


def _everybody(_reference: str, _room: RoomId, _user: UserId) -> bool:
    return True


def _twin(key: str, verb: str, length: str = "", undo: str = "") -> Twin:
    """Return what ``key`` on a reminder does; whose it is the service knows."""

    def words(reference: str) -> str:
        return f"{verb} {number.REMINDER}{reference} {length}".strip()

    def back(reference: str) -> str:
        return f"{undo} {number.REMINDER}{reference}"

    undoing = ("reminder", back) if undo else None
    return Twin(reminder.KIND, key, "reminder", words, _everybody, undoing)


REMINDER: Command[Asked] = Command(
    noun="reminder",
    english=("remind", "reminder", "remindme"),
    french=("rappel", "rappelle", "rappelle-moi", "rappels"),
    intent=Intent.REMIND,
    run=run,
    parse=parse,
    gather=gather,
    is_editable=True,
    take_back=take_back,
    needs_zone=True,
)

REACTIONS = (
    _twin("⏩", "snooze", "1h"),
    _twin("🗓", "snooze", "1d"),
    _twin("✅", "done"),
    _twin("🔔", "follow", undo="unfollow"),
)
"""What reactions on a reminder do: an hour later, a day later, done, tell me as well."""
