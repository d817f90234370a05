"""Plain values for what comes in from the homeserver."""

from dataclasses import dataclass
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
class Message(Incoming):
    """A text message addressed to the bot; after an edit, with the new text.

    ``body`` is the plain text without the reply fallback. ``replaces`` is the event that this one
    edits, ``reply_to`` the one it answers, ``thread`` the root of its thread. ``mentions`` are the
    user ids of ``m.mentions``. ``is_encrypted`` tells how it arrived.
    """

    body: str
    msgtype: str = "m.text"
    replaces: EventId | None = None
    reply_to: EventId | None = None
    thread: EventId | None = None
    mentions: frozenset[UserId] = frozenset()
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Reaction(Incoming):
    """``m.reaction``: ``key`` was put on the event ``target``."""

    target: EventId
    key: str


@dataclass(frozen=True, slots=True)
class Redaction(Incoming):
    """The event ``target`` was redacted by ``sender``."""

    target: EventId


@dataclass(frozen=True, slots=True)
class Membership(Incoming):
    """A change of ``user_id``'s membership; ``previous`` is what it was before, if known."""

    user_id: UserId
    membership: str
    previous: str | None
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class Invite(Incoming):
    """``sender`` invites the bot; ``is_direct`` is the inviter's claim."""

    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Upgrade(Incoming):
    """``m.room.tombstone``: the room goes on in ``replacement``."""

    replacement: RoomId


Event = Message | Reaction | Redaction | Membership | Invite | Upgrade
