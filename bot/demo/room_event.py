"""One event of a room as a member's client receives it, and how to read it."""

from dataclasses import dataclass

from bot.demo.client_api import JsonObject, inner, number, text
from bot.ids import EventId, RoomId, UserId


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """An event as the server gave it; ``content`` is untouched.

    ``is_opened`` tells that it came encrypted, and that type and content are what was in it.
    """

    event_id: EventId
    room_id: RoomId
    sender: UserId
    type: str
    content: JsonObject
    origin_server_ts: int
    state_key: str | None = None
    is_redacted: bool = False
    redacts: EventId | None = None
    is_opened: bool = False

    @property
    def msgtype(self) -> str:
        """The kind of message (``m.text``, ``m.notice``); empty when it is no message."""
        return text(self.content, "msgtype")

    @property
    def body(self) -> str:
        """The plain text: for an edit, the new one."""
        return text(self.content, "m.new_content", "body") or text(self.content, "body")

    @property
    def formatted_body(self) -> str:
        """The HTML, empty when there is none: for an edit, the new one."""
        new = text(self.content, "m.new_content", "formatted_body")
        return new or text(self.content, "formatted_body")

    @property
    def relation(self) -> str:
        """The relation's type: ``m.thread``, ``m.replace``, ``m.annotation``; else empty."""
        return text(self.content, "m.relates_to", "rel_type")

    @property
    def related_to(self) -> EventId:
        """The thread's root, or what is edited or reacted to; else empty."""
        return EventId(text(self.content, "m.relates_to", "event_id"))

    @property
    def reply_to(self) -> EventId:
        """The event this is a reply to, in a thread or not; else empty."""
        return EventId(text(self.content, "m.relates_to", "m.in_reply_to", "event_id"))

    @property
    def reaction(self) -> str:
        """The key of a reaction; else empty."""
        return text(self.content, "m.relates_to", "key") if self.type == "m.reaction" else ""


def parsed(room_id: RoomId, event: JsonObject) -> RoomEvent:
    """Read one event of ``/sync`` or ``/messages``; what is missing becomes empty."""
    state_key = event.get("state_key")
    redacts = text(event, "redacts") or text(event, "content", "redacts")
    return RoomEvent(
        event_id=EventId(text(event, "event_id")),
        room_id=room_id,
        sender=UserId(text(event, "sender")),
        type=text(event, "type"),
        content=inner(event, "content"),
        origin_server_ts=number(event, "origin_server_ts"),
        state_key=state_key if isinstance(state_key, str) else None,
        is_redacted=bool(inner(event, "unsigned", "redacted_because")),
        redacts=EventId(redacts) if redacts else None,
    )
