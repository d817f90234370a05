import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.cli.voice import Voice
from bot.i18n import Catalogue
from bot.text import placeholders

BOT = Path(bot.__file__).parent


def _said() -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each text for operators that the code says, with the names it fills."""
    for path in [*(BOT / "check").glob("*.py"), *(BOT / "cli").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            for text in [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]:
                if isinstance(text, ast.Constant) and str(text.value).startswith("cli."):
                    yield str(text.value), frozenset(k.arg or "" for k in node.keywords)


def test_every_text_for_operators_gets_what_it_names() -> None:
    catalogue = Catalogue.load()
    said = list(_said())

    wrong = {
        message_id
        for message_id, names in said
        if placeholders(catalogue.text(message_id, "fr")) != names
    }

    assert wrong == set()
    assert len(said) > 70


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": ""}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_CH.UTF-8"}, "fr"),
    ],
)
def test_voice_speaks_the_language_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert Voice.of(environ).language == language


def test_voice_shows_what_fills_a_text_as_it_is() -> None:
    voice = Voice(Catalogue.load(), "en")

    assert voice.say("cli.init.written", files="<b> {x} *y*") == "Written: <b> {x} *y*"
