"""Experience record: an experience as a row of plain words, to leave the bot and to come back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.ids import EventId, RoomId, UserId
from bot.services.number import EXPERIENCE, named
from bot.services.profile import read_world
from bot.storage.experience import FIELDS, Experience, Status, Visibility, tags

KNOWN = (
    *("key", "id", "author", "room", "created_at", "edited_at", "visibility", "parent", "tags"),
    *("status", "status_at", "status_reason"),
)
"""What is known of an experience beside its words, in the order in which it is written."""

COLUMNS = (*KNOWN, *FIELDS)

WORDS_LIMIT = 4_000
"""Characters of one field: as many as may be typed."""

_IMPORTED = "import:"
_SHORT = 255


class RejectedError(Exception):
    """A row that is no experience; ``reason`` is the end of a message id that says why."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


@dataclass(frozen=True, slots=True)
class Record:
    """One experience as it was read; ``place`` is where in its file, for a person to find it."""

    place: str
    source: EventId
    values: Mapping[str, str]


def record_of(item: Experience, parent: Experience | None) -> dict[str, str]:
    """Return all that is written of ``item``; what is missing is empty."""
    written = {
        "key": item.source_event_id,
        "id": named(EXPERIENCE, item.id),
        "author": item.author,
        "room": item.room_id,
        "created_at": item.created_at.isoformat(),
        "edited_at": item.edited_at.isoformat() if item.edited_at else "",
        "visibility": item.visibility,
        "parent": parent.source_event_id if parent is not None else "",
        "tags": " ".join(sorted(item.tags)),
        "status": item.status or "",
        "status_at": item.status_at.isoformat() if item.status_at else "",
        "status_reason": item.status_reason or "",
    }
    return {**written, **{name: getattr(item, name) or "" for name in FIELDS}}


def read(place: str, given: Mapping[str, str]) -> Record:
    """Return the record in ``given``; raises RejectedError for what is none.

    Without a key its words are the key: the same row is known again.
    """
    values = {
        name: given.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
        for name in COLUMNS
    }
    values = {name: value for name, value in values.items() if value}
    words = {name: values[name] for name in FIELDS if name in values}
    if not any(any(map(str.isalnum, text)) for text in words.values()):
        raise RejectedError("empty")
    for name, text in values.items():
        if len(text) > (WORDS_LIMIT if name in FIELDS or name == "status_reason" else _SHORT):
            raise RejectedError("too_long", column=name, limit=WORDS_LIMIT)
    for name in ("created_at", "edited_at", "status_at"):
        if name in values:
            _time(name, values[name])
    if values.get("visibility", Visibility.ROOM) not in set(Visibility):
        raise RejectedError("unknown", column="visibility", given=values["visibility"])
    if "world" in values:
        world = read_world(values["world"])
        if world is None:
            raise RejectedError("unknown", column="world", given=values["world"])
        values["world"] = world.value
    if values.get("status", Status.ALIVE) not in set(Status):
        raise RejectedError("unknown", column="status", given=values["status"])
    return Record(place, _source(values.get("key"), words), values)


def _source(key: str | None, words: Mapping[str, str]) -> EventId:
    if key is None:
        told = "\0".join(f"{name}={text}" for name, text in sorted(words.items()))
        return EventId(_IMPORTED + hashlib.sha256(told.encode()).hexdigest()[:32])
    is_ours = key.startswith(("$", _IMPORTED))
    return EventId(key if is_ours else _IMPORTED + key)


def is_imported(item: Experience) -> bool:
    """Return whether no message holds ``item``: it came out of a file."""
    return item.source_event_id.startswith(_IMPORTED)


def experience_of(
    record: Record, room: RoomId, author: UserId, now: datetime, parent: int | None
) -> Experience:
    """Return the experience that ``record`` tells, of ``author`` in ``room``."""
    values = record.values
    words = {name: values[name] for name in FIELDS if name in values}
    given = " ".join(sorted(tags(" ".join(f"#{tag}" for tag in values.get("tags", "").split()))))
    created = _time("created_at", values["created_at"]) if "created_at" in values else now
    status_at = _time("status_at", values["status_at"]) if "status_at" in values else now
    has_status = "status" in values
    found = Experience(
        room_id=room,
        author=author,
        source_event_id=record.source,
        created_at=min(created, now),
        given_tags=given,
        visibility=Visibility.ROOM,
        parent_id=parent,
        status=values.get("status"),
        status_at=min(status_at, now) if has_status else None,
        status_reason=values.get("status_reason") if has_status else None,
    )
    return replace(found, **words)  # type: ignore[arg-type]  # the names of `FIELDS`


def _time(name: str, given: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise RejectedError("no_date", column=name, given=given) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
