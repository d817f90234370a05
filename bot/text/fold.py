"""Fold words to the form in which names of commands and searched words are compared."""

import re
import unicodedata

# Letters and signs that NFKD leaves whole: the ligatures of French, strokes of the neighbours'
# alphabets, and the apostrophes and dashes that phones put in place of the typewriter's.
_UNDECOMPOSED = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "\u2010": "-",
        "\u2011": "-",
    }
)
_COMBINING = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Return ``text`` without case, accents, ligatures and typographic apostrophes.

    ``fold("À propos") == "a propos"``, ``fold("Cœur d’été") == "coeur d'ete"``. Compatibility forms
    become plain ones (a no-break space becomes a space); folding twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # Case folding and decomposition can each give the other something to do (U+0345, U+1E9E).
    bare = _COMBINING.sub("", decomposed).casefold().translate(_UNDECOMPOSED)
    return unicodedata.normalize("NFKD", bare)
