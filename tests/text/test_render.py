import time

import pytest

from bot.ids import UserId
from bot.text import Code, Link, Mention, Text, bullets, placeholders, render, written
from bot.text.allow_list import sanitise

ANA = UserId("@ana:example.org")
ROOM_LINK = "https://matrix.to/#/!salon:example.org/$event"
TABLE = (
    "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
    "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
)


def anchor(url: str, label: str) -> str:
    return f'<a href="{url}">{label}</a>'


def pill(user_id: str, label: str) -> Text:
    html = anchor(f"https://matrix.to/#/{user_id}", label)
    return Text(label, html, frozenset({UserId(user_id)}))


@pytest.mark.parametrize(
    ("template", "html", "body"),
    [
        ("Merci", "Merci", "Merci"),
        ("**a** *b* ~~c~~ d", "<strong>a</strong> <em>b</em> <s>c</s> d", "a b c d"),
        ("un\ndeux", "un<br>deux", "un\ndeux"),
        ("un\n\ndeux", "<p>un</p><p>deux</p>", "un\n\ndeux"),
        ("- un\n- deux", "<ul><li>un</li><li>deux</li></ul>", "• un\n• deux"),
        ("3. un\n4. deux", '<ol start="3"><li>un</li><li>deux</li></ol>', "3. un\n4. deux"),
        ("- 1\n  - a\n- 2", "<ul><li>1<ul><li>a</li></ul></li><li>2</li></ul>", "• 1\n  • a\n• 2"),
        ("mot :\n- un", "<p>mot :</p><ul><li>un</li></ul>", "mot :\n\n• un"),
        ("> un\n>\n> deux", "<blockquote><p>un</p><p>deux</p></blockquote>", "> un\n> \n> deux"),
        ("## Titre\nmot", "<h2>Titre</h2><p>mot</p>", "Titre\n\nmot"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>", "a\n\n—\n\nb"),
        ("`!aide`", "<code>!aide</code>", "!aide"),
        ("```\na  b\n\nc\n```", "<pre><code>a  b\n\nc\n</code></pre>", "a  b\n\nc"),
        ("[x](https://a.org/?a&b)", anchor("https://a.org/?a&amp;b", "x"), "x (https://a.org/?a&b)"),
        ("<https://a.org>", anchor("https://a.org", "https://a.org"), "https://a.org"),
        ("[x](javascript:alert)", "[x](javascript:alert)", "[x](javascript:alert)"),
        ("a < b & <i>c</i>", "a &lt; b &amp; &lt;i&gt;c&lt;/i&gt;", "a < b & <i>c</i>"),
        ("« mot\u00a0»", "« mot\u00a0»", "« mot\u00a0»"),
        ("|a|b|\n|---|---|\n|1|2|", TABLE, "a | b\n1 | 2"),
        ("@room", "@\u2060room", "@\u2060room"),
    ],
)  # fmt: skip
def test_render_reads_as_well_plain_as_formatted(template: str, html: str, body: str) -> None:
    assert render(template, {}) == Text(body, html)


@pytest.mark.parametrize(
    ("value", "html", "body"),
    [
        ("mot", "mot", "mot"),
        (14, "14", "14"),
        ("**a** [b](https://c.example)", "**a** [b](https://c.example)", "**a** [b](https://c.example)"),
        ("<b>a</b> & 'b'", "&lt;b&gt;a&lt;/b&gt; &amp; 'b'", "<b>a</b> & 'b'"),
        ("un\r\ndeux\n\n\n\ntrois\n", "un<br>deux<br><br>trois", "un\ndeux\n\ntrois"),
        ("a\x00\x1b\u202e\u200b\ufeff\u00ad\ud800\U000e0041b", "ab", "ab"),
        ("a\tb", "a b", "a b"),
        ("👩\u200d🌾 a\u200db", "👩\u200d🌾 ab", "👩\u200d🌾 ab"),
        ("שלום\nhello", "\u2068שלום\u2069<br>hello", "\u2068שלום\u2069\nhello"),
        ("@room @Room @\u200broom", *["@\u2060room @\u2060Room @\u2060room"] * 2),
        ("https://matrix.to/#/@a:b", *["https://matrix.to/#/\u2060@a:b"] * 2),
        ("ana@example.org", "ana@example.org", "ana@example.org"),
        ("{other} {value}", "{other} {value}", "{other} {value}"),
        (Code("E12"), "<code>E12</code>", "E12"),
        (Code("a\n<b>"), "<code>a &lt;b&gt;</code>", "a <b>"),
        (Link("https://a.org/?é&", "x"), anchor("https://a.org/?%C3%A9&amp;", "x"), "x (https://a.org/?%C3%A9&)"),
        (Link("https://a.org"), anchor("https://a.org", "https://a.org"), "https://a.org"),
        (Link("mailto:a@b.org", "a@b.org"), anchor("mailto:a@b.org", "a@b.org"), "a@b.org"),
        (Link(ROOM_LINK, "salon"), anchor(ROOM_LINK, "salon"), f"salon ({ROOM_LINK})"),
        (Link("javascript:alert(1)", "guide"), "guide", "guide"),
        (Link("https://a.example/\"onx='", "guide"), "guide", "guide"),
        (Link("https://matrix.to/#/@a:b.example", "Ana"), "Ana", "Ana"),
        (Text("a", "<em>a</em>"), "<em>a</em>", "a"),
    ],
)  # fmt: skip
def test_render_shows_each_kind_of_value(value: object, html: str, body: str) -> None:
    assert render("{value}", {"value": value}) == Text(body, html)


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        (Mention(ANA, "Ana"), pill(ANA, "Ana")),
        (Mention(ANA, " \n"), pill(ANA, ANA)),
        (Mention(ANA, "@room"), pill(ANA, "@\u2060room")),
        (Mention(UserId("@room:b.org"), "R"), pill("@room:b.org", "R")),
        (Mention(UserId("nobody"), "A"), Text("A", "A")),
    ],
)  # fmt: skip
def test_render_mentions_whom_the_bot_chose(mention: Mention, expected: Text) -> None:
    assert render("{who}", {"who": mention}) == expected


