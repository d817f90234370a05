"""``!remind``: somebody wants to be told something later; what waits is listed or cancelled."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import EventId
from bot.services import number, reminder
from bot.services.reminder import Wish
from bot.storage import reminder as stored
from bot.storage.transaction import Transaction
from bot.text import bullets, fold
from bot.when import Recurrence, When, describe, split

_ME = re.compile(r"(?:me|moi)\b[,:]?\s*", re.IGNORECASE)
_LIST = frozenset({"list", "liste", "mine", "mes", "all", "tous"})
_CANCEL = frozenset({"cancel", "delete", "annule", "annuler", "supprime", "supprimer", "stop"})
_LONGEST_LINE = 80


@dataclass(frozen=True, slots=True)
class Remind:
    """``text`` is to be said ``when``."""

    when: When
    text: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """``R<number>`` is not to be said."""

    number: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What waits is to be shown."""


Asked = Remind | Cancel | Listing


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``[me] when what``, ``list``, or ``cancel R2``."""
    words = rest.strip()
    first, _, following = words.partition(" ")
    if fold(words) in _LIST:
        return Listing()
    if fold(first) in _CANCEL:
        doomed = number.read(number.REMINDER, following)
        if doomed is None:
            raise UserError("reminder.which")
        return Cancel(doomed)
    wish = _ME.sub("", words, count=1) if _ME.match(words) else words
    if not wish:
        raise UserError("reminder.nothing_given")
    person = gathering.person
    when, text = split(wish, now=gathering.now, zone=person.zone, language=person.language)
    return Remind(when, text)


async def run(context: Context, asked: Asked) -> None:
    """Note, list or cancel reminders of the person who asks."""
    match asked:
        case Remind():
            await _note(context, asked)
        case Cancel():
            user = context.person.user_id
            item = await reminder.cancel(context.transaction, asked.number, user, context.now)
            name = number.named(number.REMINDER, item.id)
            context.confirm(context.text("reminder.cancelled", id=name))
        case Listing():
            await _list(context)


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
    )
    item = await reminder.create(context.transaction, wish, context.now)
    name = number.named(number.REMINDER, item.id)
    date = reminder.next_date(item, language, context.now)
    card = f"{reminder.KIND}:{item.id}"
    if isinstance(asked.when, Recurrence):
        repeat = describe(asked.when, language=language)
        text = context.text(
            "reminder.saved_repeating", id=name, date=date, text=item.text, repeat=repeat
        )
    else:
        text = context.text("reminder.saved", id=name, date=date, text=item.text)
    # The date is said in full even where successes are but a reaction: it may be misunderstood.
    context.answer(text, card=card)


async def _list(context: Context) -> None:
    """Show what waits: in a room only what was asked for there, alone with the bot everything."""
    place, language = context.place, context.person.language
    items = [
        item
        for item in await stored.of_owner(context.transaction, context.person.user_id)
        if place.is_pair or item.room_id == place.room_id
    ]
    if not items:
        context.answer(context.text("reminder.list_empty"))
        return
    shown = bullets(
        context.text(
            "reminder.line",
            id=number.named(number.REMINDER, item.id),
            text=" ".join(item.text.split())[:_LONGEST_LINE],
            date=reminder.next_date(item, language, context.now),
        )
        for item in items
    )
    context.answer(context.text("reminder.list", n=len(items), items=shown))


async def take_back(transaction: Transaction, event: EventId, now: datetime) -> bool:
    """Cancel what the redacted command asked for."""
    return await reminder.take_back(transaction, event, now)


REMINDER: Command[Asked] = Command(
    noun="reminder",
    english=("remind", "reminder", "remindme"),
    french=("rappel", "rappelle", "rappelle-moi", "rappels"),
    intent=Intent.REMIND,
    run=run,
    parse=parse,
    is_editable=True,
    take_back=take_back,
    needs_zone=True,
)
