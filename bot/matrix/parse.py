"""Parsing: one raw event of the server becomes a plain value, or is refused."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.ids import EventId, Oid, RoomId, UserId
from bot.matrix.media import MEDIA_TYPES, caption_of, media_in
from bot.model import UNKNOWN, Event, Membership, Message, Reaction, Redaction, Upgrade
from bot.services.outgoing import MARKER

BODY_LIMIT = 20_000
"""Characters of a body that are read; a command is far shorter, a post of 64 KiB is not one."""

ID_LIMIT = 255
"""Bytes of an id (Matrix 1.16, appendices 4.2); event ids and keys are cut by the same measure."""

_TIMESTAMP_LIMIT = 253_402_300_799_000
"""Milliseconds; the last that a datetime can hold."""


class MalformedEventError(Exception):
    """An event that breaks the specification; quarantined, never a reason to stop."""


def text_of(value: object, *, limit: int = ID_LIMIT) -> str:
    """Return ``value`` if it is a non-empty string of at most ``limit`` characters.

    Raises MalformedEventError otherwise, and for one with NUL or newline characters.
    """
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise MalformedEventError("a string is missing or too long")
    if "\0" in value or "\n" in value:
        raise MalformedEventError("a control character in an id")
    return value


def id_of(value: object, sigil: str) -> str:
    """Return ``value`` if it is an id that begins with ``sigil``; else raises MalformedEventError.

    What begins with a sigil can also never be a ``..`` in the path of a request.
    """
    text = text_of(value)
    if not text.startswith(sigil):
        raise MalformedEventError(f"an id without {sigil}")
    return text


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return ``value`` if it is a JSON object; raises MalformedEventError otherwise."""
    if not isinstance(value, dict):
        raise MalformedEventError("an object is missing")
    return value


def is_state(raw: Mapping[str, Any]) -> bool:
    """Return whether a raw event is a state event."""
    return "state_key" in raw


def event_id_of(raw: Mapping[str, Any]) -> EventId:
    """Return the event id; raises MalformedEventError if there is none."""
    return EventId(id_of(raw.get("event_id"), "$"))


def oid_in(content: object) -> Oid | None:
    """Return our marker in the content of one of our own events, or None."""
    value = content.get(MARKER) if isinstance(content, dict) else None
    return Oid(value) if isinstance(value, str) and len(value) <= ID_LIMIT else None


def parse(
    raw: Mapping[str, Any], room: RoomId, received_at: datetime, *, is_encrypted: bool = False
) -> Event | None:
    """Return the plain value of a raw event; None for types the bot has no use for.

    ``is_encrypted`` tells that ``raw`` came out of a ciphertext: such a payload is never believed
    to be state or a redaction, which the server has to allow. Raises MalformedEventError.
    """
    kind = raw.get("type")
    content = mapping_of(raw.get("content"))
    common = _common(raw, room, received_at)
    if not is_state(raw):
        if kind == "m.room.message":
            return _message(content, common, is_encrypted=is_encrypted)
        parser = _RELATIONS.get(kind) if isinstance(kind, str) else None
        parser = None if is_encrypted and parser is _redaction else parser
    else:
        parser = _STATES.get(kind) if isinstance(kind, str) and not is_encrypted else None
    return parser(raw, content, common) if parser is not None else None


def _common(raw: Mapping[str, Any], room: RoomId, received_at: datetime) -> dict[str, Any]:
    sent = raw.get("origin_server_ts")
    if not isinstance(sent, int) or isinstance(sent, bool) or not 0 <= sent <= _TIMESTAMP_LIMIT:
        raise MalformedEventError("no time stamp")
    return {
        "event_id": event_id_of(raw),
        "room_id": room,
        "sender": UserId(id_of(raw.get("sender"), "@")),
        "sent_at": datetime.fromtimestamp(sent / 1000, UTC),
        "received_at": received_at,
    }


