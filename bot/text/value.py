"""What can be put into a template, and how each kind is shown as plain text and as HTML."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from bot.ids import UserId
from bot.text.member import clean, clean_line, escape

_BLOCK = re.compile(r"<(?:p|ul|ol|h[1-6]|blockquote|pre|table|details|div|hr)\b")
_USER_ID = re.compile(r"@[^:\s]*:\S+")
# As servers let people register (Matrix 1.16, appendices, user identifiers), without word joiners.
_NAMED_ID = re.compile(r"(?<![\w.])@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(?::\d+)?")
_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_MAX_URL_CHARACTERS = 2_000  # what every client and proxy still passes on
_MATRIX_TO = "https://matrix.to/#/"


@dataclass(frozen=True, slots=True)
class Text:
    """Finished words: ``body`` for plain readers, ``html`` for the others, both safe to send.

    ``html`` holds only the elements of the specification's allow-list, well-formed: one run of
    inline elements, or blocks. ``mentions`` are the users whom the bot chose to mention, for
    ``m.mentions``; ``people`` are others whom it names or whose words it repeats, so that it is
    found when one of them wants to be forgotten. Only this package makes one; anybody may compose
    them.
    """

    body: str
    html: str
    mentions: frozenset[UserId] = field(default_factory=frozenset)
    people: frozenset[UserId] = field(default_factory=frozenset)

    @property
    def is_block(self) -> bool:
        """Whether the HTML is made of blocks (paragraphs, lists…) rather than of one line."""
        return _BLOCK.match(self.html) is not None


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named so that their client tells them; ``name`` is what the room calls them.

    Without ``is_told`` they are only shown: readers' clients draw them with their present picture.
    """

    user_id: UserId
    name: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said, or what the room calls them (``by`` is who), shown like any member text.

    Words of a member go into a text as this rather than as a ``str``, unless they stand in the
    message that is answered: then the answer knows whose they are.
    """

    text: str
    by: UserId


@dataclass(frozen=True, slots=True)
class Code:
    """An identifier or something to type, such as ``E12``."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the bot makes; anything but http, https and mailto is shown as its label only."""

    url: str
    label: str = ""


Value = str | int | float | Text | Mention | Said | Code | Link
"""What a placeholder takes. A ``str`` is member text: it is cleaned and escaped."""


def show(value: object) -> Text:
    """Return how a `Value` reads outside code.

    Member text keeps its line breaks; names, labels and codes are one line. A user id that is none
    is named without a mention. Raises TypeError for any other kind of value.
    """
    match value:
        case Text():
            return value
        case str():
            body = clean(value)
            return Text(body, escape(body).replace("\n", "<br>"))
        case int() | float():
            return Text(str(value), str(value))
        case Mention() | Said():
            return _show_person(value)
        case Code():
            body = clean_line(value.text)
            return Text(body, f"<code>{escape(body)}</code>")
        case Link():
            return _show_link(value)
        case _:
            raise TypeError(f"a template cannot show a {type(value).__name__}")


def people_of(text: Text) -> frozenset[UserId]:
    """Return whom ``text`` names or quotes: those it knows of, and every user id in its words."""
    known = text.people | text.mentions
    if "@" not in text.body:
        return known
    found = (match[0].rstrip(".:-") for match in _NAMED_ID.finditer(text.body))
    return known | {UserId(user_id) for user_id in found}


def user_url(user_id: UserId) -> str:
    """Return the link that clients draw as the pill of the user."""
    # "@" and ":" stay as they are: older clients know a pill by them (Matrix 1.16, appendices,
    # matrix.to navigation).
    return _MATRIX_TO + quote(user_id, safe="@:", errors="replace")


def is_user_link(url: str) -> bool:
    """Whether clients draw a link to ``url`` as the pill of a user."""
    return url.startswith(_MATRIX_TO + "@")


def linked(label: str, url: str) -> str:
    """Return how a link reads in plain text: ``label (url)``, or once where both say the same."""
    if is_user_link(url) or not url or label in (url, url.removeprefix("mailto:")):
        return label
    return f"{label} ({url})" if label else url


def _show_person(value: Mention | Said) -> Text:
    if isinstance(value, Said):
        return replace(show(value.text), people=frozenset({value.by}))
    return _show_mention(value)


def _show_mention(mention: Mention) -> Text:
    name = clean_line(mention.name) or clean_line(mention.user_id)
    if not _USER_ID.fullmatch(mention.user_id):
        return Text(name, escape(name))
    pill = f'<a href="{user_url(mention.user_id)}">{escape(name)}</a>'
    shown = frozenset({mention.user_id})
    return Text(name, pill, shown) if mention.is_told else Text(name, pill, people=shown)


def _show_link(link: Link) -> Text:
    label = clean_line(link.label or link.url)
    if not _URL.fullmatch(link.url) or len(link.url) > _MAX_URL_CHARACTERS:
        return Text(label, escape(label))
    # A link to a user would be a mention: those are made by Mention alone.
    url = quote(link.url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")
    if is_user_link(url):
        return Text(label, escape(label))
    return Text(linked(label, url), f'<a href="{escape(url)}">{escape(label)}</a>')
