"""Experience told: what an author tells of an experience, and what is known of it beside."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ids import EventId, RoomId, UserId
from bot.text import fold


class Visibility(StrEnum):
    """Who may see it: members of its room, of any room with the bot, or everybody."""

    ROOM = "room"
    COMMUNITY = "community"
    PUBLIC = "public"


class Status(StrEnum):
    """What became of it, as its author said later."""

    ALIVE = "alive"
    ADAPTED = "adapted"
    STOPPED = "stopped"


FIELDS = (
    *("title", "context", "problem", "solution", "note", "how", "result", "learned"),
    *("conditions", "to_adapt", "means", "contact", "world", "place"),
)
"""What an author tells, in the order in which it is read; each may be missing."""

# A tag begins a word: neither the fragment of an address nor the "#1" of a list is one.
_TAG = re.compile(r"(?<![\w/#&?=.-])#([^\W\d_][\w-]*)")


@dataclass(frozen=True, slots=True)
class Experience:
    """``E<id>``, shared by ``author`` in ``room_id``: what is told in `FIELDS`, or just a ``note``.

    ``source_event_id`` is the message that holds it: its edits and its redaction count here too.
    ``given_tags`` are those that are not in its words, folded, with spaces between. ``parent_id``
    is the experience it takes up. Times are aware UTC.
    """

    room_id: RoomId
    author: UserId
    source_event_id: EventId
    created_at: datetime
    problem: str | None = None
    solution: str | None = None
    note: str | None = None
    edited_at: datetime | None = None
    id: int = 0
    title: str | None = None
    context: str | None = None
    how: str | None = None
    result: str | None = None
    learned: str | None = None
    conditions: str | None = None
    to_adapt: str | None = None
    means: str | None = None
    contact: str | None = None
    world: str | None = None
    place: str | None = None
    given_tags: str = ""
    visibility: str = Visibility.ROOM
    parent_id: int | None = None
    status: str | None = None
    status_at: datetime | None = None
    status_reason: str | None = None

    @property
    def told(self) -> dict[str, str]:
        """Return what its author told, by field, in the order of `FIELDS`."""
        found = ((name, getattr(self, name)) for name in FIELDS)
        return {name: value for name, value in found if value}

    @property
    def text(self) -> str:
        """Return all its words."""
        return "\n".join(self.told.values())

    @property
    def tags(self) -> frozenset[str]:
        """Return its tags, folded: those in its words and those it was given."""
        return tags(self.text) | frozenset(self.given_tags.split())


def tags(text: str) -> frozenset[str]:
    """Return the tags in ``text`` (``#Achat``), folded and without ``#``."""
    return frozenset(fold(found.rstrip("-_")) for found in _TAG.findall(text))
