"""Put finished texts together: one under the other, as a list, or folded away."""

from collections.abc import Iterable
from typing import TypedDict

from bot.ids import UserId
from bot.text.value import Text


def lines(texts: Iterable[Text]) -> Text:
    """Return ``texts`` one under the other without a gap (blocks among them keep theirs)."""
    parts = tuple(texts)
    if any(part.is_block for part in parts):
        return paragraphs(parts)
    return Text(
        "\n".join(part.body for part in parts),
        "<br>".join(part.html for part in parts),
        **_about(parts),
    )


def joined(texts: Iterable[Text], separator: str) -> Text:
    """Return ``texts`` (each one line) on one line, with ``separator`` of ours between them."""
    parts = tuple(texts)
    return Text(
        separator.join(part.body for part in parts),
        separator.join(part.html for part in parts),
        **_about(parts),
    )


def paragraphs(texts: Iterable[Text]) -> Text:
    """Return ``texts`` as blocks with a blank line between them."""
    parts = tuple(texts)
    return Text(
        "\n\n".join(part.body for part in parts),
        "".join(_block(part) for part in parts),
        **_about(parts),
    )


def bullets(texts: Iterable[Text]) -> Text:
    """Return ``texts`` as a list, each behind a bullet."""
    parts = tuple(texts)
    return Text(
        "\n".join("• " + part.body.replace("\n", "\n  ") for part in parts),
        "<ul>" + "".join(f"<li>{part.html}</li>" for part in parts) + "</ul>",
        **_about(parts),
    )


def details(summary: Text, inner: Text) -> Text:
    """Return ``inner`` folded away behind ``summary`` (one line); plain readers get both."""
    return Text(
        f"{summary.body}\n\n{inner.body}",
        f"<details><summary>{summary.html}</summary>{_block(inner)}</details>",
        **_about((summary, inner)),
    )


def _block(text: Text) -> str:
    return text.html if text.is_block else f"<p>{text.html}</p>"


class _About(TypedDict):
    mentions: frozenset[UserId]
    people: frozenset[UserId]


def _about(texts: Iterable[Text]) -> _About:
    parts = tuple(texts)
    return _About(
        mentions=frozenset(user_id for text in parts for user_id in text.mentions),
        people=frozenset(user_id for text in parts for user_id in text.people),
    )
