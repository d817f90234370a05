import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Réglages", "reglages"),
        ("À PROPOS", "a propos"),
        ("Cœur d’été", "coeur d'ete"),
        ("ŒUVRE Æ", "oeuvre ae"),
        ("Straße", "strasse"),
        ("Ça\u00a0va", "ca va"),
        ("ﬁn", "fin"),
        ("E\u0301te\u0301", "ete"),
        ("Łódź Ø İ ı", "lodz o i i"),
        ("rendez‑vous", "rendez-vous"),
        ("plain", "plain"),
    ],
)
def test_fold_forgets_case_accents_and_ligatures(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
