"""The tables of phrases, and what a meaning says beside its date."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.when import Code, Moment, Recurrence, Span, When, WhenError, as_text, parse
from tests.when.phrase_table import GIVEN, OURS, rows

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 18, 10, tzinfo=PARIS)  # a Wednesday


def read(phrase: str, language: str = "fr", now: datetime = NOW) -> When:
    return parse(phrase, now=now, zone=PARIS, language=language)


def refused(phrase: str, language: str = "fr") -> WhenError:
    with pytest.raises(WhenError) as caught:
        read(phrase, language)
    return caught.value


def outcome(row: dict[str, str]) -> str:
    now = datetime.fromisoformat(row["now"])
    try:
        when = parse(row["phrase"], now=now, zone=ZoneInfo(row["tz"]), language=row["lang"])
    except WhenError as error:
        return error.code.value
    return as_text(when)


@pytest.mark.parametrize(
    "row", rows(GIVEN, OURS), ids=lambda row: f"{row['lang']}: {row['phrase']}"
)
def test_phrase_means_what_the_table_says(row: dict[str, str]) -> None:
    assert outcome(row) in row["expected"].split("|")


def test_tables_hold_all_the_phrases() -> None:
    assert len(rows(GIVEN)) == 110
    assert len(rows(OURS)) >= 100


def moment(phrase: str, language: str = "fr") -> Moment:
    found = read(phrase, language)
    assert isinstance(found, Moment)
    return found


@pytest.mark.parametrize("phrase", ["le 4 mars à 10h", "9h", "mercredi à 9h", "le 15", "17 mars"])
def test_past_date_rolls_forward_and_says_so(phrase: str) -> None:
    assert moment(phrase).is_rolled


@pytest.mark.parametrize("phrase", ["mardi 14h", "le 20 à 18h", "11h", "demain", "dans 3 jours"])
def test_coming_date_does_not_say_it_rolled(phrase: str) -> None:
    assert not moment(phrase).is_rolled


@pytest.mark.parametrize(
    ("phrase", "language", "start", "other"),
    [
        ("le 25 octobre à 2h30", "fr", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        ("samedi à minuit", "fr", "2026-03-22T00:00:00+01:00", "2026-03-21T00:00:00+01:00"),
        ("vendredi prochain à 9h", "fr", "2026-03-20T09:00:00+01:00", "2026-03-27T09:00:00+01:00"),
        ("tomorrow at 3", "en", "2026-03-19T03:00:00+01:00", "2026-03-19T15:00:00+01:00"),
        ("at 9", "en", "2026-03-18T21:00:00+01:00", "2026-03-19T09:00:00+01:00"),
        ("dans quinze jours", "fr", "2026-04-02T00:00:00+02:00", "2026-04-01T00:00:00+02:00"),
    ],
)
def test_phrase_with_two_meanings_offers_both(
    phrase: str, language: str, start: str, other: str
) -> None:
    found = moment(phrase, language)
    assert found.is_ambiguous
    assert found.other_start is not None
    assert (found.start.isoformat(), found.other_start.isoformat()) == (start, other)


@pytest.mark.parametrize(
    ("phrase", "language"),
    [("mardi prochain", "fr"), ("ce soir à minuit", "fr"), ("tomorrow at 9", "en"), ("9h", "fr")],
)
def test_phrase_with_one_meaning_offers_no_other(phrase: str, language: str) -> None:
    assert not moment(phrase, language).is_ambiguous


@pytest.mark.parametrize("phrase", ["ce soir", "demain matin", "la semaine prochaine"])
def test_part_of_a_day_and_week_are_vague(phrase: str) -> None:
    assert moment(phrase).is_vague


def test_relative_day_is_counted_where_the_person_is() -> None:
    late = datetime(2026, 3, 18, 1, tzinfo=PARIS)
    found = read("demain à 14h heure de Montréal", now=late)
    assert as_text(found) == "2026-03-19T14:00:00-04:00"


def test_zone_of_a_phrase_is_kept() -> None:
    assert moment("demain 14h heure de La Réunion").zone == ZoneInfo("Indian/Reunion")


@pytest.mark.parametrize(
    ("phrase", "language", "code", "message_id"),
    [
        ("bonjour à tous", "fr", Code.NONE, "when.none"),
        ("hier à 9h", "fr", Code.NONE, "when.past"),
        ("le 4 avril 2020 à 10h", "fr", Code.NONE, "when.past"),
        ("le 31 février", "fr", Code.NONE, "when.no_such_day"),
        ("demain 25h", "fr", Code.NONE, "when.no_such_hour"),
        ("tomorrow at 13pm", "en", Code.NONE, "when.no_such_hour"),
        ("du 12 au 10 juillet", "fr", Code.NONE, "when.backwards"),
        ("04/05/2026", "en", Code.NONE, "when.several"),
        ("demain " * 40, "fr", Code.NONE, "when.too_long"),
        ("vendredi 25 mars", "fr", Code.MISMATCH, "when.mismatch"),
        ("demain matin à 15h", "fr", Code.MISMATCH, "when.part"),
        ("le 29 mars à 2h30", "fr", Code.GAP, "when.gap"),
    ],
)
def test_refusal_says_why(phrase: str, language: str, code: Code, message_id: str) -> None:
    error = refused(phrase, language)
    assert (error.code, error.message_id) == (code, message_id)


def test_refusal_carries_the_phrase_and_an_example_that_works() -> None:
    for language in ("fr", "en"):
        error = refused("charabia", language)
        assert error.params["phrase"] == "charabia"
        assert isinstance(read(str(error.params["example"]), language), Moment)


def test_mismatch_says_which_day_it_is() -> None:
    assert refused("vendredi 25 mars").params["date"] == "mercredi 25 mars 2026"
    assert refused("friday march 25", "en").params["date"] == "Wednesday 25 March 2026"


def test_gap_says_what_clocks_show_instead() -> None:
    nearest = refused("le 29 mars à 2h30").params["nearest"]
    assert nearest == "dimanche 29 mars 2026 à 3h30 (Europe/Paris)"


def test_long_phrase_is_shortened_in_its_refusal() -> None:
    assert len(str(refused("x" * 5000).params["phrase"])) == 80


def test_span_of_hours_rolls_with_its_start() -> None:
    found = read("mercredi de 9h à 11h")
    assert isinstance(found, Span)
    assert found.is_rolled
    assert as_text(found) == "2026-03-25T09:00:00+01:00/2026-03-25T11:00:00+01:00"


def test_recurrence_of_an_early_bare_hour_is_ambiguous() -> None:
    doubtful, clear = read("every day at 3", "en"), read("every day at 9", "en")
    assert isinstance(doubtful, Recurrence)
    assert isinstance(clear, Recurrence)
    assert (doubtful.is_ambiguous, clear.is_ambiguous) == (True, False)
