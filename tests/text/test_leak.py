"""What members write stays words, whatever they write."""

import re
import time
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.ids import UserId
from bot.text import Code, Link, Mention, Text, render
from bot.text.allow_list import sanitise
from bot.text.plain import plain

ANA = UserId("@ana:example.org")


# A template with every place that a value can stand in.
EVERYWHERE = """# Titre {a}

Bonjour {who}, **{a}** et *{b}* : `{c}` [guide](https://example.org/?a=1&b=2).

{b}

- {c}
- un {a}
  1. {b}

> {c}

| x | {a} |
|---|---|
| {b} | {c} |

```
{a}
```"""

FRAGMENTS = [
    *("@room", "@ROOM", "@", "room", "oom", "@r", "@ro\u200bom", "@\u2060room", "@\nroom"),
    *("<b>", "</p>", "<img src=x onerror=alert(1)>", "<script>", "<!--", "]]>", "<a href='", '">'),
    *("&lt;", "&#60;", "&", "<", ">", '"', "'", "`", "```\n", "**", "__", "~~", "\n# ", "\n- "),
    *("[x](https://matrix.to/#/@admin:example.org)", "![](mxc://a/b)", "<https://evil.example>"),
    *("https://matrix.to/#/@admin:example.org", "matrix:u/admin:example.org", "javascript:"),
    *("{a}", "{b}", "{who}", "{prefix}", "{", "}", "\ue000", "\ue001", "\uf8ff", "{0}", "%s"),
    *("\u202e", "\u2066", "\u200d", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\ud800", "\r\n"),
    *(
        "\u2028",
        "\U000e0041",
        "שלום",
        "مرحبا",
        "é",
        "œ",
        "👩‍🌾",
        "  ",
        "\n\n\n",
        "\t",
        "\u00a0",
        "x",
    ),
]
HOSTILE = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.text(max_size=30),
)

# Without shrinking: a leak among 30 values is readable as it is, and shrinking them takes minutes.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)


class Outline(HTMLParser):
    """Reads HTML as a client does: which elements, which addresses, which text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: Counter[tuple[str, str, str | None]] = Counter()
        self.oddities: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.update((tag, name, value) for name, value in attrs)
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.oddities.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.oddities.append(data)

    def handle_decl(self, decl: str) -> None:
        self.oddities.append(decl)

    def handle_pi(self, data: str) -> None:
        self.oddities.append(data)

    def unknown_decl(self, data: str) -> None:
        self.oddities.append(data)


def shape(outline: Outline) -> tuple[object, ...]:
    """Return all of the HTML that is not words; line breaks are the only thing words may add."""
    tags = Counter(outline.tags)
    del tags["br"]
    return tags, outline.attributes, outline.oddities, outline.open


@pytest.mark.parametrize(
    ("template", "params"),
    [
        ("{a}{b}", {"a": "@", "b": "room"}),
        ("{a}{b}", {"a": "x@ro\n", "b": "OM"}),
        ("@{a}", {"a": "room"}),
        ("@r**{a}**", {"a": "oom"}),
        ("{a}{b}", {"a": Code("@ "), "b": "room"}),
        ("{a}{b}", {"a": Mention(ANA, "@"), "b": Text("room", "room")}),
    ],
)
def test_render_never_notifies_the_room_across_a_seam(
    template: str, params: dict[str, object]
) -> None:
    text = render(template, params)
    assert "@room" not in text.body.casefold()
    assert "@room" not in Outline(text.html).text.casefold()


@settings(max_examples=700, phases=QUICK, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=10, max_size=10))
def test_render_leaks_nothing_of_what_members_write(rows: list[tuple[str, str, str]]) -> None:
    """21,000 values: same elements, same addresses, same mentions as with harmless words."""
    who = Mention(ANA, "Ana")
    harmless = shape(Outline(render(EVERYWHERE, {"who": who, "a": "a", "b": "b", "c": "c"}).html))
    for a, b, c in rows:
        text = render(EVERYWHERE, {"who": who, "a": a, "b": b, "c": c})
        outline = Outline(text.html)
        assert shape(outline) == harmless
        assert text.mentions == {ANA}
        assert sanitise(text.html) == text.html
        words = Outline(text.html).text
        assert "@room" not in (text.body + "\n" + words).casefold()
        assert not re.search(
            r"matrix\.to/#/[@%]|matrix:u/", text.body + "\n" + words, re.IGNORECASE
        )
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b\ud800-\udfff]", words)
        assert words.count("\u2068") == words.count("\u2069")


@settings(max_examples=200, deadline=None)
@given(HOSTILE, HOSTILE)
def test_names_and_labels_leak_nothing(name: str, label: str) -> None:
    params = {"who": Mention(ANA, name), "link": Link("https://a.example", label), "id": Code(name)}
    text = render("{who} {link} {id}", params)
    assert Outline(text.html).tags == Counter(a=2, code=1)
    assert sanitise(text.html) == text.html
    assert "\n" not in text.body


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_links_and_mentions_stay_in_their_attribute(url: str, user_id: str) -> None:
    params = {"link": Link("https://" + url, "x"), "who": Mention(UserId("@" + user_id), "y")}
    text = render("{link} {who}", params)
    assert set(Outline(text.html).tags) <= {"a"}
    assert {name for _, name, _ in Outline(text.html).attributes} <= {"href"}
    assert Outline(text.html).text == "x y"


@settings(max_examples=200, deadline=None)
@given(HOSTILE.filter(lambda text: text.strip() != ""))
def test_plain_of_the_html_is_the_body(words: str) -> None:
    text = render("**{a}** mot\n\n- un {a}\n- {a}.\n\n> {a}!", {"a": "x" + words + "x"})
    assert plain(text.html) == text.body


PATHOLOGICAL = [
    "[" * 40_000,
    "*" * 40_000,
    "<" * 40_000,
    "`" * 40_000,
    "@" * 40_000,
    "\n" * 40_000,
    "\n \n" * 13_000,
    "> " * 20_000,
    "&lt;" * 10_000,
    "matrix.to/#/" * 3_000,
    "\u200d" * 40_000,
    "👩\u200d" * 20_000,
    "א\n" * 20_000,
    "e" + "\u0301" * 40_000,
    "x" * 10_000_000,
]


@pytest.mark.parametrize("words", PATHOLOGICAL, ids=lambda words: repr(words[:12]))
def test_render_takes_pathological_words_quickly(words: str) -> None:
    def seconds() -> float:
        start = time.process_time()
        render("**{a}**\n\n- {a}", {"a": words})
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.05
