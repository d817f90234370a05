"""Speaks with the operator: texts of the catalogues in the language of the terminal."""

from collections.abc import Mapping
from typing import Self

from bot.i18n import Catalogue


class Voice:
    """The texts of one language, as plain text."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.language = language
        self._catalogue = catalogue

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Return a voice in French for a French locale, in English for any other (POSIX 8.2)."""
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        locale = next((environ[name] for name in names if environ.get(name)), "")
        return cls(Catalogue.load(), "fr" if locale.startswith("fr") else "en")

    def say(self, message_id: str, **params: object) -> str:
        """Return a text with its placeholders filled; what fills them is shown as it is."""
        return self._catalogue.text(message_id, self.language).format_map(params)
