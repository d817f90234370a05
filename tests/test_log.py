"""A line of the log is one happening, in either form."""

import json
import logging

import pytest

from bot.log import JsonFormatter, TextFormatter


def record(message: str, *args: object, failed: bool = False) -> logging.LogRecord:
    error = ZeroDivisionError("why")
    found = (type(error), error, None) if failed else None
    return logging.LogRecord("bot", logging.INFO, "x.py", 1, message, args, found)


def test_text_is_one_line_with_time_level_and_pairs() -> None:
    line = TextFormatter().format(record("event=ready rooms=%d", 3))
    time, level, *pairs = line.split(" ")
    assert time.endswith("+00:00")
    assert [level, *pairs] == ["info", "event=ready", "rooms=3"]


@pytest.mark.parametrize(
    ("args", "expected"),
    [((3, "because"), {"rooms": "3", "reason": "because"}),
     ((3, "it's\nbroken"), {"rooms": "3", "reason": "it's\\nbroken"})],
)  # fmt: skip
def test_json_is_one_object_with_the_pairs(
    args: tuple[object, ...], expected: dict[str, str]
) -> None:
    line = JsonFormatter().format(record("event=ready rooms=%d reason=%r", *args))
    fields = json.loads(line)
    assert "\n" not in line
    assert fields | expected == fields
    assert (fields["event"], fields["level"]) == ("ready", "info")


def test_json_of_a_sentence_keeps_it() -> None:
    assert json.loads(JsonFormatter().format(record("a sentence")))["message"] == "a sentence"


def test_exception_is_shown() -> None:
    assert "why" in TextFormatter().format(record("event=x", failed=True))
    assert "why" in json.loads(JsonFormatter().format(record("event=x", failed=True)))["exception"]
