"""Writing: meetings as a calendar file; the same meetings give the same octets."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from bot import __version__
from bot.ids import RoomId, UserId
from bot.services import closing
from bot.services.closing import Closing
from bot.services.icalendar import zone
from bot.services.icalendar.line import joined, prop, words
from bot.services.meeting import offset, plan, series
from bot.services.meeting.offset import Offset
from bot.services.meeting.series import Occurrence
from bot.storage import attendee, meeting, occurrence, room_setting
from bot.storage.attendee import Answer
from bot.storage.meeting import Meeting, State
from bot.storage.occurrence import Change
from bot.storage.portion import in_portions
from bot.storage.transaction import Reader

MIMETYPE = "text/calendar"

_MOST_DATES = 2000
"""Dates of one series that are looked at for those that closing days move."""

_AHEAD = timedelta(days=3 * 366)
"""How far ahead closing days are written into a series."""

_PAST = timedelta(days=3)
"""After closing days, in any zone: until then what they moved takes place."""

_COMES = (Answer.GOING, Answer.WAITING, Answer.MAYBE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting with all that says when it takes place, and when its people are reminded."""

    item: Meeting
    changes: Sequence[Change] = ()
    closing: Closing = field(default_factory=Closing)
    offsets: Sequence[Offset] = ()


async def entries(reader: Reader, items: Sequence[Meeting]) -> list[Entry]:
    """Return ``items`` with what belongs to them, by two queries however many they are."""
    changes = await occurrence.of_meetings(reader, [item.id for item in items])
    settings = await room_setting.load(reader)
    rests = {room: closing.of(settings.get(room, {})) for room in {x.room_id for x in items}}
    found = []
    async for item in in_portions(items):
        chosen = settings.get(item.room_id, {})
        usual = chosen[plan.OFFSETS].value if plan.OFFSETS in chosen else offset.DEFAULT
        kept = item.offsets if item.offsets is not None else usual
        own = changes.get(item.id, [])
        found.append(Entry(item, own, rests[item.room_id], offset.of(kept)))
    return found


async def to_come(
    reader: Reader, rooms: Sequence[RoomId], now: datetime, comes: UserId | None = None
) -> list[Entry]:
    """Return what is to come in ``rooms``; with ``comes`` only what they hold or come to."""
    items = await meeting.to_come(reader, rooms, now)
    if comes is not None:
        coming = await attendee.meetings_of(reader, comes, _COMES, series.stamp(now - _PAST))
        items = [item for item in items if item.organiser == comes or item.id in coming]
    return await entries(reader, items)


def version_of(found: Sequence[Entry], *more: str) -> str:
    """Return what tells whether a file of ``found`` would be another one, without writing it.

    What follows the answers of people (the card) is no part of it.
    """
    plain = [
        replace(each, item=replace(each.item, card_oid=None, card_at=None, card_date=None))
        for each in found
    ]
    return hashlib.sha256(repr((__version__, more, plain)).encode()).hexdigest()


def write(found: Sequence[Entry], name: str) -> bytes:
    """Return the file; calendars show it as ``name``."""
    return _calendar(found, ["METHOD:PUBLISH", words("X-WR-CALNAME", name)])


def write_feed(found: Sequence[Entry], name: str) -> bytes:
    """Return what a calendar that subscribed reads, and how often (RFC 7986, 5.7)."""
    often = ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    return _calendar(found, ["METHOD:PUBLISH", words("X-WR-CALNAME", name), *often])


def write_resource(each: Entry) -> bytes:
    """Return one meeting as a calendar server keeps it: without a method (RFC 4791, 4.1)."""
    return _calendar([each], [])


def _calendar(found: Sequence[Entry], head: Sequence[str]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Compagnon//Compagnon//FR",
        "CALSCALE:GREGORIAN",
        *head,
    ]
    years: dict[str, int] = {}
    for each in found:
        if not each.item.is_all_day:
            year = each.item.starts_at.year
            years[each.item.zone] = min(year, years.get(each.item.zone, year))
    for key in sorted(years):
        lines += zone.written(key, years[key])
    for each in found:
        lines += _events(each)
    return joined([*lines, "END:VCALENDAR"])


