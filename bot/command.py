"""Command: what a command declares about itself, and what its handler is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.ids import EventId, Oid, RoomId, UserId
from bot.model import Message
from bot.ports import RoomReader
from bot.services.attachment import Attachment, safe_name
from bot.services.manner import USUAL
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage.database import Database
from bot.storage.transaction import Transaction
from bot.text import Text, render
from bot.when import QuietHours


class Access(StrEnum):
    """Who may use a command."""

    EVERYONE = "everyone"
    ANIMATOR = "animator"


class Intent(StrEnum):
    """What somebody wants who needs a command; help is grouped by it, in this order."""

    SHARE = "share"
    FIND = "find"
    MEET = "meet"
    REMIND = "remind"
    QUIET = "quiet"
    SETTLE = "settle"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks: their language (``fr`` or ``en``) and zone, as resolved for this place."""

    user_id: UserId
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is said. ``is_pair`` tells a room of two, in which no prefix is needed."""

    room_id: RoomId
    prefix: str
    language: str
    zone: ZoneInfo
    acknowledges_by_reaction: bool
    is_pair: bool
    quiet: QuietHours = USUAL.quiet


@dataclass(frozen=True, slots=True)
class About:
    """What the bot can say of itself."""

    user_id: UserId
    community: str
    version: str
    source: str
    fingerprint: str | None = None


class Registry(Protocol):
    """The table of commands, as help and the router see it."""

    @property
    def commands(self) -> "Sequence[Command[object]]":
        """Return all commands in the order of the table."""
        ...

    def find(self, name: str) -> "Command[object] | None":
        """Return the command called ``name``, in whatever case, accents and language."""
        ...


@dataclass(frozen=True, slots=True)
class Gathering:
    """What a command may ask before its transaction: the server, and the database by reading.

    ``is_animator`` asks the server, once however often it is called.
    """

    message: Message
    person: Person
    place: Place
    now: datetime
    reader: RoomReader
    database: Database
    is_animator: Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Context:
    """What a handler is given, inside its transaction.

    ``is_animator`` is the server's word, fetched just before, where the command's access or its
    ``gather`` asked for it. ``is_edit`` tells that the message corrects one that was answered, and
    ``earlier`` is that answer, if it was a message. ``facts`` is what ``gather`` found.
    """

    message: Message
    person: Person
    place: Place
    now: datetime
    words: Catalogue
    transaction: Transaction
    outgoing: Outgoing
    registry: Registry
    about: About
    is_animator: bool = False
    is_edit: bool = False
    earlier: Oid | None = None
    facts: object = None

    @property
    def source(self) -> EventId:
        """Return the event that what the command creates is known by: never that of an edit."""
        return self.message.replaces or self.message.event_id

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text of the catalogue in the person's language; ``{prefix}`` is always there."""
        template = self.words.text(message_id, self.person.language, n=n)
        shown = {"prefix": self.place.prefix, **params}
        return render(template, shown if n is None else {**shown, "n": n})

    def answer(self, text: Text, *, card: str | None = None) -> None:
        """Answer the command; the answer to an edited command replaces the earlier answer."""
        if self.earlier is not None:
            room, user = self.message.room_id, self.message.sender
            conversation = conversation_with(room, user)
            self.outgoing.edit(room, self.earlier, text, conversation=conversation)
        else:
            self.outgoing.answer(self.message, text, card=card)

    def attach(self, attachment: Attachment, *, card: str | None = None) -> Oid:
        """Answer the command with a file; or in words, where the server does not take it."""
        room = self.message.room_id
        return self.outgoing.attach(
            room,
            attachment,
            reply_to=self.message,
            card=card,
            instead=self.text("attachment.refused", name=safe_name(attachment.name)),
        )

    def confirm(self, text: Text, *, card: str | None = None) -> None:
        """Say that it worked: with ``text``, or with a ✅ alone where the room prefers quiet."""
        if not self.place.acknowledges_by_reaction:
            self.answer(text, card=card)
        elif not self.is_edit:
            room, user = self.message.room_id, self.message.sender
            conversation = conversation_with(room, user)
            event = self.message.event_id
            self.outgoing.react(room, event, "✅", conversation=conversation, card=card)


A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """One thing that people can ask for.

    ``noun`` names its texts (``command.<noun>.summary``, ``.syntax``, ``.example``). ``english``
    and ``french`` hold its names, main names first; all of them work in either language. ``parse``
    turns the text after the name into arguments or raises UserError; ``gather`` asks the server
    before the transaction; ``run`` acts inside it. ``is_editable`` lets an edit of the command run
    again with ``is_edit``; ``take_back`` undoes, now, what the command with this event id created
    when it is redacted, and tells whether there was anything.
    ``needs_zone`` has the member's profile asked for their zone; ``changes_preferences`` tells that
    the choices of member and room are to be read anew; ``only_answers`` that nothing but the answer
    comes of it, so that handling it twice would do no harm.
    """

    noun: str
    english: tuple[str, ...]
    french: tuple[str, ...]
    intent: Intent
    run: Callable[[Context, A], Awaitable[None]]
    parse: Callable[[str, "Gathering"], A]
    access: Access = Access.EVERYONE
    gather: Callable[[Gathering, A], Awaitable[object]] | None = None
    is_editable: bool = False
    take_back: Callable[[Transaction, EventId, datetime], Awaitable[bool]] | None = None
    needs_zone: bool = False
    changes_preferences: bool = False
    only_answers: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name, English first."""
        return tuple(dict.fromkeys((*self.english, *self.french)))

    def name_in(self, language: str) -> str:
        """Return the main name in ``language``."""
        return (self.french if language == "fr" else self.english)[0]


def listed(command: Command[A]) -> Command[object]:
    """Return ``command`` as a table holds it, where its arguments are its own affair."""
    return cast("Command[object]", command)


@dataclass(frozen=True, slots=True)
class Twin:
    """A reaction that means what somebody could also type.

    ``key`` on an event of the bot with a card of this ``kind`` runs the command ``noun`` with what
    ``words`` makes of the card's reference, if ``is_for`` says that this user in this room counts.
    """

    kind: str
    key: str
    noun: str
    words: Callable[[str], str]
    is_for: Callable[[str, RoomId, UserId], bool]
