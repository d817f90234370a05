"""Plain values for what comes in from the homeserver."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from bot.ids import EventId, RoomId, UserId


@dataclass(frozen=True, slots=True)
class Incoming:
    """What every incoming event has.

    ``sent_at`` is the sender's claim (``origin_server_ts``), never to be trusted for decisions;
    ``received_at`` is our own clock. Both are aware UTC.
    """

    event_id: EventId
    room_id: RoomId
    sender: UserId
    sent_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """What decrypts a file of an encrypted room, as it is written there (Matrix 1.16, 11.12.1.7.1).

    ``key`` is base64url and ``iv`` base64, without padding; ``sha256`` is the hash, in base64, of
    what the server has of it.
    """

    key: str
    iv: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file that somebody sent, as its message tells: nothing of it was looked at.

    ``msgtype`` is ``m.image``, ``m.video``, ``m.audio`` or ``m.file``; ``content_uri`` says where
    the file lies (``mxc:``), ``seal`` what decrypts it, None where it is not encrypted. All the
    rest is the sender's claim: ``size_bytes``, ``width`` and ``height`` in pixels, ``duration_ms``.
    """

    msgtype: str
    name: str
    mimetype: str
    content_uri: str
    seal: Seal | None = None
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Message(Incoming):
    """A message addressed to the bot; after an edit, with the new text.

    ``body`` is the plain text without the reply fallback. ``replaces`` is the event that this one
    edits, ``reply_to`` the one it answers, ``thread`` the root of its thread. ``mentions`` are the
    user ids of ``m.mentions``. ``is_encrypted`` tells how it arrived. ``media`` is the file that
    it brings; its ``body`` is then the caption, empty without one.
    """

    body: str
    msgtype: str = "m.text"
    replaces: EventId | None = None
    reply_to: EventId | None = None
    thread: EventId | None = None
    mentions: frozenset[UserId] = frozenset()
    is_encrypted: bool = False
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class Reaction(Incoming):
    """``m.reaction``: ``key`` was put on the event ``target``."""

    target: EventId
    key: str


@dataclass(frozen=True, slots=True)
class Redaction(Incoming):
    """The event ``target`` was redacted by ``sender``."""

    target: EventId


UNKNOWN = "unknown"
"""A membership that is not told."""


@dataclass(frozen=True, slots=True)
class Membership(Incoming):
    """A change of ``user_id``'s membership; ``previous`` is what it was before.

    It is None where there was none, and ``UNKNOWN`` where the server does not say.
    """

    user_id: UserId
    membership: str
    previous: str | None
    display_name: str | None = None

    @property
    def is_move(self) -> bool:
        """Return whether somebody came or went; a new name or picture is neither."""
        if self.membership == "join":
            return self.previous not in ("join", UNKNOWN)
        return self.membership in ("leave", "ban") and self.previous in ("join", "invite", "knock")


@dataclass(frozen=True, slots=True)
class Invite(Incoming):
    """``sender`` invites the bot; ``is_direct`` is the inviter's claim."""

    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Upgrade(Incoming):
    """``m.room.tombstone``: the room goes on in ``replacement``."""

    replacement: RoomId


Event = Message | Reaction | Redaction | Membership | Invite | Upgrade

KINDS: Mapping[str, type[Event]] = {
    "message": Message,
    "reaction": Reaction,
    "redaction": Redaction,
    "membership": Membership,
    "invite": Invite,
    "upgrade": Upgrade,
}
"""How each kind is called in the journal."""

_NAMES = {kind: name for name, kind in KINDS.items()}


def kind_of(event: Event) -> str:
    """Return the name of the event's kind, as the journal keeps it."""
    return _NAMES[type(event)]


def to_payload(event: Event) -> dict[str, object]:
    """Return the event as a JSON object, for the journal; times are ISO 8601."""
    return {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def from_payload(kind: str, payload: Mapping[str, object]) -> Event:
    """Return the event that ``to_payload`` wrote.

    Raises KeyError, TypeError or ValueError for a payload of another version of the bot.
    """
    values = dict(payload)
    for name in ("sent_at", "received_at"):
        values[name] = datetime.fromisoformat(str(values[name]))
    if kind == "message":
        mentions = values.get("mentions", [])
        values["mentions"] = frozenset(mentions if isinstance(mentions, list) else [])
        values["media"] = media_from(values["media"]) if values.get("media") else None
    return KINDS[kind](**values)  # type: ignore[arg-type]  # checked by the constructor's names


def media_from(payload: object) -> Media:
    """Return the media that ``dataclasses.asdict`` wrote down.

    Raises TypeError for a payload of another version of the bot.
    """
    if not isinstance(payload, Mapping):
        raise TypeError("no media")
    seal = payload.get("seal")
    return Media(**{**payload, "seal": Seal(**seal) if isinstance(seal, Mapping) else None})


def _plain(value: object) -> object:
    if isinstance(value, Media):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value
