from bot.ids import UserId
from bot.text import Mention, Text, bullets, details, lines, paragraphs, render
from bot.text.allow_list import sanitise
from bot.text.plain import plain

ANA = UserId("@ana:example.org")
PILL = '<a href="https://matrix.to/#/@ana:example.org">Ana</a>'


def test_lines_stand_under_each_other() -> None:
    assert lines([Text("a", "a"), Text("b", "b")]) == Text("a\nb", "a<br>b")


def test_paragraphs_wrap_lines_and_keep_blocks() -> None:
    text = paragraphs([Text("a", "a"), bullets([render("{who}", {"who": Mention(ANA, "Ana")})])])
    assert text == Text("a\n\n• Ana", f"<p>a</p><ul><li>{PILL}</li></ul>", frozenset({ANA}))


def test_details_fold_away_what_is_inside() -> None:
    text = details(Text("Plus", "Plus"), Text("mot", "mot"))
    assert text.html == "<details><summary>Plus</summary><p>mot</p></details>"
    assert text.body == plain(text.html)
    assert sanitise(text.html) == text.html


def test_composed_texts_read_like_their_html() -> None:
    inner = paragraphs([Text("a\nb", "a<br>b"), bullets([Text("c\nd", "c<br>d")])])
    whole = paragraphs([details(Text("e", "e"), inner), Text("f", "f")])
    assert whole.body == plain(whole.html)
