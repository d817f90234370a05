"""The one error of the date grammar, and what a phrase is read against."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.errors import UserError

EXAMPLES = {"fr": "jeudi 14h", "en": "thursday 2pm"}
"""A phrase that works, per language, for the sentence that refuses another."""

_QUOTED_LENGTH = 80
"""Characters of a refused phrase that are repeated to its author: enough to recognise it."""


class Code(StrEnum):
    """The three ways to be refused, as ``compagnon when`` prints them."""

    NONE = "NONE"
    MISMATCH = "MISMATCH"
    GAP = "GAP"


class WhenError(UserError):
    """A phrase is no date, contradicts itself (MISMATCH) or names an hour that clocks skip (GAP).

    ``params`` always hold ``phrase`` (at most 80 characters of it) and ``example`` (a phrase that
    works, in the language asked for).
    """

    def __init__(self, code: Code, message_id: str, **params: object) -> None:
        super().__init__(message_id, **params)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """A phrase, who said it in which language, and when and where that was."""

    phrase: str
    now: datetime
    zone: ZoneInfo
    language: str

    @property
    def today(self) -> date:
        """The day it is for the person who asks: what "tomorrow" is counted from."""
        return self.now.date()

    def refusal(self, message_id: str, code: Code = Code.NONE, **params: object) -> WhenError:
        """Return the error that says why this phrase is refused."""
        phrase = self.phrase.strip()
        if len(phrase) > _QUOTED_LENGTH:
            phrase = phrase[: _QUOTED_LENGTH - 1] + "…"
        example = EXAMPLES[self.language]
        return WhenError(code, message_id, phrase=phrase, example=example, **params)
