"""Quiet hours: read as people write them, and over at the right moment, DST included."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import QuietHours, read_quiet_hours

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Paris", "America/Toronto", "Asia/Kolkata", "UTC")]
)
MINUTES = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("20h-8h", "20:00-08:00"),
        ("20h - 8h30", "20:00-08:30"),
        ("22:30-7:00", "22:30-07:00"),
        ("de 20h à 8h", "20:00-08:00"),
        ("from 8pm to 8am", "20:00-08:00"),
        ("12am-12pm", "00:00-12:00"),
        ("20-8", "20:00-08:00"),
        ("22h–24h", "22:00-00:00"),
        ("off", "off"),
        ("jamais", "off"),
    ],
)
def test_hours_are_read_as_people_write_them(words: str, kept: str) -> None:
    found = read_quiet_hours(words)

    assert str(found) == kept
    assert read_quiet_hours(kept) == found


@pytest.mark.parametrize("words", ["soon", "25h-8h", "8h", "8h-8h", "20h61-8h", "13pm-8", "0pm-8"])
def test_hours_that_are_none_are_refused(words: str) -> None:
    assert read_quiet_hours(words) is None


@pytest.mark.parametrize(
    ("at", "over"),
    [
        ("2026-03-24T12:00", "2026-03-24T12:00"),
        ("2026-03-24T20:00", "2026-03-25T08:00"),
        ("2026-03-25T07:59", "2026-03-25T08:00"),
        ("2026-03-25T08:00", "2026-03-25T08:00"),
        # The clocks go forward in this night, and back in that one: 8 h is 8 h.
        ("2026-03-28T23:00", "2026-03-29T08:00"),
        ("2026-10-24T23:00", "2026-10-25T08:00"),
    ],
)
def test_night_is_over_in_the_morning(at: str, over: str) -> None:
    hours = QuietHours(time(20), time(8))
    start, end = (datetime.fromisoformat(wall).replace(tzinfo=PARIS) for wall in (at, over))

    assert hours.over_at(start, PARIS) == end


def test_end_that_clocks_skip_comes_later() -> None:
    hours = QuietHours(time(22), time(2, 30))

    over = hours.over_at(datetime(2026, 3, 28, 23, tzinfo=UTC), PARIS)

    assert over.astimezone(PARIS) == datetime(2026, 3, 29, 3, 30, tzinfo=PARIS)


@given(TIMES, TIMES, MINUTES, ZONES)
def test_it_is_never_quiet_when_it_is_over(
    start: time, end: time, now: datetime, zone: ZoneInfo
) -> None:
    hours = QuietHours(start, end)

    over = hours.over_at(now, zone)

    assert now <= over <= now + timedelta(hours=26)
    assert over == now or not hours.holds(over, zone) or _is_shown_twice(over, zone)


def _is_shown_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Return whether clocks show this hour twice, or skipped it just before."""
    near = [moment + timedelta(hours=shift) for shift in (-2, 2)]
    return len({at.astimezone(zone).utcoffset() for at in near}) > 1