def _message(
    content: Mapping[str, Any], common: dict[str, Any], *, is_encrypted: bool
) -> Message | None:
    relation = _relation(content)
    replaces: EventId | None = None
    if relation.get("rel_type") == "m.replace":
        replaces = EventId(id_of(relation.get("event_id"), "$"))
        content = mapping_of(content.get("m.new_content"))
        relation = _relation(content)
    msgtype, body = content.get("msgtype"), content.get("body")
    if not isinstance(msgtype, str) or not isinstance(body, str):
        raise MalformedEventError("a message without type or body")
    reply = relation.get("m.in_reply_to")
    reply_to = _optional_id(reply.get("event_id")) if isinstance(reply, dict) else None
    thread = _optional_id(relation.get("event_id")) if _is_thread(relation) else None
    if thread is not None and relation.get("is_falling_back") is True:
        reply_to = None
    media = media_in(content) if msgtype in MEDIA_TYPES else None
    if msgtype in MEDIA_TYPES:
        body = caption_of(content)
    elif reply_to is not None:
        body = without_fallback(body)
    return Message(
        **common,
        body=body[:BODY_LIMIT].replace("\0", ""),
        msgtype=msgtype,
        replaces=replaces,
        reply_to=reply_to,
        thread=thread,
        mentions=_mentions(content),
        is_encrypted=is_encrypted,
        media=media,
    )


def without_fallback(body: str) -> str:
    """Return the body without the quoted lines that old clients put before a reply.

    Reply fallbacks left the specification in 1.13, but bridges and old clients still write them:
    lines beginning with ``> <``, then ``>``, then one empty line.
    """
    if not body.startswith("> <"):
        return body
    lines = body.split("\n")
    first = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[first:]).removeprefix("\n")


def _relation(content: Mapping[str, Any]) -> Mapping[str, Any]:
    relation = content.get("m.relates_to")
    return relation if isinstance(relation, dict) else {}


def _is_thread(relation: Mapping[str, Any]) -> bool:
    return relation.get("rel_type") == "m.thread"


def _optional_id(value: object) -> EventId | None:
    if isinstance(value, str) and 0 < len(value) <= ID_LIMIT and value.startswith("$"):
        return EventId(value)
    return None


def _mentions(content: Mapping[str, Any]) -> frozenset[UserId]:
    mentions = content.get("m.mentions")
    users = mentions.get("user_ids") if isinstance(mentions, dict) else None
    if not isinstance(users, list):
        return frozenset()
    return frozenset(UserId(user) for user in users[:50] if isinstance(user, str))


def _membership(
    raw: Mapping[str, Any], content: Mapping[str, Any], common: dict[str, Any]
) -> Membership:
    unsigned = raw.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    previous = before.get("membership") if isinstance(before, dict) else None
    if previous is None and isinstance(unsigned, dict) and "replaces_state" in unsigned:
        previous = UNKNOWN
    name = content.get("displayname")
    return Membership(
        **common,
        user_id=UserId(text_of(raw.get("state_key"))),
        membership=text_of(content.get("membership")),
        previous=previous if isinstance(previous, str) else None,
        display_name=name if isinstance(name, str) else None,
    )


def _reaction(
    _raw: Mapping[str, Any], content: Mapping[str, Any], common: dict[str, Any]
) -> Reaction:
    relation = mapping_of(content.get("m.relates_to"))
    # Clients disagree on whether a pictogram carries the variation selector.
    key = text_of(relation.get("key")).replace("\ufe0f", "")
    return Reaction(**common, target=EventId(id_of(relation.get("event_id"), "$")), key=key)


def _redaction(
    raw: Mapping[str, Any], content: Mapping[str, Any], common: dict[str, Any]
) -> Redaction:
    # In the content from room version 11 on, at the top before; servers copy it to the other place.
    # The sender chose the one that the server did not check: both must say the same.
    places = [place["redacts"] for place in (raw, content) if "redacts" in place]
    if not places or places[0] != places[-1]:
        raise MalformedEventError("a redaction of nothing, or of two events")
    return Redaction(**common, target=EventId(id_of(places[0], "$")))


def _upgrade(raw: Mapping[str, Any], content: Mapping[str, Any], common: dict[str, Any]) -> Upgrade:
    if raw.get("state_key") != "":
        raise MalformedEventError("a tombstone with a state key")
    return Upgrade(**common, replacement=RoomId(id_of(content.get("replacement_room"), "!")))


_Parser = Callable[[Mapping[str, Any], Mapping[str, Any], dict[str, Any]], Event]
_RELATIONS: Mapping[object, _Parser] = {"m.reaction": _reaction, "m.room.redaction": _redaction}
_STATES: Mapping[object, _Parser] = {"m.room.member": _membership, "m.room.tombstone": _upgrade}
