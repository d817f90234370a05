"""Command: what a command declares about itself, and what its handler is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, cast

from bot.i18n import Catalogue
from bot.ids import EventId, Oid, RoomId, UserId, direct_room
from bot.model import Message
from bot.person import About, Person, Place
from bot.ports import Encoder, MediaStore, RoomReader
from bot.services import question
from bot.services.attachment import Attachment, Copy, name_of, refusal_of
from bot.services.content import repeating
from bot.services.outgoing import Outgoing, conversation_with
from bot.services.question import Inquiry
from bot.storage.database import Database
from bot.storage.question import Question
from bot.storage.transaction import Transaction
from bot.text import Text, render


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
    ANIMATE = "animate"
    PRIVACY = "privacy"
    SETTLE = "settle"
    KNOW = "know"


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

    ``is_animator`` asks the server, once however often it is called; ``animates`` the same of
    another room. ``encoder`` is there where the extra is.
    """

    message: Message
    person: Person
    place: Place
    now: datetime
    reader: RoomReader
    files: MediaStore
    database: Database
    words: Catalogue
    is_animator: Callable[[], Awaitable[bool]]
    animates: Callable[[RoomId], Awaitable[bool]]
    encoder: Encoder | None = None


@dataclass(slots=True)
class Context:
    """What a handler is given, inside its transaction.

    ``is_animator`` is the server's word, fetched just before, where the command's access or its
    ``gather`` asked for it. ``is_edit`` tells that the message corrects one that was answered, and
    ``earlier`` is that answer, if it was a message. ``facts`` is what ``gather`` found. ``noun`` is
    the command's. ``is_quiet``: nobody typed it, somebody reacted.
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
    noun: str = ""
    is_quiet: bool = False

    @property
    def source(self) -> EventId:
        """Return the event that what the command creates is known by: never that of an edit."""
        return self.message.replaces or self.message.event_id

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text of the catalogue in the person's language; ``{prefix}`` is always there."""
        template = self.words.text(message_id, self.person.language, n=n)
        shown = {"prefix": self.place.prefix, **params, **({} if n is None else {"n": n})}
        return repeating(render(template, shown), params, self.message)

    def answer(self, text: Text, *, card: str | None = None) -> None:
        """Answer the command; the answer to an edited command replaces the earlier answer."""
        if self.earlier is not None:
            room, user = self.message.room_id, self.message.sender
            conversation = conversation_with(room, user)
            self.outgoing.edit(room, self.earlier, text, conversation=conversation)
        else:
            self.outgoing.answer(self.message, text, card=card)

    def attach(self, attachment: Attachment | Copy, *, card: str | None = None) -> Oid:
        """Answer the command with a file; or in words, where the server does not take it."""
        message, refusal = self.message, self.text(refusal_of(attachment), name=name_of(attachment))
        return self.outgoing.attach(
            message.room_id, attachment, reply_to=message, card=card, instead=refusal
        )

    def confirm(self, text: Text, *, card: str | None = None) -> None:
        """Say that it worked: with ``text``, or with a ✅ alone where the room prefers quiet."""
        if not self.place.acknowledges_by_reaction:
            self.answer(text, card=card)
        elif not self.is_edit:
            room, event = self.message.room_id, self.message.event_id
            conversation = conversation_with(room, self.message.sender)
            self.outgoing.react(room, event, "✅", conversation=conversation, card=card)

    async def ask(
        self,
        text: Text,
        *,
        reference: str = "",
        offers: Sequence[str] = (),
        buttons: Sequence[str] = (),
        user: UserId | None = None,
    ) -> Oid:
        """Ask the person, or ``user``; what is answered comes to the command's ``hear``.

        The person is asked where they are alone with the bot. Somebody else is asked here, by a
        message that notifies them if ``text`` mentions them: only their reply to it or reaction on
        it counts. ``offers`` and ``buttons`` are as in `bot.services.question.Inquiry`.
        """
        asked = user or self.person.user_id
        is_pair = self.place.is_pair
        is_here = is_pair or asked != self.person.user_id
        room = self.message.room_id if is_here else direct_room(asked)
        needs_reply = is_here and not is_pair
        inquiry = Inquiry(
            asked, self.noun, room, reference, needs_reply, offers, buttons, self.message
        )

        def speak(card: str) -> Oid:
            return self.outgoing.say(
                room,
                text,
                is_notice=is_pair,
                reply_to=self.message.event_id if needs_reply else None,
                conversation=conversation_with(room, asked),
                card=card,
            )

        return await question.ask(self.transaction, self.outgoing, inquiry, self.now, speak)


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
    ``hear`` is given the answer to what the command asked (`Context.ask`): the words of a message,
    or the key of a reaction. None takes an answer back that was redacted; with ``is_edit`` it
    replaces an earlier one. To leave the question open, it raises UserError. ``gather_answer`` asks
    the server before, as ``gather`` does.
    A command for animators that ``guards_itself`` asks in ``gather`` whether the person is one in
    the rooms that are meant, wherever it is given.
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
    guards_itself: bool = False
    gather: Callable[[Gathering, A], Awaitable[object]] | None = None
    is_editable: bool = False
    take_back: Callable[[Transaction, EventId, datetime], Awaitable[bool]] | None = None
    hear: Callable[[Context, Question, str | None], Awaitable[None]] | None = None
    gather_answer: Callable[[Gathering, Question, str | None], Awaitable[object]] | None = None
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
    Who takes the reaction away again runs ``undo``, if there is one: the noun of a command, and
    what makes its words of the reference.
    """

    kind: str
    key: str
    noun: str
    words: Callable[[str], str]
    is_for: Callable[[str, RoomId, UserId], bool]
    undo: tuple[str, Callable[[str], str]] | None = None
