"""Recurrences: their occurrences in wall time, and the words that read back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import Recurrence, describe, parse
from bot.when.rrule import DAYS

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 18, 10, tzinfo=PARIS)


def recurrence(phrase: str, language: str = "fr", now: datetime = NOW) -> Recurrence:
    found = parse(phrase, now=now, zone=PARIS, language=language)
    assert isinstance(found, Recurrence)
    return found


def occurrences(found: Recurrence, count: int, after: datetime = NOW) -> list[str]:
    texts = []
    for _ in range(count):
        following = found.next_after(after)
        if following is None:
            break
        texts.append(following.isoformat(timespec="minutes"))
        after = following
    return texts


def test_occurrences_keep_their_wall_time_across_dst() -> None:
    assert occurrences(recurrence("chaque mercredi à 18h"), 3) == [
        "2026-03-18T18:00+01:00",
        "2026-03-25T18:00+01:00",
        "2026-04-01T18:00+02:00",
    ]


def test_occurrence_in_a_gap_is_what_clocks_show_instead() -> None:
    found = recurrence("tous les jours à 2h30", now=datetime(2026, 3, 27, 10, tzinfo=PARIS))
    assert occurrences(found, 3) == [
        "2026-03-28T02:30+01:00",
        "2026-03-29T03:30+02:00",
        "2026-03-30T02:30+02:00",
    ]


def test_occurrence_shown_twice_happens_once() -> None:
    before = datetime(2026, 10, 24, 10, tzinfo=PARIS)
    found = recurrence("tous les jours à 2h30", now=before)
    assert occurrences(found, 2, before) == ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]
    second_time = datetime(2026, 10, 25, 2, 45, tzinfo=PARIS, fold=1)
    assert occurrences(found, 1, second_time) == ["2026-10-26T02:30+01:00"]


def test_every_other_tuesday_starts_with_the_next_one() -> None:
    found = recurrence("un mardi sur deux à 19h")
    assert occurrences(found, 2) == ["2026-03-24T19:00+01:00", "2026-04-07T19:00+02:00"]


def test_start_is_the_first_occurrence() -> None:
    assert recurrence("le premier jeudi du mois à 12h30").start.isoformat() == (
        "2026-04-02T12:30:00+02:00"
    )
    assert recurrence("tous les jeudis à 18h à partir du 7 avril").start.isoformat() == (
        "2026-04-09T18:00:00+02:00"
    )


def test_recurrence_ends_with_its_last_day_or_count() -> None:
    until = recurrence("tous les jeudis à 18h jusqu'au 2 avril")
    assert occurrences(until, 9) == [
        "2026-03-19T18:00+01:00",
        "2026-03-26T18:00+01:00",
        "2026-04-02T18:00+02:00",
    ]
    assert len(occurrences(recurrence("tous les jeudis à 18h 4 fois"), 9)) == 4


def test_whole_days_repeat_at_midnight() -> None:
    found = recurrence("chaque année le 8 mars")
    assert found.is_all_day
    assert occurrences(found, 2) == ["2027-03-08T00:00+01:00", "2028-03-08T00:00+01:00"]


def test_duration_comes_from_hours_or_a_length() -> None:
    assert recurrence("tous les jeudis de 12h30 à 14h").duration == timedelta(minutes=90)
    assert recurrence("chaque jeudi à 18h pendant 2h").duration == timedelta(hours=2)
    assert recurrence("chaque jeudi à 18h").duration is None


@pytest.mark.parametrize(
    ("phrase", "french", "english"),
    [
        (
            "le premier jeudi du mois à 12h30",
            "chaque premier jeudi du mois à 12h30",
            "every first Thursday of the month at 12:30",
        ),
        ("tous les lundis à 9h", "chaque lundi à 9h", "every Monday at 09:00"),
        ("un mardi sur deux à 19h", "un mardi sur deux à 19h", "every other Tuesday at 19:00"),
        ("en semaine", "chaque jour de semaine", "every weekday"),
        ("le 1er de chaque mois", "le 1er de chaque mois", "on the 1st of every month"),
        ("tous les ans le 1er mai", "chaque année le 1er mai", "every year on 1 May"),
        (
            "les lundis et jeudis de 10h à 11h30 jusqu'au 30 juin",
            "chaque lundi et jeudi de 10h à 11h30 jusqu'au 30 juin 2026",
            "every Monday and Thursday from 10:00 to 11:30 until 30 June 2026",
        ),
    ],
)
def test_description_reads_as_people_write(phrase: str, french: str, english: str) -> None:
    found = recurrence(phrase)
    assert describe(found, language="fr") == french
    assert describe(found, language="en") == english


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=HOURLY",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=1MO,2TU",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=-1,15",
        "FREQ=WEEKLY;BYMONTH=3;BYDAY=MO",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=8",
        "FREQ=DAILY;BYHOUR=9,17",
    ],
)
def test_description_of_an_unknown_rule_is_refused(rrule: str) -> None:
    unknown = Recurrence(rrule, NOW, PARIS)
    with pytest.raises(ValueError):  # noqa: PT011 - each says what it has no words for
        describe(unknown, language="fr")


@st.composite
def rules(draw: st.DrawFn) -> str:
    interval = draw(st.integers(1, 12))
    every = f";INTERVAL={interval}" if interval > 1 else ""
    days = st.lists(st.sampled_from(range(7)), min_size=1, max_size=7, unique=True)
    nths = st.lists(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), min_size=1, max_size=3, unique=True)
    month_days = st.lists(st.integers(1, 31), min_size=1, max_size=4, unique=True)
    weekly = ",".join(DAYS[day] for day in sorted(draw(days)))
    weekday = draw(st.sampled_from(DAYS))
    monthly = ",".join(f"{nth}{weekday}" for nth in draw(nths))
    month_day = ",".join(map(str, sorted(draw(month_days))))
    month = draw(st.integers(1, 12))
    rule = draw(
        st.sampled_from(
            [
                f"FREQ=DAILY{every}",
                f"FREQ=WEEKLY{every};BYDAY={weekly}",
                f"FREQ=MONTHLY{every};BYDAY={monthly}",
                f"FREQ=MONTHLY{every};BYMONTHDAY={month_day}",
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={draw(st.integers(1, 28))}",
            ]
        )
    )
    if draw(st.booleans()):
        rule += f";BYHOUR={draw(st.integers(0, 23))};BYMINUTE={draw(st.integers(0, 59))}"
    if draw(st.booleans()):
        rule += f";COUNT={draw(st.integers(1, 50))}"
    return rule


@given(rule=rules(), language=st.sampled_from(["fr", "en"]))
def test_description_reads_back_to_the_same_rule(rule: str, language: str) -> None:
    text = describe(Recurrence(rule, NOW, PARIS), language=language)
    assert recurrence(text, language).rrule == rule


@given(
    rule=rules(),
    zone=st.sampled_from(["Europe/Paris", "America/Toronto", "Indian/Reunion", "Asia/Beirut"]),
    offset=st.integers(0, 500 * 24 * 60),
)
def test_occurrences_go_forward_at_the_hour_said(rule: str, zone: str, offset: int) -> None:
    place = ZoneInfo(zone)
    start = NOW.astimezone(place).replace(hour=0)
    found = Recurrence(rule, start, place)
    moments = [start.astimezone(UTC) + timedelta(minutes=offset)]
    for _ in range(4):
        following = found.next_after(moments[-1])
        if following is None:
            break
        assert following.tzinfo is place
        moments.append(following.astimezone(UTC))
    assert all(earlier < later for earlier, later in pairwise(moments))
