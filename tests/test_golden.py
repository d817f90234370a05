"""Every text that a newcomer may meet stands in a golden file, where a person has read it aloud."""

from pathlib import Path

import pytest

from bot.text import placeholders, render
from tests.test_i18n import entries

GOLDEN = Path(__file__).parent / "golden"

ELSEWHERE = ("privacy.erasure.", "privacy.until.", "privacy.register")
"""What only the register in ``docs/privacy.md`` says, which a test compares."""

NOUNS = ("companion", "forget", "onboarding", "privacy", "profile", "welcome", "who")
"""The nouns of being welcomed, and of what is kept of somebody."""


def pieces(template: str) -> list[str]:
    """Return what a reader sees of a text of the catalogue, between what fills its holes."""
    names = sorted(placeholders(template))
    body = render(template, dict.fromkeys(names, "∙")).body
    return [" ".join(piece.split()) for piece in body.split("\N{BULLET OPERATOR}")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_golden_files_show_every_text_of_the_welcome(language: str) -> None:
    files = sorted(GOLDEN.glob(f"*.{language}.txt"))
    shown = " ".join(
        "\n".join(file.read_text(encoding="utf-8") for file in files).split()
    ).casefold()
    missing = [
        f"{message_id}: {form}"
        for message_id, found in entries(language).items()
        for form in dict.fromkeys(found)
        if message_id.startswith(tuple(f"{noun}." for noun in NOUNS))
        and not message_id.startswith(ELSEWHERE)
        and not all(piece.casefold() in shown for piece in pieces(form))
    ]
    assert missing == []
