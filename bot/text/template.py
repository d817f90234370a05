"""Render a template of ours once, and fill it with values as often as needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from markdown_it import MarkdownIt

from bot.ids import UserId
from bot.text.allow_list import sanitise
from bot.text.member import defuse, escape, legible
from bot.text.plain import flow, plain
from bot.text.value import Text, show

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

# While Markdown works, each placeholder is one character of the private use area: Markdown takes
# it for a letter, so `**{name}**` is bold wherever it stands, and no template contains it.
_FIRST_STAND_IN = 0xE000
_STAND_IN = re.compile("([\ue000-\uf8ff])")
_HOLE = re.compile("(<p>[\ue000-\uf8ff]</p>|[\ue000-\uf8ff])")
_USER_LINK = re.compile(r"matrix\.to/#/(?=@|%40)|matrix:(?=u/)", re.IGNORECASE)
_TAG = re.compile(r"(<[^>]+>)")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>", re.DOTALL)


class _Place(Enum):
    """Where a value stands in the HTML."""

    PARAGRAPH = "alone in a paragraph, which a block replaces"
    ALONE = "alone in a list item, a cell or the whole message: a line or a block"
    WORDS = "among words"
    CODE = "in code"


@dataclass(frozen=True, slots=True)
class _Hole:
    name: str
    place: _Place
    margin: str = ""


@dataclass(frozen=True, slots=True)
class _Template:
    """A template between Markdown and its values: literal parts and holes, in order."""

    names: frozenset[str]
    html: tuple[str | _Hole, ...]
    body: tuple[str | _Hole, ...]


def placeholders(template: str) -> frozenset[str]:
    """Return the names that ``template`` wants values for."""
    return frozenset(_PLACEHOLDER.findall(template))


def render(template: str, params: Mapping[str, object]) -> Text:
    """Fill ``template``, Markdown of ours with ``{name}`` placeholders, with ``params``.

    Values are a `bot.text.value.Value`; those that the template does not name are ignored. Raises
    KeyError for a missing value and TypeError for one of another kind.

    Member text cannot leave its place: only the template goes through Markdown and the allow-list,
    values are put in afterwards as character data (``&``, ``<`` and ``>`` escaped), never into a
    tag, because `_compile` refuses placeholders in attributes. What `Mention`, `Code` and `Link`
    add around it is made of the allow-list's elements with percent-encoded attributes. Hence the
    result is its own sanitised form, which the tests hold against the filter.
    """
    compiled = _compile(template)
    shown = {name: show(params[name]) for name in compiled.names}
    html = "".join(
        [part if isinstance(part, str) else _fill(part, shown) for part in compiled.html]
    )
    body = "".join([part if isinstance(part, str) else _say(part, shown) for part in compiled.body])
    mentions: frozenset[UserId] = frozenset()
    people: frozenset[UserId] = frozenset()
    for text in shown.values():
        if text.mentions:
            mentions |= text.mentions
        if text.people:
            people |= text.people
    return Text(body, html, mentions, people)


def written(markdown: str) -> Text:
    """Return the Markdown of somebody who is trusted with headings, lists and links.

    It goes through the same allow-list as our own; neither raw HTML nor a link to a user is let
    through, and ``@room`` mentions nobody by itself (``m.mentions`` does, Matrix 1.16, 11.11).
    """
    given = _STAND_IN.sub("", legible(markdown))
    html = _without_layout(sanitise(_markdown().render(_USER_LINK.sub("", given))))
    if one := _ONE_PARAGRAPH.fullmatch(html):
        html = one[1]
    return Text(plain(html), html)


def _fill(hole: _Hole, shown: Mapping[str, Text]) -> str:
    text = shown[hole.name]
    match hole.place:
        case _Place.CODE:
            # A pill or a link inside code would be code no more; a code inside code is one.
            return escape(text.body)
        case _Place.PARAGRAPH:
            return text.html if text.is_block else f"<p>{text.html}</p>"
        case _Place.WORDS if text.is_block:
            # A list cannot stand inside a sentence: its lines can.
            return escape(text.body).replace("\n", "<br>")
        case _:
            return text.html


def _say(hole: _Hole, shown: Mapping[str, Text]) -> str:
    body = shown[hole.name].body
    return body.replace("\n", "\n" + hole.margin) if hole.margin else body


@lru_cache(maxsize=4096)
def _compile(template: str) -> _Template:
    """Render the Markdown. Raises ValueError for a placeholder in an address or attribute."""
    names = sorted(placeholders(template))
    stand_ins = {name: chr(_FIRST_STAND_IN + index) for index, name in enumerate(names)}
    markdown = _PLACEHOLDER.sub(lambda match: stand_ins[match[1]], _STAND_IN.sub("", template))
    html = _without_layout(sanitise(_markdown().render(markdown)))
    if one := _ONE_PARAGRAPH.fullmatch(html):
        html = one[1]
    name_of = {stand_in: name for name, stand_in in stand_ins.items()}
    compiled = _Template(
        frozenset(names), tuple(_html_parts(html, name_of)), tuple(_body_parts(html, name_of))
    )
    if {part.name for part in compiled.html if isinstance(part, _Hole)} != set(names):
        raise ValueError(f"a placeholder stands in an attribute: {template!r}")
    return compiled


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    options = {"html": False, "breaks": True}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def _without_layout(html: str) -> str:
    """Drop the line ends between blocks and after ``<br>``; those in ``<pre>`` are content."""
    kept = [
        part if index % 2 else part.replace("\n", "")
        for index, part in enumerate(re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL))
    ]
    return "".join(kept)


def _html_parts(html: str, name_of: Mapping[str, str]) -> list[str | _Hole]:
    parts: list[str | _Hole] = []
    end, code = 0, 0
    for match in _HOLE.finditer(html):
        before, after = html[end : match.start()], html[match.end() :]
        code += before.count("<code") - before.count("</code>")
        parts.append(_defuse_words(before))
        whole = html[: match.start()]
        if code:
            place = _Place.CODE
        elif match[0].startswith("<p>"):
            place = _Place.PARAGRAPH
        elif (not whole and not after) or (
            whole.endswith(("<li>", "<td>")) and after.startswith(("</li>", "</td>"))
        ):
            place = _Place.ALONE
        else:
            place = _Place.WORDS
        stand_in = match[0].removeprefix("<p>").removesuffix("</p>")
        parts.append(_Hole(name_of[stand_in], place))
        end = match.end()
    return [*parts, _defuse_words(html[end:])]


def _body_parts(html: str, name_of: Mapping[str, str]) -> list[str | _Hole]:
    parts: list[str | _Hole] = []
    literal = ""
    for text, margin in flow(html):
        for index, piece in enumerate(_STAND_IN.split(text)):
            if index % 2:
                parts += (defuse(literal), _Hole(name_of[piece], _Place.WORDS, margin))
                literal = ""
            else:
                literal += piece
    return [*parts, defuse(literal)]


def _defuse_words(html: str) -> str:
    """Defuse what stands between tags; addresses keep their letters."""
    return "".join(
        part if index % 2 else defuse(part) for index, part in enumerate(_TAG.split(html))
    )