def _events(each: Entry) -> list[str]:
    item = each.item
    start = item.starts_at.astimezone(ZoneInfo(item.zone))
    end = None
    if item.duration_minutes is not None:
        end = series.shown(start + timedelta(minutes=item.duration_minutes))
    rule = [prop("RRULE", item.rrule)] if item.rrule is not None else []
    left_out = series.left_out(item, each.changes, each.closing, _horizon(each))
    rule += [_at("EXDATE", known, item) for known in left_out]
    rule += [_at("RDATE", known, item) for known in series.added(item, each.changes)]
    lines = _event(each, start, end, rule)
    for date_ in _moved(each):
        known = [_at("RECURRENCE-ID", date_.recurrence_id, item)]
        lines += _event(each, date_.start, date_.end, known)
    return lines


def _event(each: Entry, start: datetime, end: datetime | None, more: Sequence[str]) -> list[str]:
    item = each.item
    is_off = item.state is State.CANCELLED
    stamp = f"{item.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VEVENT",
        words("UID", item.uid),
        prop("SEQUENCE", str(item.sequence)),
        prop("DTSTAMP", stamp),
        prop("LAST-MODIFIED", stamp),
        _at("DTSTART", start, item),
        *([_at("DTEND", end, item)] if end is not None else []),
        *more,
        prop("STATUS", "CANCELLED" if is_off else "CONFIRMED"),
        words("SUMMARY", item.title),
        *_texts(item),
    ]
    if not is_off:
        for before in each.offsets:
            lines += _alarm(before, item)
    return [*lines, "END:VEVENT"]


def _texts(item: Meeting) -> list[str]:
    lines = []
    told = "\n\n".join(text for text in (item.description, item.programme) if text)
    if told:
        lines.append(words("DESCRIPTION", told))
    if item.place:
        lines.append(words("LOCATION", item.place))
    if item.link and item.link.isprintable() and " " not in item.link:
        lines.append(prop("URL", item.link))
    return lines


def _alarm(before: Offset, item: Meeting) -> list[str]:
    length = f"P{before.days}D" if before.days else f"PT{before.minutes}M"
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        prop("TRIGGER", f"-{length}"),
        words("DESCRIPTION", item.title),
        "END:VALARM",
    ]


def _at(name: str, moment: datetime, item: Meeting) -> str:
    local = moment.astimezone(ZoneInfo(item.zone))
    if item.is_all_day:
        return f"{name};VALUE=DATE:{_day(local.date())}"
    return f"{name};TZID={item.zone}:{local:%Y%m%dT%H%M%S}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _moved(each: Entry) -> list[Occurrence]:
    """Return the dates that take place otherwise than the rule has it."""
    item = each.item
    if item.rrule is None:
        return []
    changed = {change.recurrence_id for change in each.changes}
    if not changed and not each.closing.ranges:
        return []
    last = _horizon(each)
    dates = series.dates(item, each.changes, each.closing, item.starts_at - timedelta(days=1))
    near = takewhile(lambda date_: date_.start.astimezone(UTC) <= last, dates)
    return [
        date_
        for date_ in islice(near, _MOST_DATES)
        if date_.recurrence_id in changed or date_.recurrence_id != date_.start.astimezone(UTC)
    ]


def _horizon(each: Entry) -> datetime:
    """Return until when the dates of a series are looked at one by one."""
    starts = [change.starts_at for change in each.changes if change.starts_at is not None]
    known = [change.recurrence_id for change in each.changes]
    far = max([each.item.starts_at, each.item.changed_at]) + _AHEAD
    ranges = each.closing.ranges
    days = [min(last, far.date()) for first, last in ranges if first < far.date()]
    ends = [datetime.combine(day, datetime.min.time(), UTC) + _PAST for day in days]
    return max([each.item.starts_at, *starts, *known, *ends])
