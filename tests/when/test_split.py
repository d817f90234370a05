"""The phrase that a text starts with, and what is left of the text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.when import Code, WhenError, as_text, split

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 18, 10, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("language", "text", "when", "rest"),
    [
        (
            "fr",
            "demain 9h appeler la préfecture",
            "2026-03-19T09:00:00+01:00",
            "appeler la préfecture",
        ),
        ("fr", "demain 9h : appeler", "2026-03-19T09:00:00+01:00", "appeler"),
        ("fr", "demain 9h", "2026-03-19T09:00:00+01:00", ""),
        ("fr", "demain 9h un café", "2026-03-19T09:00:00+01:00", "un café"),
        ("fr", "demain 9h 3 questions", "2026-03-19T09:00:00+01:00", "3 questions"),
        ("fr", "demain 9h à Paris avec Léa", "2026-03-19T09:00:00+01:00", "à Paris avec Léa"),
        ("fr", "demain 9h, mardi gras", "2026-03-19T09:00:00+01:00", "mardi gras"),
        ("fr", "lundi en huit à 10h | salle B", "2026-03-30T10:00:00+02:00", "salle B"),
        ("fr", "dans 1h30 sortir le gâteau", "2026-03-18T11:30:00+01:00", "sortir le gâteau"),
        ("fr", "demain\n9h\nÉcrire à Zoé", "2026-03-19T09:00:00+01:00", "Écrire à Zoé"),
        (
            "fr",
            "vendredi de 14h à 16h atelier",
            "2026-03-20T14:00:00+01:00/2026-03-20T16:00:00+01:00",
            "atelier",
        ),
        (
            "fr",
            "chaque premier jeudi du mois à 12h30 atelier lexique",
            "RRULE:FREQ=MONTHLY;BYDAY=1TH;BYHOUR=12;BYMINUTE=30",
            "atelier lexique",
        ),
        (
            "en",
            "tomorrow 9am call the prefecture",
            "2026-03-19T09:00:00+01:00",
            "call the prefecture",
        ),
        ("en", "in an hour the cake", "2026-03-18T11:00:00+01:00", "the cake"),
        ("en", "next week sprint", "2026-03-23", "sprint"),
    ],
)
def test_split_takes_the_longest_phrase(language: str, text: str, when: str, rest: str) -> None:
    found, left = split(text, now=NOW, zone=PARIS, language=language)
    assert (as_text(found), left) == (when, rest)


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("fr", "appeler demain", Code.NONE),
        ("fr", "", Code.NONE),
        ("fr", "demain 25h appeler", Code.NONE),
        ("fr", "le 31 février à 10h lire", Code.NONE),
        ("fr", "demain 9h-appeler", Code.NONE),
        ("fr", "mardi dernier appeler", Code.NONE),
        ("fr", "tous les lundis sauf fériés réunion", Code.NONE),
        ("fr", "demain 3 questions", Code.NONE),
        ("fr", "demain 14h heure de Trifouillis appeler", Code.NONE),
        ("fr", "vendredi 25 mars appeler", Code.MISMATCH),
        ("fr", "le 29 mars à 2h30 changer l'heure", Code.GAP),
        ("en", "in 2 days ago", Code.NONE),
        ("en", "tomorrow 9 call bob", Code.NONE),
        ("en", "tuesday may works", Code.NONE),
    ],
)
def test_split_refuses_a_text_whose_phrase_would_be_cut(
    language: str, text: str, code: Code
) -> None:
    with pytest.raises(WhenError) as caught:
        split(text, now=NOW, zone=PARIS, language=language)
    assert caught.value.code == code


def test_split_leaves_a_long_text_whole() -> None:
    text = "écrire " * 2000
    assert split(f"demain 9h {text}", now=NOW, zone=PARIS, language="fr")[1] == text
