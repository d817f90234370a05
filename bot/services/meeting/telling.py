"""Telling: those concerned hear of a meeting, each in their way, a portion at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.ids import UserId
from bot.services import manner
from bot.services.manner import Manner
from bot.services.meeting import card, holding, offset, plan, reference, series, wording
from bot.services.meeting.card import Look
from bot.services.meeting.holding import Listener
from bot.services.meeting.news import ALL, KIND, PORTION, ROOM, News, What, spread
from bot.services.meeting.series import Occurrence
from bot.services.outgoing import Fallback, Outgoing
from bot.services.retour import posting
from bot.storage import addressee, due, meeting
from bot.storage.addressee import Addressee, Circle
from bot.storage.attendee import Answer
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.member import Notified
from bot.storage.transaction import Transaction
from bot.text import Mention, Text, joined
from bot.when import zone_named

_CONCERNED = {
    What.REMINDER: (Answer.GOING,),
    What.MOVED: (Answer.GOING, Answer.WAITING, Answer.MAYBE),
    What.CANCELLED: (Answer.GOING, Answer.WAITING, Answer.MAYBE),
    What.ENDED: (Answer.GOING, Answer.WAITING, Answer.MAYBE),
    What.PLACE: (Answer.GOING,),
}


async def tell(
    transaction: Transaction, outgoing: Outgoing, item: Due, look: Look, usual: Manner
) -> bool:
    """Tell one portion, and plan the next; return False if there is nothing to be told any more."""
    news = News.read(item.occurrence)
    found = await meeting.get(transaction, int(item.reference))
    if found is None:
        return False
    date = await _date(transaction, found, news, look.now)
    if date is None:
        return False
    if news.only and await _is_outdone(transaction, found, news):
        return False
    how = await manner.of_room(transaction, found.room_id, usual)
    if news.only == ROOM:
        await say_in_room(transaction, outgoing, found, news, date, look)
        return True
    circle = Circle(
        found.id,
        _CONCERNED[news.what],
        date=news.date if news.date != ALL else None,
        since=series.stamp(look.now),
    )
    people = await addressee.portion(
        transaction, circle, after=news.after, only=news.only or None, limit=PORTION
    )
    rest = await plan.offsets_of(transaction, found)
    waits = {
        person: holding.until(news, date, rest, _listener(person, how), look.now)
        for person in people
    }
    _tell_now(outgoing, found, news, date, [p for p in people if waits[p] is None], look)
    for person, wait in waits.items():
        if wait is not None and holding.is_of_use(news, date, wait):
            await _tell_later(transaction, found, item, replace(news, only=person.user_id), wait)
    if len(people) == PORTION:
        await spread(transaction, found, replace(news, after=people[-1].user_id), look.now)
    return True


async def _tell_later(
    transaction: Transaction, item: Meeting, fired: Due, news: News, at: datetime
) -> None:
    """Let one person be told at a time that suits them; again, if it was put off before."""
    if fired.occurrence == news.key():
        await due.postpone(transaction, fired, at)
    else:
        await spread(transaction, item, news, at)


def _tell_now(
    outgoing: Outgoing,
    item: Meeting,
    news: News,
    date: Occurrence,
    people: Sequence[Addressee],
    look: Look,
) -> None:
    """Write to each of ``people``, but mention together those who chose that."""
    mentioned: list[UserId] = []
    for person in people:
        is_place = news.what is What.PLACE
        notified = Notified.DIRECT if is_place else person.chosen.notified or Notified.DIRECT
        if notified == Notified.MENTION:
            mentioned.append(person.user_id)
        elif notified == Notified.DIRECT:
            _write(outgoing, item, news, date, person, look)
    if mentioned:
        text = _mention(item, news, date, mentioned, look)
        outgoing.say(item.room_id, text, is_notice=False, conversation=card.conversation(item),
                     card=reference.card_on(item, date))  # fmt: skip


async def _date(
    transaction: Transaction, item: Meeting, news: News, now: datetime
) -> Occurrence | None:
    """Return the date that is meant, None where it is of no use any more to hear of it."""
    if news.what in (What.CANCELLED, What.ENDED):
        date = Occurrence(news.start, news.start.astimezone(ZoneInfo(item.zone)), None,
                          item.is_all_day)  # fmt: skip
        return date if now < date.over_at else None
    if item.state is not State.PLANNED:
        return None
    if news.what is What.PLACE:
        return await plan.date_known_as(transaction, item, news.date, now)
    return await plan.date_at(transaction, item, news.start, now)


async def _is_outdone(transaction: Transaction, item: Meeting, news: News) -> bool:
    """Return whether a later reminder of the same date was held until now as well."""
    if news.what is not What.REMINDER:
        return False
    [own] = offset.of(news.label)
    rest = plan.shorter(await plan.offsets_of(transaction, item), own)
    keys = [replace(news, label=str(each), missed=None).key() for each in rest]
    return await due.is_any_pending(transaction, KIND, str(item.id), keys)


def _listener(person: Addressee, how: Manner) -> Listener:
    zone = zone_named(person.chosen.timezone) or how.zone
    return Listener(replace(how, zone=zone), person.answered_at, person.chosen.paused_until)


async def say_in_room(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Meeting,
    news: News,
    date: Occurrence,
    look: Look,
) -> None:
    """Say the one line that the room gets; the first time a date of a series is next, its card."""
    if news.what is What.REMINDER and await _is_new(transaction, item, date, look.now):
        await posting.recall(transaction, outgoing, item, series.known_as(item, date), look)
        await card.post(transaction, outgoing, item, look, date, is_news=True)
        return
    text = wording.message(item, news, date, card.of_meeting(item, look))
    outgoing.say(item.room_id, text, is_notice=False, conversation=card.conversation(item),
                 card=reference.card_on(item, date))  # fmt: skip


async def _is_new(transaction: Transaction, item: Meeting, date: Occurrence, now: datetime) -> bool:
    """Return whether a date of a series is the next, and the room has no card to answer to it."""
    name = series.known_as(item, date)
    if not name or name == item.card_date:
        return False
    coming = next(await plan.upcoming(transaction, item, now), None)
    return coming is not None and series.known_as(item, coming) == name


def _write(
    outgoing: Outgoing,
    item: Meeting,
    news: News,
    date: Occurrence,
    person: Addressee,
    look: Look,
) -> None:
    """Tell one person, in their language and zone; by name in the room if they cannot be told."""
    chosen, user = person.chosen, person.user_id
    zone = zone_named(chosen.timezone) or ZoneInfo(item.zone)
    own = Look(look.words, chosen.language or item.language, zone, look.now)
    text = wording.message(item, news, date, own)
    instead = Fallback(item.room_id, _mention(item, news, date, [user], look))
    outgoing.tell(user, text, card=reference.card_on(item, date), fallback=instead)


def _mention(
    item: Meeting, news: News, date: Occurrence, users: Sequence[UserId], look: Look
) -> Text:
    """Return what tells some people in the room, by name."""
    own = card.of_meeting(item, look)
    names = joined((own.text("meeting.mention", member=Mention(user)) for user in users), ", ")
    text = wording.message(item, news, date, own)
    return own.text("meeting.mentioned", members=names, text=text)
