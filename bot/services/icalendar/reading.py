"""Reading: what a calendar file of somebody else says, as far as it can be held here.

A file is a stranger's: its size, lines, meetings and rules are limited, and no rule is taken whose
dates could be looked for in vain (``FREQ=SECONDLY``, the 30 February).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.services.icalendar.moment import Time, read_time
from bot.services.icalendar.rule import MOST_DATES, once, read_rule
from bot.services.meeting.entry import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE

LIMIT_BYTES = 1_000_000
MOST_EVENTS = 200
LONGEST_LINE = 20_000
"""Bytes of a file, meetings in it and characters of one line, at most."""

_LONGEST_UID = 255
_LONGEST_MEETING = timedelta(days=60)
_NAME = re.compile(r"([A-Za-z0-9-]+)((?:;[^:;\"]*(?:\"[^\"]*\")?)*):(.*)", re.DOTALL)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)
_METHOD_CANCEL = re.compile(r"^METHOD:CANCEL\s*$", re.MULTILINE | re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """One meeting of a file; ``recurrence_id`` tells that it is one date of a series.

    ``left_out`` and ``added`` are the starts that its rule has and that it does not (EXDATE,
    RDATE). ``sequence`` counts its versions, None where the file does not. ``over_at`` is when its
    last date is over, once somebody looked that up.
    """

    uid: str
    title: str
    start: Time
    minutes: int | None
    rrule: str | None
    left_out: tuple[datetime, ...]
    recurrence_id: datetime | None
    is_cancelled: bool
    description: str | None
    place: str | None
    link: str | None
    added: tuple[datetime, ...] = ()
    sequence: int | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A meeting that cannot be held here, and the id of the text that says why."""

    title: str
    reason: str


def read(data: bytes, zone: ZoneInfo) -> tuple[list[Found], list[Rejected]]:
    """Return what is in a file; times without a zone are in ``zone``.

    Raises UserError for what is no calendar, or too large.
    """
    if len(data) > LIMIT_BYTES:
        raise UserError("meeting_import.too_large")
    text = data.decode("utf-8-sig", "replace")
    if "BEGIN:VCALENDAR" not in text[:1000].upper():
        raise UserError("meeting_import.no_calendar")
    is_off = _METHOD_CANCEL.search(text) is not None
    found: list[Found] = []
    rejected: list[Rejected] = []
    for count, event in enumerate(_events(text)):
        if count >= MOST_EVENTS:
            raise UserError("meeting_import.too_many", limit=MOST_EVENTS)
        taken = _found({**event, "STATUS": [("", "CANCELLED")]} if is_off else event, zone)
        (found if isinstance(taken, Found) else rejected).append(taken)  # type: ignore[arg-type]  # each its own
    return found, rejected


_Event = Mapping[str, list[tuple[str, str]]]
"""The properties of a VEVENT by name: their parameters and values."""


def _events(text: str) -> Iterator[_Event]:
    event: dict[str, list[tuple[str, str]]] | None = None
    inner = 0
    for line in _lines(text):
        said = line.strip().upper()
        if said == "BEGIN:VEVENT":
            event, inner = {}, 0
        elif said == "END:VEVENT":
            if event is not None:
                yield event
            event = None
        elif event is not None and said.startswith(("BEGIN:", "END:")):
            inner += 1 if said.startswith("BEGIN:") else -1
        elif event is not None and inner == 0 and (parts := _NAME.fullmatch(line)):
            event.setdefault(parts[1].upper(), []).append((parts[2], parts[3]))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines as they were before they were folded."""
    whole: list[str] = []
    length = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        if line[:1] in (" ", "\t"):
            whole.append(line[1:])
        else:
            yield "".join(whole)
            whole, length = [line], 0
        length += len(line)
        if length > LONGEST_LINE:
            raise UserError("meeting_import.long_line", limit=LONGEST_LINE)
    yield "".join(whole)


def _found(event: _Event, zone: ZoneInfo) -> Found | Rejected:
    is_off = (_value(event, "STATUS") or "").strip().upper() == "CANCELLED"
    title = _words(event, "SUMMARY", LONGEST_TITLE) or ("–" if is_off else "")
    uid = (_value(event, "UID") or "").strip()
    start = _time(event, "DTSTART", zone)
    if not title or not uid or len(uid) > _LONGEST_UID or not uid.isprintable():
        return Rejected(title, "meeting_import.reason.incomplete")
    if start is None:
        return Rejected(title, "meeting_import.reason.time")
    given = _value(event, "RRULE")
    try:
        rule = read_rule(given, start) if given is not None else None
        minutes = _minutes(event, start, zone)
    except ValueError:
        return Rejected(title, "meeting_import.reason.rule")
    if rule is None and not start.is_all_day and start.moment.tzinfo == ZoneInfo("UTC"):
        start = Time(start.moment.astimezone(zone), is_all_day=False)
    known = _time(event, "RECURRENCE-ID", zone)
    own = start.moment.astimezone(UTC)
    added = tuple(each for each in _starts(event, "RDATE", zone) if each != own)
    if added and rule is None and known is None:
        rule = once(start)
    version = (_value(event, "SEQUENCE") or "").strip()
    link = _value(event, "URL") or ""
    return Found(
        uid=uid,
        title=title,
        start=start,
        minutes=minutes,
        rrule=rule,
        left_out=_starts(event, "EXDATE", zone),
        added=added,
        sequence=int(version) if _NUMBER.fullmatch(version) else None,
        recurrence_id=known.moment.astimezone(UTC) if known else None,
        is_cancelled=is_off,
        description=_words(event, "DESCRIPTION", LONGEST_TEXT),
        place=_words(event, "LOCATION", LONGEST_PLACE),
        link=link if re.fullmatch(r"https?://[!-~]{1,500}", link) else None,
    )


def _value(event: _Event, name: str) -> str | None:
    return event[name][0][1] if name in event else None


def _words(event: _Event, name: str, limit: int) -> str | None:
    value = _value(event, name)
    if value is None:
        return None
    plain = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    if name != "DESCRIPTION":
        plain = " ".join(plain.split())
    return "".join(char for char in plain if char.isprintable() or char == "\n")[:limit] or None


def _time(event: _Event, name: str, zone: ZoneInfo) -> Time | None:
    return read_time(*event[name][0], zone) if name in event else None


def _starts(event: _Event, name: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the starts that a property lists, over all its lines; of a period its beginning."""
    values = [
        (params, one.partition("/")[0])
        for params, value in event.get(name, ())
        for one in value.split(",")
    ]
    times = [read_time(params, one, zone) for params, one in values[:MOST_DATES]]
    return tuple(sorted({each.moment.astimezone(UTC) for each in times if each is not None}))


def _minutes(event: _Event, start: Time, zone: ZoneInfo) -> int | None:
    """Return how long it lasts in wall time; raises ValueError for what is none."""
    end = _time(event, "DTEND", zone)
    if end is not None:
        last = end.moment.astimezone(start.moment.tzinfo).replace(tzinfo=None)
        length = last - start.moment.replace(tzinfo=None)
    elif (given := _value(event, "DURATION")) is not None:
        length = _duration(given)
    else:
        return 24 * 60 if start.is_all_day else None
    if not timedelta() <= length <= _LONGEST_MEETING:
        raise ValueError(length)
    return int(length.total_seconds()) // 60 or None


def _duration(given: str) -> timedelta:
    """Return what a DURATION says (RFC 5545, 3.3.6); raises ValueError for what is none."""
    found = _DURATION.fullmatch(given.strip().upper())
    if found is None:
        raise ValueError(given)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
