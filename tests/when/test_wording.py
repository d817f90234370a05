"""Dates in words: as people write them, and read back by the grammar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import Moment, Span, as_text, long_date, parse
from bot.when.wall import shown_again

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 18, 10, tzinfo=PARIS)
ZONES = st.sampled_from(
    [
        *("Europe/Paris", "America/Toronto", "Indian/Reunion", "Pacific/Noumea", "Asia/Kathmandu"),
        *("Australia/Lord_Howe", "America/Argentina/Buenos_Aires", "UTC", "Africa/Casablanca"),
    ]
).map(ZoneInfo)
LANGUAGES = st.sampled_from(["fr", "en"])
MOMENTS = st.integers(2 * 24 * 60, 173 * 366 * 24 * 60).map(
    lambda minutes: NOW.astimezone(UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (
            datetime(2026, 3, 24, 14, tzinfo=PARIS),
            "mardi 24 mars 2026 à 14h (Europe/Paris)",
            "Tuesday 24 March 2026 at 2:00 pm (Europe/Paris)",
        ),
        (
            datetime(2026, 5, 1, 9, 5, tzinfo=PARIS),
            "vendredi 1er mai 2026 à 9h05 (Europe/Paris)",
            "Friday 1 May 2026 at 9:05 am (Europe/Paris)",
        ),
        (
            datetime(2026, 8, 15, 0, 30, tzinfo=PARIS),
            "samedi 15 août 2026 à 0h30 (Europe/Paris)",
            "Saturday 15 August 2026 at 12:30 am (Europe/Paris)",
        ),
    ],
)
def test_long_date_reads_as_people_write(moment: datetime, french: str, english: str) -> None:
    assert long_date(moment, zone=PARIS, language="fr", with_zone=True) == french
    assert long_date(moment, zone=PARIS, language="en", with_zone=True) == english


def test_long_date_shows_the_zone_of_the_reader() -> None:
    moment = datetime(2026, 3, 24, 14, tzinfo=PARIS)
    text = long_date(moment, zone=ZoneInfo("America/Toronto"), language="fr", with_zone=True)
    assert text == "mardi 24 mars 2026 à 9h (America/Toronto)"


def test_long_date_leaves_out_the_present_year() -> None:
    near, far = date(2026, 7, 14), date(2027, 7, 14)
    texts = [
        long_date(day, zone=PARIS, language="fr", with_zone=False, now=NOW) for day in (near, far)
    ]
    assert texts == ["mardi 14 juillet", "mercredi 14 juillet 2027"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("vendredi de 14h à 16h30", "vendredi 20 mars 2026 de 14h à 16h30"),
        ("du 10 au 12 juillet", "du vendredi 10 juillet 2026 au dimanche 12 juillet 2026"),
        ("samedi de 22h à 2h", "du samedi 21 mars 2026 à 22h au dimanche 22 mars 2026 à 2h"),
        ("demain", "jeudi 19 mars 2026"),
    ],
)
def test_long_date_of_a_phrase(phrase: str, text: str) -> None:
    found = parse(phrase, now=NOW, zone=PARIS, language="fr")
    assert isinstance(found, Moment | Span)
    assert long_date(found, zone=PARIS, language="fr", with_zone=False) == text


@given(moment=MOMENTS, zone=ZONES, language=LANGUAGES, has_now=st.booleans())
def test_long_date_of_any_moment_reads_back(
    moment: datetime, zone: ZoneInfo, language: str, has_now: bool
) -> None:
    local = moment.astimezone(zone)
    shown_now = NOW if has_now else None
    text = long_date(local, zone=zone, language=language, with_zone=True, now=shown_now)
    found = parse(text, now=NOW, zone=PARIS, language=language)
    assert isinstance(found, Moment)
    first = local.replace(fold=0)
    expected_other = shown_again(first)
    assert (found.start.astimezone(UTC), found.zone) == (first.astimezone(UTC), zone)
    assert found.is_ambiguous == (expected_other is not None)


@given(day=st.dates(date(2026, 3, 18), date(2199, 12, 31)), language=LANGUAGES)
def test_long_date_of_any_day_reads_back(day: date, language: str) -> None:
    text = long_date(day, zone=PARIS, language=language, with_zone=True)
    found = parse(text, now=NOW, zone=PARIS, language=language)
    assert as_text(found) == day.isoformat()


@given(moment=MOMENTS, zone=ZONES, language=LANGUAGES, minutes=st.integers(1, 300 * 24 * 60))
def test_long_date_of_any_span_reads_back(
    moment: datetime, zone: ZoneInfo, language: str, minutes: int
) -> None:
    start, end = (
        found.astimezone(zone).replace(fold=0)
        for found in (moment, moment + timedelta(minutes=minutes))
    )
    if start.replace(tzinfo=None) >= end.replace(tzinfo=None):
        return  # clocks went back in between: words cannot tell the two apart
    text = long_date(Span(start, end, zone), zone=zone, language=language, with_zone=True)
    found = parse(text, now=NOW, zone=PARIS, language=language)
    assert isinstance(found, Span)
    assert (found.start, found.end) == (start, end)


@given(moment=MOMENTS, zone=ZONES)
def test_text_for_programs_reads_back(moment: datetime, zone: ZoneInfo) -> None:
    text = as_text(Moment(moment.astimezone(zone), zone))
    found = parse(text, now=NOW, zone=zone, language="fr")
    assert isinstance(found, Moment)
    assert found.start.astimezone(UTC) == moment
