"""Outgoing: what the bot says, put into the outbox with the transaction that caused it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.ids import EventId, Oid, RoomId, UserId, direct_room, direct_user
from bot.model import Message
from bot.services.attachment import Attachment, Copy, content_of, file_of
from bot.services.content import (
    LEAVE,
    MARKER,
    Fallback,
    conversation_with,
    first_answer,
    instead_of,
    oid_of,
    related,
    reply_relation,
    text_content,
)
from bot.storage import attachment as stored_attachment
from bot.storage import outbox, quote
from bot.storage.transaction import Transaction
from bot.text import Text, people_of, split

__all__ = ["MARKER", "Fallback", "Outgoing", "conversation_with", "first_answer", "oid_of"]


@dataclass(slots=True)
class Outgoing:
    """Enqueues the acts of one cause; asked twice for the same cause, it enqueues the same oids.

    ``cause`` is ``event:<id>`` for an answer, ``due:<kind>:<reference>:<occurrence>`` for what the
    clock asks. Each act takes the next number, so a handler must act in a fixed order. Where
    ``is_pair`` holds, answers stay in the main timeline (ADR 7). ``enqueued`` holds all so far.
    """

    transaction: Transaction
    cause: str
    now: datetime
    is_pair: Callable[[RoomId], bool] = lambda _room: True
    enqueued: list[outbox.Parcel] = field(default_factory=list)
    _count: int = field(default=0)

    @property
    def upcoming(self) -> Oid:
        """Return the oid that the next act will have."""
        return oid_of(self.cause, self._count)

    def answer(self, to: Message, text: Text, *, card: str | None = None) -> Oid:
        """Answer ``to`` with one notice, or several if it is long; return the oid of the first.

        ``card`` names what a reaction on the answer is about, as ``kind:reference``.
        """
        conversation = conversation_with(to.room_id, to.sender)
        more = {"m.relates_to": reply_relation(to, opens_thread=not self.is_pair(to.room_id))}
        parts = [(part, {**text_content(part, "m.notice"), **more}) for part in split(text)]
        return self._post(to.room_id, conversation, parts, card=card)

    def say(
        self,
        room: RoomId,
        text: Text,
        *,
        is_notice: bool = True,
        reply_to: EventId | None = None,
        conversation: str | None = None,
        card: str | None = None,
        calls_room: bool = False,
    ) -> Oid:
        """Say something in a room; ``is_notice`` False makes it an ``m.text``, which notifies.

        ``calls_room`` mentions the whole room: never without the right of who asked for it.
        Without ``conversation`` it keeps its order among what the bot says of itself there.
        """
        msgtype = "m.notice" if is_notice else "m.text"
        relation: Mapping[str, object] = (
            {"m.relates_to": {"m.in_reply_to": {"event_id": reply_to}}} if reply_to else {}
        )
        parts = [
            (part, {**text_content(part, msgtype, calls_room=calls_room and n == 0), **relation})
            for n, part in enumerate(split(text))
        ]
        return self._post(room, conversation or room, parts, card=card)

    def say_below(self, room: RoomId, root: Oid, text: Text, *, conversation: str) -> Oid:
        """Say something in the thread under the bot's own message ``root``."""
        content = {**text_content(text, "m.notice"), "m.relates_to": {"rel_type": "m.thread"}}
        oid = self._enqueue(room, conversation, "m.room.message", content, target=related(root))
        quote.note(self.transaction, oid, room, people_of(text))
        return oid

    def attach(
        self,
        room: RoomId,
        attachment: Attachment | Copy,
        *,
        reply_to: EventId | Message | None = None,
        conversation: str | None = None,
        card: str | None = None,
        instead: Text | None = None,
        people: Collection[UserId] = (),
    ) -> Oid:
        """Send a file, encrypted where the room is.

        ``instead`` is said in its place if the server does not take the file; without it the
        animators hear that a message was refused. A message in ``reply_to`` is answered in its
        thread. ``people`` are whom the file shows. Without ``conversation`` it keeps its order
        among what the bot says of itself.
        """
        relation: Mapping[str, object] = {}
        if isinstance(reply_to, Message):
            conversation = conversation or conversation_with(room, reply_to.sender)
            opens_thread = not self.is_pair(room)
            relation = {"m.relates_to": reply_relation(reply_to, opens_thread=opens_thread)}
        elif reply_to is not None:
            relation = {"m.relates_to": {"m.in_reply_to": {"event_id": reply_to}}}
        content = {**content_of(attachment), **relation}
        oid = self._enqueue(room, conversation or room, "m.room.message", content, card=card)
        quote.note(self.transaction, oid, room, people)
        words = {**text_content(instead, "m.notice"), **relation, MARKER: oid} if instead else None
        stored_attachment.enqueue(self.transaction, oid, file_of(attachment), words)
        return oid

    def tell(
        self,
        user: UserId,
        text: Text,
        *,
        is_notice: bool = False,
        card: str | None = None,
        fallback: Fallback | None = None,
    ) -> Oid:
        """Tell somebody alone, in their one direct message, which is opened if there is none.

        Return the oid of the first part. Who left it, or cannot be invited, is not forced: then
        ``fallback`` is said in its room, and without one nothing.
        """
        room, msgtype = direct_room(user), "m.notice" if is_notice else "m.text"
        parts = [(part, text_content(part, msgtype)) for part in split(text)]
        return self._post(room, room, parts, card=card, fallback=fallback)

    def gather(self, room: RoomId, text: Text, fallback: Fallback) -> Oid:
        """Tell those of a room (`bot.ids.trio_room`) that is yet to be made, and may never be."""
        parts = [(part, text_content(part, "m.text")) for part in split(text)]
        return self._post(room, room, parts, card=None, fallback=fallback)

    def leave(self, room: RoomId, *, conversation: str) -> Oid:
        """Leave a room, after all that was said before in this conversation."""
        return self._enqueue(room, conversation, LEAVE, {})

    def edit(self, room: RoomId, target: Oid, text: Text, *, conversation: str) -> Oid:
        """Replace the bot's own message ``target`` by ``text``; silent, for corrections."""
        new = text_content(split(text)[0], "m.notice")
        content = {
            **new,
            "body": f"* {text.body}",
            "formatted_body": f"* {text.html}",
            "m.mentions": {},
            "m.new_content": {**new, "m.mentions": {}},
            "m.relates_to": {"rel_type": "m.replace"},
        }
        about = f"oid:{target}"
        oid = self._enqueue(room, conversation, "m.room.message", content, target=about)
        quote.note(self.transaction, oid, room, people_of(text))
        quote.note_edit(self.transaction, oid, room, target)
        return oid

    def react(
        self,
        room: RoomId,
        target: EventId | Oid,
        key: str,
        *,
        conversation: str,
        card: str | None = None,
    ) -> Oid:
        """Put the reaction ``key`` on an event, or on the bot's own message by its oid."""
        content = {"m.relates_to": {"rel_type": "m.annotation", "key": key}}
        return self._enqueue(
            room, conversation, "m.reaction", content, target=related(target), card=card
        )

    def offer(
        self, room: RoomId, target: EventId | Oid, keys: Iterable[str], *, conversation: str
    ) -> None:
        """Put the reactions ``keys`` on a card, so that one tap is enough to choose."""
        for key in keys:
            self.react(room, target, key, conversation=conversation)

    def redact(self, room: RoomId, target: EventId | Oid, *, conversation: str) -> Oid:
        """Take back an event of the bot."""
        return self._enqueue(room, conversation, "m.room.redaction", {}, target=related(target))

    def _post(
        self,
        room: RoomId,
        conversation: str,
        parts: Iterable[tuple[Text, Mapping[str, object]]],
        *,
        card: str | None,
        fallback: Fallback | None = None,
    ) -> Oid:
        """Say the parts of one text; return the oid of the first."""
        oids: list[Oid] = []
        for part, content in parts:
            first = fallback if not oids else None
            oid = self._enqueue(
                room, conversation, "m.room.message", content, card=card, fallback=first
            )
            quote.note(self.transaction, oid, room, people_of(part))
            oids.append(oid)
        if fallback is not None:
            named = people_of(fallback.text)
            quote.note(self.transaction, oid_of(f"instead:{oids[0]}", 0), fallback.room, named)
        return oids[0]

    def _enqueue(
        self,
        room: RoomId,
        conversation: str,
        event_type: str,
        content: Mapping[str, object],
        *,
        target: str | None = None,
        card: str | None = None,
        fallback: Fallback | None = None,
    ) -> Oid:
        oid = oid_of(self.cause, self._count)
        self._count += 1
        # All that is told somebody alone is one conversation: it waits for one room to be opened.
        alone = direct_user(room)
        parcel = outbox.Parcel(
            oid=oid,
            room_id=room,
            conversation=conversation_with(room, alone) if alone else conversation,
            event_type=event_type,
            content={**content, MARKER: oid} if event_type != "m.room.redaction" else content,
            created_at=self.now,
            target=target,
            card=card,
            fallback=instead_of(oid, fallback) if fallback is not None else None,
        )
        self.enqueued.append(parcel)
        outbox.enqueue(self.transaction, parcel)
        return oid
