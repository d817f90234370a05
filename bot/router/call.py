"""Call: one command as it was understood, and running it with all that belongs to it."""

from dataclasses import dataclass
from datetime import datetime

from bot import crash
from bot.command import Access, Command, Context, Gathering
from bot.errors import UserError
from bot.ids import EventId, Oid, UserId
from bot.model import Message
from bot.person import Person, Place
from bot.router.right import Rights
from bot.router.surroundings import Surroundings
from bot.services import catchup
from bot.services.content import repeating
from bot.storage import inbox, question, reaction
from bot.storage.inbox import Entry, Outcome
from bot.storage.question import Question
from bot.storage.reaction import Given
from bot.storage.transaction import Transaction
from bot.text import Text, render

_MOST_MET = 10_000
"""People whose visit is remembered in memory; of others the database is asked again."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command that somebody gave: ``rest`` is what follows its name in ``message``.

    ``entry`` is the event that is being handled. ``is_edit`` tells that the message edits a command
    that worked, and ``earlier`` is the message that answered it. ``corrects`` is the event of a
    command that failed and that the message replaces. What is wrong with a call that ``is_quiet``
    is not said: nobody typed it. Where the command ``asked`` something, it hears ``answer`` instead
    of being run; None takes the earlier answer back. ``given`` is the reaction that asks for it,
    where it can be undone, ``taken`` the one that is undone.
    """

    entry: Entry
    message: Message
    command: Command[object]
    rest: str
    corrects: EventId | None = None
    is_edit: bool = False
    earlier: Oid | None = None
    is_quiet: bool = False
    asked: Question | None = None
    answer: str | None = None
    given: Given | None = None
    taken: EventId | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    call: Call
    person: Person
    place: Place
    now: datetime
    arguments: object
    facts: object
    is_animator: bool


class AlreadyHandledError(Exception):
    """The event was handled before; nothing of it may happen again."""


