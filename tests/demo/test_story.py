"""The story holds together: all people, rooms and references are there, in both languages."""

import re
from collections.abc import Iterator

import pytest

from bot.demo import cast, story, words
from bot.demo.script import Correct, Line, Phrase, PowerCut, Say, TakeBack, Tell, Whisper

LINES: list[Line] = [line for scene in story.STORY for line in scene.lines]
SAID = [line.command if isinstance(line, PowerCut) else line for line in LINES]


def phrases_of(line: Line) -> Iterator[Phrase]:
    match line:
        case Tell(spoken):
            yield spoken
        case Say(words=spoken, expects=expected):
            yield spoken
            if expected is not None:
                yield expected
        case Correct(words=spoken, expects=expected):
            yield spoken
            yield expected
        case PowerCut(command):
            yield from phrases_of(command)
        case TakeBack() | Whisper():
            pass


def test_everybody_and_every_room_of_the_story_is_in_the_cast() -> None:
    names = {person.name for person in cast.PEOPLE}
    rooms = {place.key for place in cast.PLACES} | {"dm"}

    assert {line.who for line in SAID if isinstance(line, Say | Whisper)} <= names
    assert {line.where for line in SAID if isinstance(line, Say)} <= rooms


def test_labels_are_unique_and_used_after_they_are_given() -> None:
    given: list[str] = []
    for line in SAID:
        if isinstance(line, Correct | TakeBack):
            assert line.label in given
        if isinstance(line, Say):
            assert not line.reply_to or line.reply_to in given
            given += [line.label] if line.label else []
    assert len(given) == len(set(given))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_phrase_is_there_and_every_expectation_can_be_read(language: str) -> None:
    for line in LINES:
        for phrase in phrases_of(line):
            assert phrase.in_language(language).strip()
    for line in SAID:
        if isinstance(line, Say | Correct) and line.expects is not None:
            re.compile(line.expects.in_language(language))


def test_french_avoids_the_words_that_shut_people_out() -> None:
    french = " ".join(phrase.fr for line in LINES for phrase in phrases_of(line)).lower()
    own = " ".join(value.fr for value in vars(words).values() if isinstance(value, Phrase)).lower()

    for jargon in ("digest", "feedback", "wording", "·e", "process", "innovant"):
        assert jargon not in french
        assert jargon not in own.replace(words.TITLE.fr.lower(), "")


def test_nobody_says_more_than_the_rate_limit_allows() -> None:
    commands = [line.who for line in SAID if isinstance(line, Say) and line.expects is not None]

    assert max(commands.count(name) for name in set(commands)) < 20
