"""Calendar copy: what has to change on the calendar server for it to show the meetings as they are.

What stands there is compared with what is, so that nothing is lost whatever changed a meeting: a
command, an erasure, closing days, a restored backup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import RoomId
from bot.services.icalendar import writing
from bot.services.icalendar.writing import Entry
from bot.storage import calendar_copy, meeting
from bot.storage import room as stored_room
from bot.storage.calendar_copy import Copy
from bot.storage.transaction import Reader

PAST = timedelta(days=31)
"""What was over before that is not brought there; what stands there stays."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is (``entries``), what stands on the server (``copies``), and which of it may stay."""

    entries: Sequence[Entry]
    copies: dict[str, Copy]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be written, each with what tells its version, and what has to go."""

    written: Sequence[tuple[Entry, str]]
    gone: Sequence[Copy]


async def given(reader: Reader, server: str, rooms: Iterable[RoomId], now: datetime) -> Given:
    """Return what to compare; four queries, however many meetings there are."""
    places = list(rooms)
    shown = await meeting.shown_since(reader, places, now - PAST)
    copies = await calendar_copy.of_server(reader, server)
    known = await meeting.known_uids(reader, places)
    return Given(await writing.entries(reader, shown), copies, known)


def work(found: Given) -> Work:
    """Return what has to change; for a thread, since it looks at every meeting."""
    written = []
    for entry in found.entries:
        version = writing.version_of([entry])
        copy = found.copies.get(entry.item.uid)
        if copy is None or copy.version != version:
            written.append((entry, version))
    gone = [copy for uid, copy in found.copies.items() if uid not in found.known]
    return Work(written, gone)


async def followed(reader: Reader, rooms: Iterable[RoomId]) -> frozenset[RoomId]:
    """Return ``rooms`` with all that replaced them since."""
    known = await stored_room.load(reader)
    found: set[RoomId] = set()
    for room in rooms:
        place: RoomId | None = room
        while place is not None and place not in found:
            found.add(place)
            place = known[place].replaced_by if place in known else None
    return frozenset(found)
