"""Field: what can be set of a meeting once it is there, and what each value may be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.services.meeting import offset
from bot.services.meeting.entry import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE, placed
from bot.storage.meeting import Meeting, State
from bot.text import fold
from bot.when import Code, Moment, Recurrence, WhenError, find_zone, parse
from bot.when import When as Phrase

_LONGEST_GIVEN = 60
_MOST_PLACES = 100_000
_NONE = frozenset({"-", "aucun", "aucune", "none", "non", "no", "off", "sans"})
_URL = re.compile(r"https?://\S+")
_ZONE = re.compile(
    r"\bheure d(?:e |u |es |['’])(?P<fr>.+)|\b(?P<en>[\w/ -]+?) time\b", re.IGNORECASE
)
_EVENING = timedelta(hours=23, minutes=59)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sets something: their zone and language tell what a date means, and when."""

    zone: ZoneInfo
    language: str
    now: datetime


def read_when(phrase: str, speaker: Speaker) -> Phrase:
    """Return what a phrase means; raises UserError, also for a zone that nobody knows."""
    try:
        return parse(phrase, now=speaker.now, zone=speaker.zone, language=speaker.language)
    except WhenError as error:
        found = _ZONE.search(phrase)
        name = (found["fr"] or found["en"]).strip() if found else ""
        if error.code is Code.NONE and name and find_zone(name) is None:
            raise UserError("timezone.unknown", given=name[:_LONGEST_GIVEN]) from None
        raise


def changed(item: Meeting, name: str, value: str, speaker: Speaker) -> Meeting:
    """Return ``item`` with the field called ``name`` set to ``value``.

    Raises UserError for a field that is not there and for a value that does not fit.
    """
    for names, change in _FIELDS.items():
        if fold(name.rstrip(":=")) in names.split():
            return change(item, value.strip(), speaker)
    raise UserError("meeting.unknown_field", given=name[:_LONGEST_GIVEN])


def rescheduled(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    """Return ``item`` at another time; it lasts as long as before where no end is said.

    Raises UserError for an hour with two meanings: what is announced to many is not guessed.
    """
    when = read_when(value, speaker)
    moved = placed(item, when, speaker.now)
    if moved.other_at is not None:
        both = (moved.starts_at, moved.other_at)
        first, second = (each.astimezone(when.zone).isoformat(timespec="minutes") for each in both)
        raise UserError("meeting.two_meanings", first=first, second=second)
    is_open = isinstance(when, Moment | Recurrence) and not when.is_all_day
    if is_open and moved.duration_minutes is None and not item.is_all_day:
        moved = placed(item, when, speaker.now)
        moved = replace(moved, duration_minutes=item.duration_minutes)
    return replace(moved, state=item.state if item.state is State.DRAFT else State.PLANNED)


def split_place(said: str) -> tuple[str | None, str | None]:
    """Return the place and the link of ``Lyon, https://…``."""
    found = _URL.search(said)
    link = found[0].rstrip(",;)") if found else None
    place = " ".join(_URL.sub(" ", said).split()).strip(" ,;·") or None
    return place, link


def _when(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    return rescheduled(item, value, speaker)


def _zone(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    """Keep the wall time and read it in another zone."""
    del speaker
    zone = find_zone(value)
    if zone is None:
        raise UserError("timezone.unknown", given=value[:_LONGEST_GIVEN])
    start = datetime.fromisoformat(item.wall).replace(tzinfo=zone).astimezone(UTC)
    return replace(item, zone=zone.key, starts_at=start)


def _title(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    del speaker
    if not value:
        raise UserError("meeting.title_missing")
    return replace(item, title=_limited(value, LONGEST_TITLE))


def _text(name: str, limit: int) -> Callable[[Meeting, str, Speaker], Meeting]:
    def change(item: Meeting, value: str, speaker: Speaker) -> Meeting:
        del speaker
        said = None if fold(value) in _NONE or not value else _limited(value, limit)
        values: dict[str, str | None] = {name: said}
        return replace(item, **values)  # type: ignore[arg-type]  # the names of text fields

    return change


def _place(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    del speaker
    if fold(value) in _NONE:
        return replace(item, place=None)
    place, link = split_place(_limited(value, LONGEST_PLACE))
    return replace(item, place=place, link=link or item.link)


def _link(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    del speaker
    if fold(value) in _NONE:
        return replace(item, link=None)
    if not _URL.fullmatch(value):
        raise UserError("meeting.wrong_link", given=value[:_LONGEST_GIVEN])
    return replace(item, link=_limited(value, LONGEST_PLACE))


def _capacity(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    del speaker
    if fold(value) in _NONE:
        return replace(item, capacity=None)
    number = value.split(maxsplit=1)[0] if value else ""
    if not (number.isascii() and number.isdigit() and 0 < int(number) <= _MOST_PLACES):
        raise UserError("meeting.wrong_capacity", given=value[:_LONGEST_GIVEN])
    return replace(item, capacity=int(number))


def _deadline(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    """Read a moment in the meeting's zone; a whole day is open until its last minute."""
    if fold(value) in _NONE:
        return replace(item, deadline=None)
    own = Speaker(ZoneInfo(item.zone), speaker.language, speaker.now)
    when = read_when(value, own)
    if not isinstance(when, Moment):
        raise UserError("meeting.wrong_deadline", given=value[:_LONGEST_GIVEN])
    at = when.start + _EVENING if when.is_all_day else when.start
    if item.rrule is None and at.astimezone(UTC) > item.starts_at:
        raise UserError("meeting.deadline_after_start")
    return replace(item, deadline=at.astimezone(UTC))


def _offsets(item: Meeting, value: str, speaker: Speaker) -> Meeting:
    del speaker
    if fold(value) in {"default", "defaut"}:
        return replace(item, offsets=None)
    kept = offset.read(value)
    if kept is None:
        raise UserError("setting.wrong.reminders", given=value[:_LONGEST_GIVEN])
    return replace(item, offsets=kept)


def _limited(value: str, limit: int) -> str:
    if len(value) > limit:
        raise UserError("meeting.too_long", limit=limit)
    return value


_FIELDS: Mapping[str, Callable[[Meeting, str, Speaker], Meeting]] = {
    "title titre nom name": _title,
    "when date quand horaire": _when,
    "place lieu ou where town ville": _place,
    "link lien url visio": _link,
    "description details": _text("description", LONGEST_TEXT),
    "programme program programmes agenda": _text("programme", LONGEST_TEXT),
    "capacity capacite places seats": _capacity,
    "deadline limite inscription inscriptions registration": _deadline,
    "reminders rappels rappel reminder": _offsets,
    "zone timezone fuseau": _zone,
}
"""Every field by its names in both languages, folded."""

COORGANISERS = frozenset(
    {
        *("coorganisers", "coorganizers", "co-organisers", "co-organizers", "organisers"),
        *("coorganisateurs", "co-organisateurs", "coorganisatrices", "co-organisatrices"),
        *("organisateurs", "organisatrices"),
    }
)
"""What is set beside the row of the meeting."""
