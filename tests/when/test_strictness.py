"""Nothing but WhenError ever comes out, quickly; and no word is ever passed over."""

import time
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.when import WhenError, as_text, parse, split
from bot.when.lexicon import LEXICONS
from bot.when.tokens import fold, tokenize
from bot.when.zone import read_place
from tests.when.phrase_table import GIVEN, OURS, rows

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 18, 10, tzinfo=PARIS)
LONGEST_SECONDS = 0.05
LANGUAGES = st.sampled_from(["fr", "en"])

GOOD = [row for row in rows(GIVEN, OURS) if row["kind"] != "reject"]
ENTRIES = [entry for entries in LEXICONS["fr"][1].index.values() for entry in entries]
KNOWN = {word for entry in ENTRIES for word in entry.words} | {",", "utc", "gmt", "t", "z"}
SCRAPS = [
    *sorted({" ".join(entry.words) for entry in ENTRIES}),
    *("-", ",", "/", "(", ")", ".", ":", "+", "t", "z", "h", "0", "1", "9", "12", "31", "99"),
    *("2026", "9999", "10000", "18:30", "25:61", "10/12", "31/02/2026", "2026-04-04", "0000-00-00"),
    *("europe/paris", "montreal", "6.30"),
]
FOREIGN = ("bof", "zut", "réunion", "salle", "@alice", "🙂", "lol", "#", "banane", "meeting", "42x")
LETTERS = st.characters(categories=["Ll"], max_codepoint=0x2FF)
GARBAGE = st.sampled_from(FOREIGN) | st.text(LETTERS, min_size=3, max_size=9)


def seconds_to_read(text: str, language: str) -> float:
    """Return the CPU time of reading a text both ways, the better of two tries."""
    taken = []
    for _ in range(2):
        start = time.thread_time()
        for read in (parse, split):
            with suppress(WhenError):
                read(text, now=NOW, zone=PARIS, language=language)
        taken.append(time.thread_time() - start)
    return min(taken)


@given(text=st.text(), language=LANGUAGES)
def test_any_text_is_read_or_refused(text: str, language: str) -> None:
    assert seconds_to_read(text, language) < LONGEST_SECONDS


@settings(max_examples=500)
@given(scraps=st.lists(st.sampled_from(SCRAPS), max_size=60), language=LANGUAGES)
def test_any_sequence_of_date_words_is_read_or_refused(scraps: list[str], language: str) -> None:
    assert seconds_to_read(" ".join(scraps), language) < LONGEST_SECONDS
    assert seconds_to_read("".join(scraps), language) < LONGEST_SECONDS


@given(scraps=st.lists(st.sampled_from(SCRAPS), min_size=1, max_size=3), language=LANGUAGES)
def test_any_repetition_is_read_or_refused(scraps: list[str], language: str) -> None:
    text = (" ".join(scraps) + " ") * 60
    assert seconds_to_read(text[:160], language) < LONGEST_SECONDS


@pytest.mark.parametrize("text", ["lundi et " * 17, "(" * 160, "1" * 100_000, "﷽" * 160, "\0" * 99])
def test_pathological_text_is_read_or_refused(text: str) -> None:
    assert seconds_to_read(text, "fr") < LONGEST_SECONDS


@pytest.mark.parametrize("year", [1, 1970, 9000, 9998])
@pytest.mark.parametrize("phrase", ["dans 9999 jours", "lundi", "29 février", "chaque mois le 31"])
def test_any_present_is_read_or_refused(phrase: str, year: int) -> None:
    now = datetime(year, 6, 1, tzinfo=ZoneInfo("UTC"))
    try:
        found = parse(phrase, now=now, zone=PARIS, language="fr")
    except WhenError as error:
        assert error.params["phrase"] == phrase  # noqa: PT017 - either outcome is right
    else:
        assert as_text(found)


def is_known(word: str) -> bool:
    """Whether a word, or a part of it, may mean something in some phrase."""
    tokens = tokenize(word)
    return any(
        token.text in KNOWN
        or token.shape == "number"
        or any(True for _ in read_place(tokens, place))
        for place, token in enumerate(tokens)
    )


@given(row=st.sampled_from(GOOD), garbage=GARBAGE, data=st.data())
def test_phrase_with_a_foreign_word_is_refused(
    row: dict[str, str], garbage: str, data: st.DataObject
) -> None:
    assume(fold(garbage).strip() and not is_known(garbage))
    words = row["phrase"].split()
    place = data.draw(st.integers(0, len(words)))
    spoiled = " ".join([*words[:place], garbage, *words[place:]])
    now = datetime.fromisoformat(row["now"])
    with pytest.raises(WhenError):
        parse(spoiled, now=now, zone=ZoneInfo(row["tz"]), language=row["lang"])
