"""Words are found in every inflection, with and without accents, in both languages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.stem import MAX_WORDS, name_token, searched, tokens

# What is searched, and what was written: it must be found.
SAME = [
    ("réunions", "une réunion par mois"),
    ("reunion", "Réunions d’équipe"),
    ("élus", "convaincre un élu"),
    ("élue", "les élues du conseil"),
    ("elu", "Élus et agents"),
    ("financer", "le financement du projet"),
    ("financements", "un atelier financé par la région"),
    ("facilitation", "une facilitatrice de l’association"),
    ("facilitateurs", "faciliter la réunion"),
    ("évaluer", "l’évaluation du dispositif"),
    ("evaluations", "évaluer"),
    ("marchés publics", "un marché public"),
    ("publique", "service public"),
    ("travaux", "le travail en équipe"),
    ("journal", "deux journaux de bord"),
    ("locaux", "l’acteur local"),
    ("expérimentations", "expérimenter à petite échelle"),
    ("experimentee", "une démarche expérimentée"),
    ("usager", "jusqu’aux usagères"),
    ("accessibilité", "l'accessibilité d'un formulaire"),
    ("administration", "simplifier l’administration"),
    ("ecole", "lorsqu’une école s’engage"),
    ("oeuvre", "mise en œuvre"),
    ("œuvres", "les oeuvres"),
    ("aujourd'hui", "Aujourd’hui, rien"),
    ("co-design", "un atelier de codesign"),
    ("codesign", "le co-design des services"),
    ("email", "un e-mail par semaine"),
    ("meeting", "our meetings were too long"),
    ("shared", "sharing what we learned"),
    ("residents", "welcoming a resident"),
    ("budgets", "budget 2024"),
    ("2024", "budget 2024"),
    ("étape 3", "à l’étape 3 du projet"),
    ("citoyenneté", "CITOYENNETÉ"),
    ("Ελλάδα", "ΕΛΛΆΔΑ"),
    ("община", "одна община"),
]

OTHER = [
    ("élu", "élan"),
    ("marché", "une marque"),
    ("police", "politique"),
    ("usine", "usager"),
    ("table", "tableau"),
    ("budget", "bus"),
]


def is_hit(query: str, text: str) -> bool:
    found = tokens(text)
    return all(word.stems & found for word in searched(query))


@pytest.mark.parametrize(("query", "text"), SAME)
def test_word_finds_its_inflections(query: str, text: str) -> None:
    assert searched(query)
    assert is_hit(query, text)


@pytest.mark.parametrize(("query", "text"), OTHER)
def test_word_does_not_find_another(query: str, text: str) -> None:
    assert not is_hit(query, text)


@pytest.mark.parametrize("query", ["", " ", "le la les", "l'", "a", "?!", '"', "-", "NEAR(", "\0"])
def test_nothing_is_searched_without_a_word(query: str) -> None:
    assert [word for word in searched(query) if word.prefix != "near"] == []


def test_beginning_of_four_letters_is_a_prefix() -> None:
    assert [word.prefix for word in searched("acc acco accompagn")] == [None, "acco", "accompagn"]
    (beginning,) = searched("accompagnem")
    assert any(token.startswith(str(beginning.prefix)) for token in tokens("l’accompagnement"))


def test_long_search_is_cut() -> None:
    assert len(searched(" ".join(f"mot{n}" for n in range(10_000)))) == MAX_WORDS
    assert [len(word.prefix or "") for word in searched("x" * 10_000)] == [40]


def test_repeated_word_counts_once() -> None:
    assert len(searched("budget budgets Budget BUDGET")) == 1


def test_tag_is_the_same_in_every_spelling() -> None:
    assert name_token("Achat-Public") == name_token("achat-public") == "achatpublic"
    assert name_token("été") == name_token("ÉTÉ")


@given(st.text())
def test_tokens_mean_nothing_to_the_engines(text: str) -> None:
    for token in tokens(text):
        assert re.fullmatch(r"(?:_u)?[a-z0-9]+", token), token
    for word in searched(text):
        for token in {*word.stems, word.prefix or "x"}:
            assert re.fullmatch(r"(?:_u)?[a-z0-9]+", token), token


@given(st.text(st.characters(categories=["L", "N"]), min_size=2, max_size=12))
def test_every_word_finds_itself(word: str) -> None:
    assert is_hit(word, f"— {word}, etc.")
