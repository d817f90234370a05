"""Glossary part: one word that insiders use, said in plain words; another one each week."""

from bot.services.letter.entry import Entry, Pen, Section
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader

WORDS = (
    "prototype",
    "persona",
    "stakeholder",
    "pain_point",
    "deliverable",
    "roadmap",
    "commons",
    "open_data",
    "facilitation",
    "scaling",
    "pilot",
    "iteration",
    "third_place",
    "indicator",
    "service_design",
    "sandbox",
)
"""The words; ``letter.word.<word>`` explains one."""


async def _word(_reader: Reader, span: Span) -> str:
    """Return the word of the week in which the span ends."""
    return WORDS[span.until.toordinal() // 7 % len(WORDS)]


def _write(pen: Pen, word: str) -> Entry:
    meaning = pen.text(f"letter.word.{word}")
    return Entry(pen.text("letter.glossary", meaning=meaning), is_news=False)


GLOSSARY = Section("glossary", _word, _write)
