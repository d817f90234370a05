"""Text that people read: templates of ours filled with member text that stays harmless."""

from bot.text.compose import bullets, details, joined, lines, paragraphs
from bot.text.fold import fold
from bot.text.slip import slips
from bot.text.split import MESSAGE_LIMIT_BYTES, split
from bot.text.template import placeholders, render, written
from bot.text.value import Code, Link, Mention, Said, Text, people_of

__all__ = [
    "MESSAGE_LIMIT_BYTES",
    "Code",
    "Link",
    "Mention",
    "Said",
    "Text",
    "bullets",
    "details",
    "fold",
    "joined",
    "lines",
    "paragraphs",
    "people_of",
    "placeholders",
    "render",
    "slips",
    "split",
    "written",
]
