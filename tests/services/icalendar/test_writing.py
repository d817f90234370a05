"""Writing: meetings as a calendar file, with what each of them says and how lines are written."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.services.closing import Closing
from bot.services.icalendar import zone
from bot.services.icalendar.writing import Entry, write
from bot.services.meeting.offset import Offset
from bot.storage.meeting import Meeting, State
from bot.storage.occurrence import Change

GOLDEN = Path(__file__).parents[2] / "golden" / "calendar.ics"
PARIS = ZoneInfo("Europe/Paris")
MADE = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def meeting(title: str, wall: str, **more: object) -> Meeting:
    """Return a meeting at a wall time of its ``zone``."""
    key = str(more.pop("zone", "Europe/Paris"))
    made = Meeting(
        uid=str(more.pop("uid", f"{wall}@compagnon")),
        room_id=RoomId("!r:example.org"),
        organiser=UserId("@jo:example.org"),
        title=title,
        wall=wall,
        zone=key,
        starts_at=datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(key)).astimezone(UTC),
        language="fr",
        source_event_id=EventId("$e"),
        created_at=MADE,
        changed_at=MADE,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # the fields of a meeting


def paris(*given: int) -> datetime:
    year, month, day, hour, minute = given
    return datetime(year, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def calendar() -> list[Entry]:
    """One of each kind: a single one, a series with changes, whole days, one called off."""
    workshop = meeting(
        "Atelier lexique, niveau 2; débutants bienvenus",
        "2026-10-20T12:30",
        uid="workshop@compagnon",
        duration_minutes=90,
        description="Venez nombreux, avec vos mots : « néologismes », sigles, jargons.\nOn verra.",
        programme="12h30 accueil\n13h lexique",
        place="Lyon, Le Tuba",
        link="https://visio.example.org/a",
        sequence=2,
    )
    coffee = meeting(
        "Café", "2026-09-03T12:30", uid="coffee@compagnon", duration_minutes=60,
        rrule="FREQ=MONTHLY;BYDAY=1TH;BYHOUR=12;BYMINUTE=30",
    )  # fmt: skip
    changes = [
        Change(0, paris(2026, 11, 5, 12, 30), paris(2026, 11, 6, 14, 0)),
        Change(0, paris(2026, 12, 3, 12, 30)),
    ]
    closing = Closing(((date(2027, 1, 1), date(2027, 1, 10)),), is_shifting=True)
    days = meeting("Assises", "2026-06-07T00:00", uid="days@compagnon", is_all_day=True,
                   duration_minutes=3 * 1440)  # fmt: skip
    off = meeting("Sortie", "2026-05-02T09:00", uid="off@compagnon", state=State.CANCELLED,
                  zone="America/Toronto")  # fmt: skip
    return [
        Entry(workshop, offsets=(Offset(days=7), Offset(minutes=60))),
        Entry(coffee, changes, closing),
        Entry(days),
        Entry(off, offsets=(Offset(days=1),)),
    ]


def test_the_file_is_as_it_was_read_by_a_person(request: pytest.FixtureRequest) -> None:
    data = write(calendar(), "Les praticiens")
    if request.config.getoption("--golden"):
        GOLDEN.write_bytes(data)
    assert data == GOLDEN.read_bytes()


def test_lines_have_75_octets_and_characters_stay_whole() -> None:
    data = write([Entry(meeting("é€😀" * 100, "2026-05-02T09:00"))], "x")
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 and line.decode() is not None for line in lines)
    assert "é€😀" * 100 in data.replace(b"\r\n ", b"").decode()


def test_words_cannot_write_properties() -> None:
    evil = "a\r\nBEGIN:VALARM\nX:1\x00\x1b\\n;,"
    lines = write([Entry(meeting(evil, "2026-05-02T09:00"))], "x").split(b"\r\n")
    assert b"SUMMARY:a\\nBEGIN:VALARM\\nX:1\\\\n\\;\\," in lines
    assert b"BEGIN:VALARM" not in lines


def test_a_shifting_rest_moves_one_date_and_a_strict_one_leaves_it_out() -> None:
    coffee = calendar()[1]
    moved = write([coffee], "x").decode()
    assert "RECURRENCE-ID;TZID=Europe/Paris:20270107T123000" in moved
    assert "DTSTART;TZID=Europe/Paris:20270111T123000" in moved
    strict = replace(coffee, closing=replace(coffee.closing, is_shifting=False))
    assert "EXDATE;TZID=Europe/Paris:20270107T123000" in write([strict], "x").decode()


def test_days_closed_for_ages_cost_nothing() -> None:
    daily = meeting("Pause", "2026-05-02T09:00", rrule="FREQ=DAILY;BYHOUR=9;BYMINUTE=0")
    closing = Closing(((date(9999, 1, 1), date(9999, 12, 31)),), is_shifting=True)
    assert len(write([Entry(daily, (), closing)], "x")) < 3000


@pytest.mark.parametrize(
    ("key", "kinds", "rules"),
    [
        ("Europe/Paris", 2, 2),
        ("America/Toronto", 2, 2),
        ("Asia/Tokyo", 1, 0),
        ("UTC", 1, 0),
        ("Africa/Casablanca", 2, 0),
        ("Indian/Reunion", 1, 0),
        ("Australia/Lord_Howe", 2, 2),
    ],
)
def test_a_zone_has_rules_where_there_are_any(key: str, kinds: int, rules: int) -> None:
    lines = zone.written(key, 2026)
    assert sum(line.startswith("BEGIN:") for line in lines) == kinds + 1
    assert sum(line.startswith("RRULE:") for line in lines) == rules
    assert not any("," in line for line in lines)


def test_europe_changes_on_the_last_sundays() -> None:
    lines = zone.written("Europe/Paris", 2026)
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in lines
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in lines


def test_an_end_after_a_skipped_hour_is_as_clocks_show_it() -> None:
    night = meeting("Nuit", "2026-03-29T01:00", duration_minutes=90)
    written = write([Entry(night)], "x").decode()
    assert "DTEND;TZID=Europe/Paris:20260329T033000" in written
