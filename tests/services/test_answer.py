"""What somebody means who answers a question with a word, a slip of the finger or a reaction."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.answer import BUTTONS, Control, control


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        *((words, Control.YES) for words in ("yes", "YES!", "Oui", "ouiii", "ok", "d’accord")),
        *((words, Control.YES) for words in ("Bien sûr !", "volontiers", "oui, merci", "👍", "✅")),
        *((words, Control.NO) for words in ("no", "Non", "non merci", "No, thanks.", "❌")),
        *((words, Control.SKIP) for words in ("skip", "Passer", "passe", "SUIVANTE", "⏭️", "sikp")),
        *(
            (words, Control.SKIP)
            for words in ("je passe", "passr", "je ne sais pas", "next please")
        ),
        *((words, Control.LATER) for words in ("later", "plus tard", "Plus  tard svp", "lter")),
        *((words, Control.LATER) for words in ("plus trad", "pas maintenant", "🕐", "demain")),
        *((words, Control.STOP) for words in ("stop", "STOP!!!", "arrêter", "arrete", "stpo")),
        *((words, Control.STOP) for words in ("ça suffit", "laissez tomber", "⏹", "stopp")),
        *((words, Control.BACK) for words in ("back", "retour", "précédent", "Precedant", "↩️")),
        *((words, Control.PREVIEW) for words in ("aperçu", "apercu", "terminé", "done", "👁")),
        *((words, Control.PUBLISH) for words in ("publier", "Publish", "📣")),
    ],
)
def test_word_is_understood(words: str, meant: Control) -> None:
    assert control(words) is meant


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "!",
        "❤",
        "Bank",
        "Shop",
        "Ski",
        "ship",
        "mairie",
        "Lyon",
        "science",
        "atelier",
        "Stopover hotels",
        "I work at the back office",
        "oui mais seulement le mardi",
        "Retours d’expérience",
        "Faire passer le mot",
        "stp",
        "latte",
        "partager",
        "publique",
        "public",
    ],
)
def test_answer_that_only_looks_like_a_word_is_an_answer(words: str) -> None:
    assert control(words) is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert control(text) in {None, *Control}


def test_long_text_costs_nothing() -> None:
    start = time.process_time()
    for text in ("stop" * 10_000, "a" * 100_000, "\u0301" * 50_000, "🕐" * 50_000):
        control(text)
    assert time.process_time() - start < 0.5


def test_every_control_has_a_reaction() -> None:
    assert set(BUTTONS.values()) == set(Control)
