"""Card: how a meeting is shown, and how its counts follow what people answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.services.meeting import plan, reference, series
from bot.services.meeting.entry import is_over
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import attendee, due, meeting, occurrence
from bot.storage.attendee import Answer
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.transaction import Reader, Transaction
from bot.text import Code, Link, Said, Text, lines, paragraphs, render
from bot.when import Span, describe, long_date

KIND = "meeting_card"
"""Kind of what falls due: a card whose counts are to be brought up to date."""

EVERY = timedelta(seconds=5)
"""At most one edit of a card in this time, however many answer."""

KEYS = ("👍", "❔", "👎", "🔔", "📅")
"""What is put under a card for people to click on: going, maybe, not going, remind me, the file."""


@dataclass(frozen=True, slots=True)
class Look:
    """For whom something is shown: their language and zone, and when it is."""

    words: Catalogue
    language: str
    zone: ZoneInfo
    now: datetime

    def text(self, message_id: str, **params: object) -> Text:
        """Return a text of the catalogue."""
        return render(self.words.text(message_id, self.language), params)

    def count(self, message_id: str, n: int) -> Text:
        """Return a text of the catalogue about ``n`` things."""
        return render(self.words.text(message_id, self.language, n=n), {"n": n})


async def shown(reader: Reader, item: Meeting, look: Look, date: Occurrence | None = None) -> Text:
    """Return the card of ``item`` on ``date``, or the next, with its answers as they are now."""
    date = date or await next_date(reader, item, look.now)
    if date is None:
        date = await next_date(reader, item, item.starts_at - timedelta(days=1))
    if date is None:
        return draw(item, None, {}, look)
    counts = await attendee.counts(reader, item.id, series.known_as(item, date))
    deadline = await plan.deadline_of(reader, item, date)
    return draw(replace(item, deadline=deadline), date, counts, look)


def draw(item: Meeting, date: Occurrence | None, counts: Mapping[Answer, int], look: Look) -> Text:
    """Return the card of ``item``, on its next date."""
    head = look.text(
        "meeting.card.title",
        title=Said(item.title, item.organiser),
        id=Code(named(MEETING, item.id)),
    )
    parts = [head, *facts(item, date, look)]
    if item.state is State.CANCELLED:
        parts.append(look.text("meeting.card.cancelled"))
    elif item.state is State.PLANNED:
        parts += _numbers(item, counts, look)
    blocks = [lines(parts)]
    for message_id, text in (
        ("meeting.card.description", item.description),
        ("meeting.card.programme", item.programme),
    ):
        if text:
            blocks.append(look.text(message_id, text=Said(text, item.organiser)))
    return paragraphs(blocks) if len(blocks) > 1 else blocks[0]


async def next_date(reader: Reader, item: Meeting, now: datetime) -> Occurrence | None:
    """Return the first date of ``item`` that is not over, if there is one."""
    return next(await plan.upcoming(reader, item, now), None)


async def next_shown(reader: Reader, item: Meeting, look: Look) -> str:
    """Return when the next date of ``item`` is, in full."""
    date = next(await plan.upcoming(reader, item, look.now), None)
    return when(date, look) if date is not None else "–"


def when(date: Occurrence, look: Look, *, with_zone: bool = True) -> str:
    """Return when a date is, in full, in the zone of ``look``."""
    end = date.end
    if date.is_all_day:
        first = date.start.date()
        last = (end - timedelta(days=1)).date() if end is not None else first
        if last > first:
            start, final = (datetime.combine(each, time(), look.zone) for each in (first, last))
            return _long(Span(start, final, look.zone, is_all_day=True), look, with_zone=False)
        return long_date(first, zone=look.zone, language=look.language, with_zone=False,
                         now=look.now)  # fmt: skip
    if end is None:
        return long_date(date.start, zone=look.zone, language=look.language, with_zone=with_zone,
                         now=look.now)  # fmt: skip
    return _long(Span(date.start, end, look.zone), look, with_zone=with_zone)


async def touch(
    transaction: Transaction, item: Meeting, now: datetime, date: str | None = None
) -> None:
    """Let the card be brought up to date, once for all that happens until then.

    With ``date`` only what it shows of this date changed.
    """
    if item.card_oid is None or item.card_at is None or date not in (None, item.card_date):
        return
    at = max(now, item.card_at + EVERY)
    since = item.card_at.astimezone(UTC).isoformat()
    await due.plan_once(transaction, Due(KIND, str(item.id), since, at))


async def refresh(transaction: Transaction, outgoing: Outgoing, fired: Due, look: Look) -> None:
    """Edit the card that ``fired`` is about, silently, unless that was done a moment ago."""
    item = await meeting.get(transaction, int(fired.reference))
    if item is None or item.card_oid is None or item.card_at is None:
        return
    if look.now - item.card_at < EVERY:
        await due.postpone(transaction, fired, item.card_at + EVERY)
        return
    text = await _brought_up(transaction, item, of_meeting(item, look))
    outgoing.edit(item.room_id, item.card_oid, text, conversation=conversation(item))
    await meeting.note_card(transaction, item.id, item.card_oid, look.now, item.card_date or "")


async def _brought_up(transaction: Transaction, item: Meeting, look: Look) -> Text:
    """Return what the card in the room says now: of its own date, also when that is called off."""
    date = None
    if item.card_date and item.rrule is not None:
        date = await plan.date_known_as(transaction, item, item.card_date, look.now)
        if date is None and item.state is State.PLANNED:
            known = series.read_stamp(item.card_date)
            date = Occurrence(known, known.astimezone(look.zone), None, item.is_all_day)
            if await occurrence.is_cancelled(transaction, item.id, known):
                return draw(replace(item, state=State.CANCELLED), date, {}, look)
    return await shown(transaction, item, look, date)


async def post(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Meeting,
    look: Look,
    date: Occurrence | None = None,
    *,
    is_news: bool = False,
) -> None:
    """Say the card in the room of the meeting, with what people can click on under it.

    Of a series it shows ``date``, or the next; the answers under it are to that one. With
    ``is_news`` it notifies, and says that the date comes near.
    """
    date = date or await next_date(transaction, item, look.now)
    own = of_meeting(item, look)
    text = await shown(transaction, item, own, date)
    if is_news:
        text = paragraphs([own.text("meeting.card.comes_near"), text])
    about, said_by = reference.card_on(item, date), conversation(item)
    oid = outgoing.say(item.room_id, text, is_notice=not is_news, conversation=said_by, card=about)
    if item.state is State.PLANNED and not is_over(item, look.now):
        outgoing.offer(item.room_id, oid, KEYS, conversation=said_by)
    known = series.known_as(item, date) if date is not None else ""
    await meeting.note_card(transaction, item.id, oid, look.now, known)


def of_meeting(item: Meeting, look: Look) -> Look:
    """Return ``look`` in the language and zone of the meeting, for what its room reads."""
    return Look(look.words, item.language, ZoneInfo(item.zone), look.now)


def conversation(item: Meeting) -> str:
    """Return within which order what is said of a card is kept."""
    return conversation_with(item.room_id, item.organiser)


def facts(item: Meeting, date: Occurrence | None, look: Look) -> list[Text]:
    """Return when and where ``item`` takes place, a line each."""
    facts: list[Text] = []
    if date is not None:
        facts.append(look.text("meeting.card.when", date=when(date, look)))
    repeat = _repeat(item, look)
    if repeat is not None:
        facts.append(look.text("meeting.card.repeat", repeat=repeat))
    if item.place:
        facts.append(look.text("meeting.card.place", place=Said(item.place, item.organiser)))
    if item.link:
        facts.append(look.text("meeting.card.link", link=Link(item.link)))
    if item.deadline is not None:
        deadline = long_date(item.deadline, zone=look.zone, language=look.language,
                             with_zone=True, now=look.now)  # fmt: skip
        facts.append(look.text("meeting.card.deadline", date=deadline))
    return facts


def _repeat(item: Meeting, look: Look) -> str | None:
    rule = series.recurrence(item)
    if rule is None or "COUNT=1" in rule.rrule.split(";"):
        return None  # a rule of one date: the others are listed
    try:
        return describe(rule, language=look.language)
    except ValueError:
        return item.rrule  # an imported rule that has no words


def _numbers(item: Meeting, counts: Mapping[Answer, int], look: Look) -> list[Text]:
    numbers = {answer.value: counts.get(answer, 0) for answer in Answer}
    found = [look.text("meeting.card.counts", **numbers)]
    if item.capacity is not None:
        found.append(look.text("meeting.card.places", capacity=item.capacity, **numbers))
    return found


def _long(span: Span, look: Look, *, with_zone: bool) -> str:
    zone, language = look.zone, look.language
    return long_date(span, zone=zone, language=language, with_zone=with_zone, now=look.now)
