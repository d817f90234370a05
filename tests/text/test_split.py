import json
import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ids import UserId
from bot.text import Mention, Text, bullets, paragraphs, render, split
from bot.text.allow_list import sanitise
from bot.text.plain import plain


def size_bytes(text: Text) -> int:
    return sum(
        len(json.dumps(part, ensure_ascii=False).encode()) - 2 for part in (text.body, text.html)
    )


def words(html: str) -> str:
    """Return the letters between the tags, without the spaces that a cut may take."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def long_text() -> Text:
    items = [
        render(
            "{who} **mot {i}** {words}",
            {"who": Mention(UserId(f"@u{i}:a.org"), f"U{i}"), "i": i, "words": "é<mot> " * 20},
        )
        for i in range(200)
    ]
    block = "1. un\n2. deux {x}\n\n> {x}\n\n`{x}`\n\n{items}"
    return render(block, {"x": "mot & 'mot'\n" * 400, "items": bullets(items)})


@pytest.mark.parametrize("limit_bytes", [4_096, 10_000, 40_000])
def test_split_pieces_fit_and_lose_nothing(limit_bytes: int) -> None:
    text = long_text()
    pieces = split(text, limit_bytes)
    assert max(size_bytes(piece) for piece in pieces) <= limit_bytes
    assert [sanitise(piece.html) for piece in pieces] == [piece.html for piece in pieces]
    assert "".join(words(piece.html) for piece in pieces) == words(text.html)
    assert frozenset().union(*(piece.mentions for piece in pieces)) == text.mentions


def test_split_fills_its_pieces() -> None:
    text = long_text()
    assert len(split(text, 40_000)) <= 2 * size_bytes(text) // 40_000 + 1


def test_split_cuts_between_blocks() -> None:
    text = paragraphs([Text("x " * 700, "x " * 700) for _ in range(8)])
    assert {piece.html.count("<p>") * 1_400 for piece in split(text, 8_192)} == {2_800}


def test_split_leaves_a_short_text_alone() -> None:
    text = render("**Merci** {who}", {"who": Mention(UserId("@ana:example.org"), "Ana")})
    assert split(text) == [text]


def test_split_mentions_people_where_they_are_named() -> None:
    people = [UserId(f"@u{i}:a.example") for i in range(2)]
    named = [render("{who}", {"who": Mention(person, "U")}) for person in people]
    text = paragraphs([named[0], Text("x " * 3_000, "x " * 3_000), named[1]])
    pieces = split(text, 8_192)
    assert pieces[0].mentions == {people[0]}
    assert pieces[-1].mentions == {people[1]}


def test_split_goes_on_counting_a_numbered_list() -> None:
    rows = "".join(f"<li>{'x ' * 200}</li>" for _ in range(20))
    text = Text(plain(f"<ol>{rows}</ol>"), f"<ol>{rows}</ol>")
    starts = [int(re.findall(r"\d+", piece.html)[0]) for piece in split(text, 4_096)[1:]]
    counts = [piece.html.count("<li>") for piece in split(text, 4_096)]
    assert starts == [1 + sum(counts[: index + 1]) for index in range(len(starts))]


def test_split_cuts_a_word_without_end() -> None:
    pieces = split(Text("é" * 30_000, "é" * 30_000), 8_192)
    assert "".join(piece.body for piece in pieces) == "é" * 30_000


def test_split_refuses_a_limit_without_room() -> None:
    with pytest.raises(ValueError, match="4095"):
        split(Text("a", "a"), 4_095)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from('abé <>&@\n"\\א👩'), min_size=1, max_size=40),
        min_size=1,
        max_size=5,
    ),
    st.integers(4_096, 9_000),
)
def test_split_fits_whatever_members_write(written: list[str], limit_bytes: int) -> None:
    items = bullets([render("> {a}\n\n- {a}", {"a": (text + " ") * 60}) for text in written])
    pieces = split(items, limit_bytes)
    assert max(size_bytes(piece) for piece in pieces) <= limit_bytes
    assert [sanitise(piece.html) for piece in pieces] == [piece.html for piece in pieces]
    assert "".join(words(piece.html) for piece in pieces) == words(items.html)
