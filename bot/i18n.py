"""The catalogues: every sentence for people, in each language, under one message id."""

from __future__ import annotations

import gettext
import io
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
"""The languages with a catalogue; the first one is spoken to those whose own is missing."""


def closest(tag: str | None) -> str:
    """Return the language of `LANGUAGES` for a BCP 47 ``tag`` (``fr-CA``, ``en_US.UTF-8``).

    The first language where none matches, or no tag is given.
    """
    primary = (tag or "").strip().lower().replace("_", "-").split("-", 1)[0].split(".", 1)[0]
    return primary if primary in LANGUAGES else LANGUAGES[0]


class Catalogue:
    """The texts of all languages, found by message id and number. Immutable once loaded."""

    def __init__(self, translations: dict[str, gettext.GNUTranslations]) -> None:
        self._translations = translations

    @classmethod
    def load(cls) -> Catalogue:
        """Read the ``.po`` files of the package: about 9 ms for 1,000 messages in a language.

        Compiling them in memory spares the project generated files that could be stale.
        """
        return cls({language: _read(language) for language in LANGUAGES})

    def text(self, message_id: str, language: str, *, n: int | None = None) -> str:
        """Return the template of a message, in French if there is no such ``language``.

        ``n`` chooses the plural form of a message that has several. Raises KeyError for an id that
        the language's catalogue does not have.
        """
        translations = self._translations.get(language) or self._translations[LANGUAGES[0]]
        # gettext answers a missing id with the id itself, and "" with the header of the file.
        template = message_id
        if n is not None:
            template = translations.ngettext(message_id, message_id, n)
        if template == message_id:
            template = translations.gettext(message_id)
        if not message_id or template == message_id:
            raise KeyError(f"no message {message_id!r} in {language!r}")
        return template


def _read(language: str) -> gettext.GNUTranslations:
    path = resources.files("bot") / "locales" / language / "LC_MESSAGES" / "bot.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
