"""The programme of a summer university that passes in three minutes, and what each is to hear."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)

COMES = {1: 1, 2: 2, 3: 3, 4: 4}
"""Every n-th person comes to a session."""
MOVED, CANCELLED = 2, 3

LATER = [
    datetime(2027, 3, 28, 14, tzinfo=PARIS),
    datetime(2027, 3, 21, 9, 30, tzinfo=PARIS),
    datetime(2027, 3, 28, 9, 30, tzinfo=PARIS),
    datetime(2027, 4, 4, 9, 30, tzinfo=PARIS),
]
"""What the programme holds besides, before and after the clocks go forward."""

Heard = tuple[str, str, int]
"""Who heard what kind of thing (its pictogram, and whether it was late) of which session."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Sessions around ``first``, a whole minute: the first reminders are due then.

    The second are due a minute later; a reminder comes a minute before its session.
    """

    first: datetime

    @property
    def moved_to(self) -> datetime:
        """When the session is held that is moved."""
        return self.first + 2 * MINUTE

    def file(self) -> str:
        """Return the programme as a calendar file, in wall times of Paris."""
        starts = {1: MINUTE, MOVED: MINUTE, CANCELLED: MINUTE, 4: 2 * MINUTE}
        events = [
            _event(f"session{number}", self.first + start) for number, start in starts.items()
        ]
        events.append(_event("session5", LATER[0]))
        events.append(_event("session6", LATER[1], "RRULE:FREQ=WEEKLY;COUNT=3"))
        return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])

    def starts(self) -> list[datetime]:
        """Return when something is held in the end, in order."""
        return sorted([self.first + MINUTE, self.moved_to, self.moved_to, *LATER])


def expected(people: Iterable[str]) -> Counter[Heard]:
    """Return what each person is to hear alone, once."""
    heard: Counter[Heard] = Counter()
    for index, user in enumerate(people):
        for number, each in COMES.items():
            if index % each == 0:
                kinds = {1: ["⏰ late"], MOVED: ["🗓", "⏰"], CANCELLED: ["❌"], 4: ["⏰"]}
                heard.update((user, kind, number) for kind in kinds[number])
    return heard


def _event(name: str, start: datetime, *more: str) -> str:
    local = start.astimezone(PARIS)
    end = local + timedelta(hours=1)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{name}@university",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{name}",
        f"DTSTART;TZID=Europe/Paris:{local:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Paris:{end:%Y%m%dT%H%M%S}",
        *more,
        "END:VEVENT",
    ]
    return "\r\n".join(lines)
