"""Read our HTML aloud: the plain body that says as much as the formatted one."""

from html.parser import HTMLParser

from bot.text.value import linked

GAP = {
    **dict.fromkeys(("p", "blockquote", "pre", "table", "details", "div", "hr"), 2),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"), 2),
    **dict.fromkeys(("li", "tr", "summary", "caption"), 1),
}
"""Blocks, and how many line breaks part them from what stands before and after."""


def plain(html: str) -> str:
    """Return ``html`` (one of ours, from the allow-list) as lines that read well without markup.

    Lists get ``•`` or their numbers, quotes ``>``, links ``label (url)``, cells ``|``; emphasis and
    code lose their signs. Linear in the length.
    """
    return "".join(text for text, _ in flow(html))


def flow(html: str) -> list[tuple[str, str]]:
    """Return `plain` text in pieces, each with the margin that further lines of it would need."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.pieces


class _Reader(HTMLParser):
    """Collects the text and knows where on the page it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self._margins: list[str] = []
        self._marker: str | None = None  # of a list item of which nothing is written yet
        self._breaks = 0
        self._gap_margin = ""  # of the blank lines among those breaks
        self._lists: list[int | None] = []  # the next number, or None for bullets
        self._links: list[tuple[str, list[str]]] = []  # the address, and the label so far
        self._verbatim = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in GAP:
            self._part(tag)
        if tag in ("ul", "ol"):
            self._lists.append(int(attributes.get("start", "1")) if tag == "ol" else None)
        elif tag == "li":
            self._open_item()
        elif tag == "blockquote":
            self._margins.append("> ")
        elif tag == "tr":
            self._cells = 0
        else:
            self._open_inline(tag, attributes)

    def _open_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("pre", "code"):
            self._verbatim += 1
        elif tag == "a":
            self._links.append((attributes.get("href", ""), []))
        elif tag == "br":
            self._break_lines(self._breaks + 1)
        elif tag in ("td", "th"):
            self._write(" | " if self._cells else "")
            self._cells += 1
        elif tag == "hr":
            self._write("—")
            self._part(tag)
        elif tag == "img":
            self._write(attributes.get("alt", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.pop()
        elif tag in ("li", "blockquote"):
            self._margins.pop()
            self._marker = None
        elif tag in ("pre", "code"):
            self._verbatim -= 1
        elif tag == "a":
            self._close_link()
        if tag in GAP:
            self._part(tag)

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            head, *rest = data.removesuffix("\n").split("\n")
            self._write(head)
            for line in rest:
                self._break_lines(self._breaks + 1)
                self._write(line)
        else:
            # Line ends between blocks are layout; inside text they stand beside a <br>.
            self._write(data.replace("\n", ""))

    def _write(self, text: str) -> None:
        if not text:
            return
        if not self.pieces or self._breaks or self._marker is not None:
            self._start_line()
        self.pieces.append((text, "".join(self._margins)))
        if self._links:
            self._links[-1][1].append(text)

    def _start_line(self) -> None:
        *outer, last = self._margins or [""]
        gap = ("\n" + self._gap_margin) * (self._breaks - 1) + "\n" * bool(self._breaks)
        lead = "".join(outer) + (self._marker or last)
        self.pieces.append(((gap if self.pieces else "") + lead, ""))
        self._breaks, self._marker = 0, None

    def _part(self, tag: str) -> None:
        if self._marker is not None or not self.pieces:
            return  # the first block of a list item stands beside its marker
        nested = tag in ("ul", "ol") and self._lists
        self._break_lines(max(self._breaks, 1 if nested else GAP[tag]))

    def _break_lines(self, count: int) -> None:
        margin = "".join(self._margins)
        if not self._breaks or len(margin) < len(self._gap_margin):
            self._gap_margin = margin  # what parts two blocks belongs to the outer one
        self._breaks = count

    def _open_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        if self._lists and number is not None:
            self._lists[-1] = number + 1
        self._marker = "• " if number is None else f"{number}. "
        self._margins.append(" " * len(self._marker))

    def _close_link(self) -> None:
        url, words = self._links.pop()
        label = "".join(words)
        self._write(linked(label, url).removeprefix(label))