class Runner:
    """Runs calls: everything that needs the network first, then one transaction."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._met: dict[UserId, datetime] = {}

    async def run(self, call: Call) -> None:
        """Run ``call``; its effects, its answer and the mark in the inbox become true together.

        A UserError undoes the effects and is answered instead.
        """
        around = self._surroundings
        now = around.clock.now()
        place = self.place(call.message)
        profiles = around.reader if call.command.needs_zone else None
        person = await around.preferences.person(call.message.sender, place, profiles)
        try:
            prepared = await self._prepare(call, person, place, now)
            crash.point("handle.prepared")
            await around.database.write(lambda transaction: self._effects(transaction, prepared))
            self._remember(person.user_id, now)
        except AlreadyHandledError:
            return
        except UserError as error:
            await self.refuse(call.entry, call.message, person, place, error, call=call)
        if call.command.changes_preferences:
            await around.preferences.refresh(call.message.room_id, call.message.sender)

    def place(self, message: Message) -> Place:
        """Return how to speak where ``message`` was said."""
        around = self._surroundings
        room = message.room_id
        return around.preferences.place(room, is_pair=around.rooms.is_pair(room))

    async def refuse(
        self,
        entry: Entry,
        message: Message,
        person: Person,
        place: Place,
        error: UserError,
        *,
        call: Call | None = None,
        outcome: Outcome = Outcome.REFUSED,
    ) -> None:
        """Answer with the sentence of ``error`` and mark the event as handled."""
        around = self._surroundings
        command = call.command if call is not None else None
        text = repeating(self._sentence(error, person, place, command), error.params, message)

        async def answer(transaction: Transaction) -> None:
            now = around.clock.now()
            if call is None or not call.is_quiet:
                around.outgoing(transaction, entry.event_id, now).answer(message, text)
            noun = command.noun if command is not None else None
            inbox.mark_done(transaction, entry.event_id, outcome, noun, now)

        await around.database.write(answer)

    async def _prepare(self, call: Call, person: Person, place: Place, now: datetime) -> _Prepared:
        around = self._surroundings
        message, command = call.message, call.command
        rights = Rights(around.roles, around.reader, message.room_id, message.sender)
        is_guarded = command.access is Access.ANIMATOR and not command.guards_itself
        if is_guarded and not await rights.is_animator():
            raise await self._permission_error(rights)
        gathering = Gathering(
            message=message,
            person=person,
            place=place,
            now=now,
            reader=around.reader,
            files=around.files,
            database=around.database,
            words=around.words,
            is_animator=rights.is_animator,
            animates=rights.animates,
            encoder=around.encoder,
        )
        if call.asked is not None:
            hears = command.gather_answer
            facts = await hears(gathering, call.asked, call.answer) if hears else None
            return _Prepared(call, person, place, now, None, facts, bool(rights.known))
        arguments = command.parse(call.rest, gathering)
        facts = await command.gather(gathering, arguments) if command.gather else None
        return _Prepared(call, person, place, now, arguments, facts, bool(rights.known))

    async def _permission_error(self, rights: Rights) -> UserError:
        """Return the refusal that says who may; named by user id, which nobody can imitate."""
        who = await rights.who_may(self._surroundings.about.user_id)
        if not who:
            return UserError("error.permission_animator")
        return UserError("error.permission_animator_who", names=", ".join(who))

    async def _effects(self, transaction: Transaction, prepared: _Prepared) -> None:
        around, call = self._surroundings, prepared.call
        command, event_id = call.command, call.entry.event_id
        if not (command.only_answers and call.asked is None) and not await inbox.is_waiting(
            transaction, event_id
        ):
            raise AlreadyHandledError
        context = Context(
            message=call.message,
            person=prepared.person,
            place=prepared.place,
            now=prepared.now,
            words=around.words,
            transaction=transaction,
            outgoing=around.outgoing(transaction, event_id, prepared.now),
            registry=around.registry,
            about=around.about,
            is_animator=prepared.is_animator,
            is_edit=call.is_edit,
            earlier=call.earlier,
            facts=prepared.facts,
            noun=command.noun,
            is_quiet=call.is_quiet,
        )
        await self._meet(transaction, prepared)
        if call.asked is None:
            await command.run(context, prepared.arguments)
        elif not await _hear(context, call, call.asked):
            inbox.mark_done(transaction, event_id, Outcome.IGNORED, None, around.clock.now())
            return
        if call.given is not None:
            await reaction.record(transaction, call.given)
        if call.taken is not None:
            await reaction.take(transaction, call.taken)
        # An edit is no command of its own: what it did belongs to the event that it replaces.
        noun = None if call.message.replaces else command.noun
        if call.corrects is not None:
            await inbox.mark_corrected(transaction, call.corrects, event_id, command.noun)
        inbox.mark_done(transaction, event_id, Outcome.ANSWERED, noun, around.clock.now())

    async def _meet(self, transaction: Transaction, prepared: _Prepared) -> None:
        """Note that somebody is there, once a visit; first of all, since they may be forgotten."""
        if not self._is_here(prepared.person.user_id, prepared.now):
            await catchup.arrive(transaction, prepared.person.user_id, prepared.now)

    def _is_here(self, user: UserId, now: datetime) -> bool:
        last = self._met.get(user)
        return last is not None and now - last < catchup.SITTING

    def _remember(self, user: UserId, now: datetime) -> None:
        """Spare the database the question for the rest of the visit."""
        if not self._is_here(user, now):
            self._met.pop(user, None)
            self._met[user] = now
        if len(self._met) > _MOST_MET:
            del self._met[next(iter(self._met))]

    def _sentence(
        self, error: UserError, person: Person, place: Place, command: Command[object] | None
    ) -> Text:
        """Return what ``error`` says; ``{example}`` is that of the command unless it names one."""
        words, language = self._surroundings.words, person.language
        params: dict[str, object] = {"prefix": place.prefix, **error.params}
        if command is not None and "example" not in params:
            example = words.text(f"command.{command.noun}.example", language)
            params["example"] = render(example, params)
        n = params.get("n")
        template = words.text(error.message_id, language, n=n if isinstance(n, int) else None)
        return render(template, params)


async def _hear(context: Context, call: Call, asked: Question) -> bool:
    """Let the command hear the answer; return False if another one was there first."""
    if not call.is_edit:
        answer = call.message.replaces or call.entry.event_id
        if not await question.close(context.transaction, asked.id, answer, context.now):
            return False
    if call.command.hear is not None:
        await call.command.hear(context, asked, call.answer)
    return True
