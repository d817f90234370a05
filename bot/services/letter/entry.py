"""Entry: one section of a letter as it is read, what makes it, and how it is written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.storage.letter_material import Span
from bot.storage.transaction import Reader
from bot.text import Text, render

LINES = 5
"""Things told in one section; with all sections that is two minutes of reading."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pen:
    """In which language and zone a letter is written, for whom (``prefix``), and when.

    ``names`` are what authors are called in the rooms where they shared.
    """

    words: Catalogue
    language: str
    zone: ZoneInfo
    now: datetime
    prefix: str = "!"
    names: Mapping[UserId, str] = field(default_factory=dict)

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text of the catalogue."""
        template = self.words.text(message_id, self.language, n=n)
        given = {"prefix": self.prefix, **params}
        return render(template, given if n is None else {**given, "n": n})


@dataclass(frozen=True, slots=True)
class Entry:
    """One section as it is read; ``numbers`` are the experiences that it quotes.

    One that is no news is told beside others, and is no reason for a letter.
    """

    text: Text
    numbers: tuple[int, ...] = ()
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """``read`` finds what is to be told, or None; ``write`` is pure and puts it into words.

    It may find that there is nothing to say after all.
    """

    noun: str
    read: Callable[[Reader, Span], Awaitable[T | None]]
    write: Callable[[Pen, T], Entry | None]


def listed(section: Section[T]) -> Section[object]:
    """Return ``section`` as a table holds it, where what it reads is its own affair."""
    return cast("Section[object]", section)
