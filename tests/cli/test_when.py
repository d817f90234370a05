import subprocess
from collections.abc import Callable

import pytest

Compagnon = Callable[..., subprocess.CompletedProcess[str]]

NOW = ("--now", "2026-03-18T10:00:00+01:00")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["mardi prochain à 14h"], "2026-03-24T14:00:00+01:00"),
        (["next tuesday at 2pm", "--language", "en"], "2026-03-24T14:00:00+01:00"),
        (
            ["mardi 14h", "--timezone", "America/Guadeloupe"],
            "2026-03-24T14:00:00-04:00",
        ),
        (["mardi de 14h à 16h"], "2026-03-24T14:00:00+01:00/2026-03-24T16:00:00+01:00"),
        (["tous les mardis à 14h"], "RRULE:FREQ=WEEKLY;BYDAY=TU;BYHOUR=14;BYMINUTE=0"),
    ],
)
def test_when_prints_what_the_phrase_means(
    compagnon: Compagnon, arguments: list[str], printed: str
) -> None:
    done = compagnon("when", *arguments, *NOW)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{printed}\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["un de ces jours"], "NONE", "Je n’ai pas compris la date « un de ces jours »."),
        (["some day", "--language", "en"], "NONE", "I did not understand the date “some day”."),
        (["lundi 24 mars 14h"], "MISMATCH", "mardi 24 mars 2026"),
        (["29 mars 2h30"], "GAP", "3h30"),
        ([""], "NONE", ""),
    ],
)
def test_when_refuses_with_a_code_and_the_sentence_of_a_member(
    compagnon: Compagnon, arguments: list[str], code: str, sentence: str
) -> None:
    done = compagnon("when", *arguments, *NOW)

    assert (done.returncode, done.stdout) == (3, f"{code}\n")
    assert sentence in done.stderr.replace("\u00a0", " ")
    assert len(done.stderr.splitlines()) == 1


def test_when_takes_a_now_without_offset_as_local(compagnon: Compagnon) -> None:
    done = compagnon(
        "when", "dans 2 heures", "--now", "2026-07-01T10:00", "--timezone", "Europe/London"
    )

    assert done.stdout == "2026-07-01T12:00:00+01:00\n"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--timezone", "Europe/Pariss", "unknown time zone 'Europe/Pariss'"),
        ("--timezone", "../etc", "unknown time zone '../etc'"),
        ("--now", "tomorrow", "'tomorrow' is not a date"),
        ("--language", "de", "'de' is not one of 'fr', 'en'"),
    ],
)
def test_when_refuses_wrong_options(
    compagnon: Compagnon, option: str, value: str, sentence: str
) -> None:
    done = compagnon("when", "demain", option, value)

    assert done.returncode == 2
    assert sentence in done.stderr
