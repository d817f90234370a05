"""Content: what a message of the bot carries, and by which name it is known."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.ids import EventId, Oid, RoomId, UserId
from bot.model import Message
from bot.text import Text, split

MARKER = "app.compagnon.oid"
"""Key in the content of every event we send; inside the ciphertext where that is encrypted."""


LEAVE = "app.compagnon.leave"
"""Type of an act that is no event: the bot leaves the room, after what it said there."""


def conversation_with(room: RoomId, user: UserId) -> str:
    """Return the key within which answers to ``user`` in ``room`` keep their order."""
    return f"{room}|{user}"


def oid_of(cause: str, n: int) -> Oid:
    """Return the identity of the ``n``-th act that follows from ``cause``: 22 characters."""
    digest = hashlib.sha256(f"{cause}\0{n}".encode()).digest()
    return Oid(urlsafe_b64encode(digest[:16]).rstrip(b"=").decode())


def first_answer(event: EventId) -> Oid:
    """Return the oid of the first act that followed from an incoming event."""
    return oid_of(f"event:{event}", 0)


def reply_relation(message: Message, *, opens_thread: bool) -> dict[str, object]:
    """Return the relation of an answer: a reply to ``message``, in its thread.

    With ``opens_thread`` the answer begins a thread on the command, unless the command itself has a
    relation: then it cannot be the root of one (Matrix 1.16, 11.37), and a plain reply remains.
    """
    command = message.replaces or message.event_id
    reply: dict[str, object] = {"m.in_reply_to": {"event_id": command}}
    is_bare = message.reply_to is None and message.replaces is None
    root = message.thread or (command if opens_thread and is_bare else None)
    if root is None:
        return reply
    return {"rel_type": "m.thread", "event_id": root, "is_falling_back": False, **reply}


def text_content(text: Text, msgtype: str, *, calls_room: bool = False) -> dict[str, object]:
    """Return the content of a message that says ``text``; ``calls_room`` mentions everybody."""
    mentions: dict[str, object] = {"user_ids": sorted(text.mentions)} if text.mentions else {}
    return {
        "msgtype": msgtype,
        "body": text.body,
        "format": "org.matrix.custom.html",
        "formatted_body": text.html,
        "m.mentions": {**mentions, "room": True} if calls_room else mentions,
    }


def related(target: EventId | Oid) -> str:
    """Return how the outbox keeps what an act relates to: an event, or an act of the bot."""
    return target if target.startswith("$") else f"oid:{target}"


def repeating(text: Text, params: Mapping[str, object], message: Message) -> Text:
    """Return ``text``, knowing that it quotes who wrote ``message`` if a value stands in there.

    Identifiers such as ``E12`` are nobody's words.
    """
    values = [value for value in params.values() if isinstance(value, str) and len(value) > 2]
    if any(value in message.body and not value[1:].isdigit() for value in values):
        return replace(text, people=text.people | {message.sender})
    return text


@dataclass(frozen=True, slots=True)
class Fallback:
    """What is said once in ``room`` where somebody cannot be told alone; it notifies."""

    room: RoomId
    text: Text


def instead_of(oid: Oid, fallback: Fallback) -> Mapping[str, object]:
    """Return what the outbox keeps of ``fallback``: a parcel's own fields."""
    own = oid_of(f"instead:{oid}", 0)
    content = {**text_content(split(fallback.text)[0], "m.text"), MARKER: own}
    return {"oid": own, "room_id": fallback.room, "content": content}