def test_render_keeps_odd_user_ids_in_their_attribute() -> None:
    odd = UserId('@a">:b.org')
    text = render("{who}", {"who": Mention(odd, "A")})
    assert text == Text("A", anchor("https://matrix.to/#/@a%22%3E:b.org", "A"), frozenset({odd}))


def test_render_keeps_lines_of_a_value_in_their_list_or_quote() -> None:
    text = render("- {a}\n- b\n\n> {a}", {"a": "un\ndeux"})
    assert text.body == "• un\n  deux\n• b\n\n> un\n> deux"


def test_render_shows_a_value_in_code_without_markup() -> None:
    params = {"a": Mention(ANA, "Ana"), "b": Code("E12"), "c": "x <\ny"}
    text = render("`{a} {b} {c}`", params)
    assert text.html == "<code>Ana E12 x &lt;\ny</code>"


def test_render_puts_a_list_in_the_place_of_its_paragraph() -> None:
    items = bullets([Text("a", "a"), Text("b", "b")])
    text = render("**Titre**\n\n{items}\n\nFin", {"items": items})
    assert text.html == "<p><strong>Titre</strong></p><ul><li>a</li><li>b</li></ul><p>Fin</p>"
    assert text.body == "Titre\n\n• a\n• b\n\nFin"


def test_render_makes_lines_of_a_list_among_words() -> None:
    items = bullets([Text("a", "a"), Text("<", "&lt;")])
    assert render("mot {items}", {"items": items}).html == "mot • a<br>• &lt;"


def test_render_makes_bold_wherever_a_placeholder_stands() -> None:
    assert render("l’**{a}**s", {"a": "mot"}).html == "l’<strong>mot</strong>s"


def test_render_refuses_a_missing_value() -> None:
    with pytest.raises(KeyError, match="name"):
        render("Bonjour {name}", {"other": "x"})


@pytest.mark.parametrize("value", [None, b"x", ["x"], object()])
def test_render_refuses_another_kind_of_value(value: object) -> None:
    with pytest.raises(TypeError, match="cannot show"):
        render("{value}", {"value": value})


def test_render_refuses_a_placeholder_in_an_address() -> None:
    with pytest.raises(ValueError, match="attribute"):
        render("[guide]({url})", {"url": "https://a.example"})


def test_placeholders_are_the_names_that_a_template_wants() -> None:
    assert placeholders("{a} `{b_2}` {a} {} {A} {c d}") == {"a", "b_2"}


def test_render_cuts_what_no_event_could_hold() -> None:
    text = render("{a}", {"a": "x" * 50_000})
    assert text.body == "x" * 40_000 + "…"


def test_render_of_a_known_template_costs_microseconds() -> None:
    template = "Merci {name} : `{id}` est gardée. Pour la relire : `{prefix}exp {id}`"
    params = {"name": "Élodie d’Arc", "id": "E12", "prefix": "!"}

    def seconds() -> float:
        start = time.process_time()
        for _ in range(200):
            render(template, params)
        return (time.process_time() - start) / 200

    assert min(seconds() for _ in range(20)) < 30e-6


def test_written_markdown_keeps_headings_lists_and_links() -> None:
    text = written("# Ce soir\n\n* un **mot**\n* [ici](https://a.example)\n\n@room")
    assert text.html == (
        "<h1>Ce soir</h1><ul><li>un <strong>mot</strong></li>"
        '<li><a href="https://a.example">ici</a></li></ul><p>@room</p>'
    )
    assert "• un mot" in text.body
    assert text.mentions == frozenset()


@pytest.mark.parametrize(
    "given",
    [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](https://matrix.to/#/@jo:example.org)",
        "<script>x</script>",
        "![x](https://a.example/x.png)",
    ],
)
def test_written_markdown_lets_nothing_dangerous_through(given: str) -> None:
    html = written(given).html
    assert sanitise(html) == html
    for bad in ("<script", "<img src", 'href="javascript:', "matrix.to/#/@"):
        assert bad not in html
