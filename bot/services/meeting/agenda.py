"""Agenda: what is to come, in the order of its dates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from bot.ids import RoomId, UserId
from bot.services import closing
from bot.services.meeting import series
from bot.services.meeting.series import Occurrence
from bot.storage import attendee, meeting, occurrence, room_setting
from bot.storage.attendee import Answer
from bot.storage.meeting import Meeting
from bot.storage.transaction import Reader
from bot.text import fold

LIMIT = 200
"""Dates shown at most, over all pages."""

_MOVED = timedelta(days=60)
"""No date is moved further than that from where its series has it."""

_THIS_MONTH = frozenset({"month", "mois", "ce mois", "this month"})
_NEXT_MONTH = frozenset({"next month", "mois prochain", "le mois prochain"})
_MINE = frozenset({"mine", "my", "moi", "mes", "mien", "miens", "mes rendez-vous"})
_COMES = (Answer.GOING, Answer.WAITING, Answer.MAYBE)


class Kind(StrEnum):
    """Everything, one month, what somebody comes to, or what is in one place."""

    ALL = "all"
    MONTH = "month"
    MINE = "mine"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; of a month its first day, of a place its folded name."""

    kind: Kind = Kind.ALL
    month: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One date of one meeting, with what the reader answered."""

    item: Meeting
    date: Occurrence
    answer: Answer
    going: int


def read(given: str, today: date) -> Query:
    """Return what ``month``, ``novembre``, ``mine`` or a town asks for."""
    words = fold(" ".join(given.split()))
    if not words:
        return Query()
    if words in _MINE:
        return Query(Kind.MINE)
    first = today.replace(day=1)
    if words in _THIS_MONTH:
        return Query(Kind.MONTH, first)
    if words in _NEXT_MONTH:
        return Query(Kind.MONTH, following(first))
    name, _, year = words.partition(" ")
    number = _months().get(name)
    if number is not None and (not year or (year.isascii() and year.isdigit() and len(year) == 4)):
        month = first.replace(month=number, year=int(year) if year else today.year)
        is_past = month < first and not year
        return Query(Kind.MONTH, month.replace(year=month.year + 1) if is_past else month)
    return Query(Kind.PLACE, place=words)


async def find(
    reader: Reader, query: Query, rooms: Iterable[RoomId], user: UserId, now: datetime
) -> list[Line]:
    """Return the dates to come in ``rooms``, the next first; of a series only the next.

    Of a month all dates are returned. Five queries, however much there is.
    """
    items = [item for item in await meeting.to_come(reader, rooms, now) if _is_there(item, query)]
    numbers = [item.id for item in items]
    changes = await occurrence.of_meetings(reader, numbers)
    going = await attendee.going(reader, numbers)
    answers = await attendee.of_user(reader, user)
    settings = await room_setting.load(reader)
    found: list[Line] = []
    for item in items:
        rest = closing.of(settings.get(item.room_id, {}))
        dates = series.dates(item, changes.get(item.id, []), rest, now)
        if query.kind is Kind.MINE and item.organiser != user:
            dates = _answered(item, dates, answers)
        for each in _asked_for(item, dates, query):
            name = item.id, series.known_as(item, each)
            found.append(Line(item, each, answers.get(name, Answer.NONE), going.get(name, 0)))
    return sorted(found, key=lambda line: (line.date.start.astimezone(UTC), line.item.id))[:LIMIT]


def following(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


def _is_there(item: Meeting, query: Query) -> bool:
    return query.kind is not Kind.PLACE or query.place in fold(f"{item.place or ''} {item.title}")


def _asked_for(item: Meeting, dates: Iterator[Occurrence], query: Query) -> list[Occurrence]:
    if query.month is None:
        found = next(dates, None)
        return [] if found is None else [found]
    zone = ZoneInfo(item.zone)
    first = datetime.combine(query.month, datetime.min.time(), zone)
    last = datetime.combine(following(query.month), datetime.min.time(), zone)
    shown = []
    for each in dates:
        if each.start >= last:
            break
        if each.over_at > first.astimezone(UTC):
            shown.append(each)
    return shown


def _answered(
    item: Meeting, dates: Iterator[Occurrence], answers: Mapping[tuple[int, str], Answer]
) -> Iterator[Occurrence]:
    """Yield those dates to which somebody comes, or may come."""
    names = {name for (number, name), answer in answers.items()
             if number == item.id and answer in _COMES}  # fmt: skip
    last = max(names, default="")
    until = series.read_stamp(last) + _MOVED if last else None
    for each in dates:
        if not names or (until is not None and each.start > until):
            return
        if series.known_as(item, each) in names:
            yield each


def _months() -> dict[str, int]:
    return {
        fold(str(name)): number
        for locale in ("fr", "en")
        for number, name in get_month_names("wide", locale=locale).items()
    }
