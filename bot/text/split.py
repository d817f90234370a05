"""Cut a text that is too long for one event into several that read on."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from html.parser import HTMLParser

from bot.text.member import escape
from bot.text.plain import GAP, plain
from bot.text.value import Text, user_url

MESSAGE_LIMIT_BYTES = 40_000
"""What body and formatted body may take together in one event.

An event holds 65,536 bytes (Matrix 1.16, client-server API, size limits). Encryption makes 4 bytes
out of 3, and 4 KiB are kept for keys, relations and the server's own fields: (65536 - 4096) * 3/4
is 46,080; the rest is left for what later versions of rooms add.
"""

_MIN_LIMIT_BYTES = 4_096  # room for a word, its open elements and an address of 2,000 characters
_MAX_WORD_CHARACTERS = 200
_WORD = re.compile(rf"\s*\S{{0,{_MAX_WORD_CHARACTERS}}}", re.DOTALL)
_VOID = frozenset({"br", "hr", "img"})


def split(text: Text, limit_bytes: int = MESSAGE_LIMIT_BYTES) -> list[Text]:
    """Return ``text`` in pieces, each at most ``limit_bytes`` of JSON for body and HTML together.

    A text that fits comes back as it is. Cuts are made between blocks where possible, else between
    lines, else between words; elements open at a cut are closed and opened again, so that every
    piece is well-formed, and a numbered list goes on counting. A mention stays with the piece that
    shows it. Raises ValueError for a limit under 4,096.
    """
    if limit_bytes < _MIN_LIMIT_BYTES:
        raise ValueError(f"no piece fits into {limit_bytes} bytes")
    if _size_bytes(text) <= limit_bytes:
        return [text]
    atoms = _atoms(text.html)
    # The body of a piece takes about the share it has in the whole; where it takes more, smaller
    # pieces are tried.
    budget_bytes = limit_bytes * _json_bytes(text.html) * 9 // (10 * _size_bytes(text))
    while True:
        pieces = [_piece(html, text) for html in _pack(atoms, budget_bytes)]
        if all(_size_bytes(piece) <= limit_bytes for piece in pieces):
            return [piece for piece in pieces if piece.body]
        budget_bytes = budget_bytes * 4 // 5


class _Rank(IntEnum):
    """How good a place for a cut is."""

    NEVER = 0  # just behind a start tag
    WORD = 1
    LINE = 2
    BLOCK = 3


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never cut: a tag or a word; ``tag`` names the element it starts or ends."""

    html: str
    rank: _Rank
    opens: bool = False
    closes: bool = False
    tag: str = ""


class _Atoms(HTMLParser):
    """Takes HTML of ours (well-formed) apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Atom] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the raw tag is kept
        html = self.get_starttag_text() or ""
        if tag in _VOID:
            self.found.append(_Atom(html, _Rank.WORD if tag == "img" else _Rank.LINE))
        else:
            self._depth += 1
            self.found.append(_Atom(html, _Rank.NEVER, opens=True, tag=tag))

    def handle_endtag(self, tag: str) -> None:
        self._depth -= 1
        rank = _Rank.WORD
        if tag in GAP:
            rank = _Rank.LINE if self._depth else _Rank.BLOCK
        self.found.append(_Atom(f"</{tag}>", rank, closes=True, tag=tag))

    def handle_data(self, data: str) -> None:
        words = _WORD.findall(data)
        self.found += [_Atom(escape(word), _Rank.WORD) for word in words if word]


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open somewhere in the text; ``items`` counts those of a list so far."""

    tag: str
    html: str
    items: int = 0


def _pack(atoms: Sequence[_Atom], budget_bytes: int) -> Iterator[str]:
    """Yield well-formed HTML of about ``budget_bytes`` at most, cut at the best places."""
    start = 0
    stack: list[_Open] = []
    while start < len(atoms):
        head = _reopen(stack)
        end = _cut(atoms, start, budget_bytes - _json_bytes(head))
        for atom in atoms[start:end]:
            _step(stack, atom)
        words = "".join(atom.html for atom in atoms[start:end])
        yield head + words + "".join(f"</{element.tag}>" for element in reversed(stack))
        start = end


def _cut(atoms: Sequence[_Atom], start: int, room_bytes: int) -> int:
    """Return where the piece that begins at ``start`` ends: the best cut in its second half."""
    size_bytes = 0
    best, best_rank = start + 1, _Rank.NEVER
    for index in range(start, len(atoms)):
        atom = atoms[index]
        # An element that is opened here must also be closed here: its end tag is paid at once.
        if not atom.closes:
            size_bytes += _json_bytes(atom.html) + (len(f"</{atom.tag}>") if atom.opens else 0)
        if size_bytes > room_bytes and index > start:
            return best
        rank = atom.rank if size_bytes * 2 >= room_bytes else min(atom.rank, _Rank.WORD)
        if rank >= best_rank:
            best, best_rank = index + 1, rank
    return len(atoms)


def _step(stack: list[_Open], atom: _Atom) -> None:
    if atom.closes:
        stack.pop()
    elif atom.opens:
        if atom.tag == "li" and stack:
            stack[-1] = replace(stack[-1], items=stack[-1].items + 1)
        stack.append(_Open(atom.tag, atom.html))


def _reopen(stack: list[_Open]) -> str:
    """Return the start tags that a piece begins with; numbered lists go on where they were cut."""
    for index, element in enumerate(stack):
        if element.tag == "ol":
            inside_item = index + 1 < len(stack)
            first = int((re.findall(r"\d+", element.html) or ["1"])[0])
            number = first + element.items - inside_item
            stack[index] = _Open("ol", f'<ol start="{number}">', items=int(inside_item))
    return "".join(element.html for element in stack)


def _atoms(html: str) -> list[_Atom]:
    parser = _Atoms()
    parser.feed(html)
    parser.close()
    return parser.found


def _piece(html: str, whole: Text) -> Text:
    shown = frozenset(user for user in whole.mentions if f'"{user_url(user)}"' in html)
    return Text(plain(html), html, shown, whole.people)


def _size_bytes(text: Text) -> int:
    return _json_bytes(text.body) + _json_bytes(text.html)


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
