"""Experience guide: what an author is asked, one thing at a time, and what comes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.ids import EventId, RoomId, UserId
from bot.services import experience_card, experience_field
from bot.services.answer import Control, control
from bot.services.form import Draft, Form
from bot.storage.experience import Experience, tags

FORM = Form(
    fields=(
        *("problem", "solution", "context", "how", "result", "learned", "conditions"),
        *("to_adapt", "means", "contact", "tags", "world", "place", "title"),
    ),
    worded=frozenset({"title", "result", "solution"}),
)
"""Problem and solution first: who stops there has told an experience. The title is offered last."""

OFFERS = ("⏭", "👁", "🕐", "⏹")
"""Skip, see what it looks like, later, stop."""

PUBLISHING = ("📣", "↩", "🕐", "⏹")
"""Publish, go back, later, stop."""

NOUN = "experience_share"
"""The command that asks; its draft goes by the same name."""


def read(name: str, text: str, draft: Draft) -> str:
    """Return ``text`` as the answer to the field ``name``.

    "Yes" to the title that is offered is that title. Raises UserError for what does not fit.
    """
    if name == "title" and control(text) is Control.YES:
        return offered_title(draft)
    if name == "tags":
        found = sorted(tags(" ".join(f"#{word.lstrip('#')}" for word in text.split())))
        return " ".join(f"#{tag}" for tag in found)
    return experience_field.read(name, text) or text


def offered_title(draft: Draft) -> str:
    """Return the title that the words told so far suggest."""
    return experience_card.title(_item(draft.values))


def is_told(draft: Draft) -> bool:
    """Return whether there is something to publish."""
    return any(draft.values.get(name) for name in ("problem", "solution", "how", "result"))


def item_of(
    draft: Draft, room: RoomId, author: UserId, source: EventId, now: datetime
) -> Experience:
    """Return the experience that was told."""
    told = _item(draft.values)
    return replace(told, room_id=room, author=author, source_event_id=source, created_at=now)


def _item(values: Mapping[str, str]) -> Experience:
    words = {name: value for name, value in values.items() if name != "tags"}
    given = " ".join(sorted(tags(values.get("tags", ""))))
    blank = Experience(RoomId(""), UserId(""), EventId(""), _NEVER)
    return replace(blank, given_tags=given, **words)  # type: ignore[arg-type]  # fields by name


_NEVER = datetime.min.replace(tzinfo=UTC)
