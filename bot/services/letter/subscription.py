"""Subscription: somebody gets the letter alone, with what they may see and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.ids import UserId, direct_room
from bot.ports import RoomReader
from bot.services import experience_showing, manner, quiet, setting
from bot.services.letter.composition import FURTHEST, compose
from bot.services.letter.delivery import Means
from bot.services.letter.entry import Pen
from bot.storage import due, room
from bot.storage import letter_subscription as store
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.letter_material import Span
from bot.storage.letter_subscription import Every, Subscription
from bot.storage.transaction import Reader, Transaction
from bot.text import paragraphs

KIND = "letter_copy"
"""Kind of what falls due when somebody gets the letter; the reference is who, the rest the day."""

CARD = "letter_copy"
"""Kind of the card on such a letter; its reference is the day."""

BUTTONS = ("👍", "👎")
"""What is offered below it: was it useful?"""

HOUR = time(9)
"""When it comes, in the person's own time: on Mondays, or on the first of the month."""

_FIRST = {Every.WEEK: timedelta(days=7), Every.MONTH: timedelta(days=31)}
"""How far before the subscription the first letter looks."""


def following(every: Every, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the next time (aware UTC) after ``after`` at which a letter comes."""
    first = after.astimezone(zone).date()
    for days in range(33):
        day = first + timedelta(days=days)
        is_it = day.weekday() == 0 if every is Every.WEEK else day.day == 1
        at = datetime.combine(day, HOUR, zone).astimezone(UTC)
        if is_it and at > after:
            return at
    raise ValueError("a month has a first day, and a week a Monday")


async def subscribe(
    transaction: Transaction, user: UserId, every: Every, how: tuple[str, ZoneInfo], now: datetime
) -> datetime:
    """Let ``user`` get the letter; ``how`` is language and zone. Return when it comes first."""
    language, zone = how
    await store.put(transaction, Subscription(user, every, language, zone.key, now))
    return await _plan(transaction, user, every, zone, now)


async def _plan(
    transaction: Transaction, user: UserId, every: Every, zone: ZoneInfo, after: datetime
) -> datetime:
    await due.cancel(transaction, KIND, user)
    at = following(every, zone, after)
    period = at.astimezone(zone).date().isoformat()
    await due.plan(transaction, Due(KIND, user, period, at))
    return at


async def unsubscribe(transaction: Transaction, user: UserId) -> bool:
    """Let ``user`` get no letter any more; return whether they got one."""
    await due.cancel(transaction, KIND, user)
    return await store.remove(transaction, user)


async def span_of(
    server: RoomReader, database: Database, item: Subscription, now: datetime
) -> Span | None:
    """Return what somebody may be told: of the rooms they are in now; None if they are in none.

    What the last one told is not told again, whatever was chosen since.
    """
    async with database.read() as snapshot:
        known = (await room.load(snapshot)).values()
        trusted = frozenset(await setting.trusted(snapshot))
        last = await store.last(snapshot, item.user_id)
    rooms = [each.room_id for each in known if each.is_common and not each.replaced_by]
    joined = await server.joined_rooms_of(item.user_id, frozenset(rooms))
    if not joined:
        return None
    since = max(last.at if last else item.subscribed_at - _FIRST[item.every], now - FURTHEST)
    return Span(tuple(sorted(joined - trusted)), since, now, True, trusted)


async def pen_of(reader: Reader, item: Subscription, means: Means, now: datetime) -> Pen:
    """Return the language and zone of a subscriber: as they chose, else as when they subscribed."""
    chosen = replace(means.usual, language=item.language, zone=ZoneInfo(item.zone))
    how = await manner.of_member(reader, item.user_id, chosen)
    return Pen(means.words, how.language, how.zone, now, means.prefix, means.names)


async def deliver(
    transaction: Transaction, planned: Due, span: Span | None, now: datetime, means: Means
) -> bool:
    """Tell somebody the letter; return False if there is nothing to do any more.

    Nothing new is no letter, and what there is then comes with the next one.
    """
    user = UserId(planned.reference)
    item = await store.get(transaction, user)
    if item is None:
        return False
    if span is None:  # no member of any room any more
        await store.remove(transaction, user)
        return False
    pen = await pen_of(transaction, item, means, now)
    usual = replace(means.usual, language=pen.language, zone=pen.zone)
    turn = await quiet.turn_with(transaction, user, now, usual)
    if turn > now:
        await due.postpone(transaction, planned, turn)
        return True
    await _plan(transaction, user, item.every, pen.zone, now)
    composed = await compose(transaction, span, pen)
    if composed is None or not await store.note(transaction, user, planned.occurrence, now):
        return False
    start = len(means.outgoing.enqueued)
    text = paragraphs([composed.text, pen.text("letter.copy_foot")])
    oid = means.outgoing.tell(user, text, card=f"{CARD}:{planned.occurrence}")
    parcels = means.outgoing.enqueued[start:]
    await experience_showing.note_words(transaction, parcels, composed.numbers, now)
    place = direct_room(user)
    means.outgoing.offer(place, oid, BUTTONS, conversation=place)
    return True
