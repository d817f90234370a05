"""Put finished texts together: one under the other, as a list, or folded away."""

from collections.abc import Iterable

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
        _mentions(parts),
    )


def paragraphs(texts: Iterable[Text]) -> Text:
    """Return ``texts`` as blocks with a blank line between them."""
    parts = tuple(texts)
    return Text(
        "\n\n".join(part.body for part in parts),
        "".join(_block(part) for part in parts),
        _mentions(parts),
    )


def bullets(texts: Iterable[Text]) -> Text:
    """Return ``texts`` as a list, each behind a bullet."""
    parts = tuple(texts)
    return Text(
        "\n".join("• " + part.body.replace("\n", "\n  ") for part in parts),
        "<ul>" + "".join(f"<li>{part.html}</li>" for part in parts) + "</ul>",
        _mentions(parts),
    )


def details(summary: Text, inner: Text) -> Text:
    """Return ``inner`` folded away behind ``summary`` (one line); plain readers get both."""
    return Text(
        f"{summary.body}\n\n{inner.body}",
        f"<details><summary>{summary.html}</summary>{_block(inner)}</details>",
        _mentions((summary, inner)),
    )


def _block(text: Text) -> str:
    return text.html if text.is_block else f"<p>{text.html}</p>"


def _mentions(texts: Iterable[Text]) -> frozenset[UserId]:
    return frozenset(user_id for text in texts for user_id in text.mentions)
