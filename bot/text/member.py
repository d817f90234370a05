"""Make text written by members harmless before it stands in a message of ours."""

import re

MAX_CHARACTERS = 40_000
"""Longer values are cut: an event holds 64 KiB (Matrix 1.16, client-server API, size limits)."""

_ORDINARY = re.compile(r"[\n -~\u00a0-\u00ac\u00ae-\u017f\u2013-\u2026\u202f→]*")
"""What French and English are mostly written with: nothing in it is invisible."""

_NEW_LINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "["
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad"  # control characters, soft hyphen
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # fillers and joiners that show nothing
    "\u200b\u200c\u200e\u200f\u202a-\u202e"  # zero width, marks, embeddings and overrides
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"  # isolates, invisible operators, annotations
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates, noncharacters
    "\U000e0000-\U000e007f"  # tags: a hidden alphabet
    "]"
)
# The zero-width joiner is kept where it builds one picture out of two (👩 + 🌾), nowhere else.
_PICTURE = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINER = re.compile(f"(?<![{_PICTURE}])\u200d|\u200d(?![{_PICTURE}])")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]*\n(?:[ \t\u00a0]*\n)+")

# ``@room`` and, at the end of a value, whatever the words after it could complete to ``@room``.
# A link to a user in the text would be drawn as a pill by clients, as if the bot mentioned them.
_DEFUSED = re.compile(
    r"@(?=room|r?\Z|ro\Z|roo\Z)|matrix\.to/#/(?=[@%]|\Z)|matrix:(?=u/|\Z)", re.IGNORECASE
)
WORD_JOINER = "\u2060"
"""Invisible, without width, and no line breaks at it: ``@`` + it + ``room`` notifies nobody."""

_FIRST_STRONG_ISOLATE, _POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


def clean(text: str) -> str:
    """Return ``text`` as a member may have meant it, without what can deceive the reader.

    Control, bidirectional and invisible characters are gone, lines end in LF (none at either end,
    at most one blank line in a row), ``@room`` and links to users are defused, and each line
    with right-to-left letters is isolated from the words around it. Cut after `MAX_CHARACTERS`,
    with an ellipsis. Never raises; linear in the length.
    """
    return _defend(legible(text))


def clean_line(text: str) -> str:
    """Return `clean` text on one line, for names and labels."""
    return _defend(" ".join(legible(text).split()))


def defuse(text: str) -> str:
    """Return ``text`` with a word joiner inside everything that clients would take for a mention.

    Whatever is put before or after the result, no ``@room`` comes about across the seam unless
    the text before it is not defused itself.
    """
    return _DEFUSED.sub(lambda match: match[0] + WORD_JOINER, text)


def escape(text: str) -> str:
    """Return ``text`` as HTML character data (not for attributes: quotes stay)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def legible(text: str) -> str:
    """Return ``text`` without what is invisible or deceives the reader; its mentions are kept."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS] + "…"
    if not _ORDINARY.fullmatch(text):
        text = _NEW_LINE.sub("\n", text).replace("\t", " ")
        text = _JOINER.sub("", _INVISIBLE.sub("", text))
    if "\n" in text:
        text = _BLANK_LINES.sub("\n\n", text).strip("\n")
    return text


def _defend(text: str) -> str:
    text = defuse(text)
    if not text.isascii() and _RIGHT_TO_LEFT.search(text):
        text = "\n".join(map(_isolate, text.split("\n")))
    return text


def _isolate(line: str) -> str:
    if _RIGHT_TO_LEFT.search(line):
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_DIRECTIONAL_ISOLATE}"
    return line
