"""``!going``, ``!maybe``, ``!notgoing``: somebody says whether they come to a meeting."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.meeting import (
    CARD,
    attendance,
    card,
    change,
    following,
    reference,
    request,
    sight,
)
from bot.services.meeting.attendance import NEXT, Outcome, Which
from bot.services.meeting.card import Look
from bot.services.meeting.change import Hand
from bot.services.meeting.field import Speaker
from bot.services.meeting.sight import View
from bot.services.number import MEETING, leading, named
from bot.storage.attendee import Answer
from bot.storage.meeting import Meeting
from bot.storage.transaction import Transaction
from bot.text import Said, fold

_STOP = frozenset({"stop", "undo", "non", "no", "annuler", "annule", "retirer", "cancel"})
_ALL = frozenset({"all", "every", "every date", "all dates", "toutes", "tous", "tout",
                  "toutes les dates"})  # fmt: skip
_LONGEST_GIVEN = 40
_MOST = 60
"""Dates that are answered at once, at most: more than a year of weeks."""

_Act = Callable[[Transaction, Meeting, UserId, Answer, datetime, Which], Awaitable[Outcome]]
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A date of ``C<number>`` is answered, or of what is replied to; or no more (``is_undo``)."""

    number: int | None = None
    which: Which = NEXT
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The meeting and date that are meant, and what can be seen from here."""

    number: int
    which: Which
    hand: Hand


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is meant: ``C4``, ``C4 5 novembre``, or with a ``stop`` around it."""
    words = rest.strip()
    first, _, following = words.partition(" ")
    is_undo = fold(first) in _STOP
    if is_undo:
        words = following.strip()
    elif words and fold(words.rpartition(" ")[2]) in _STOP:
        words, is_undo = words.rpartition(" ")[0].strip(), True
    if not words:
        return Asked(is_undo=is_undo)
    found = leading(MEETING, words)
    if found is None:
        raise UserError("error.argument_unknown", given=words[:_LONGEST_GIVEN])
    return Asked(found[0], _which(found[1].strip(" ,:|"), gathering), is_undo)


def _which(said: str, gathering: Gathering) -> Which:
    if fold(said) in _ALL:
        return Which(is_all=True)
    if not said or _STAMP.fullmatch(said):
        return Which(said)
    person = gathering.person
    speaker = Speaker(person.zone, person.language, gathering.now)
    return Which(day=request.read_day(said, speaker))


async def gather(gathering: Gathering, asked: Asked) -> Meant:
    """Ask which meeting is meant and who may see it."""
    place, message = gathering.place, gathering.message
    user = gathering.person.user_id
    view = View(user, place.room_id, place.is_pair, gathering.database, gathering.reader)
    if asked.number is not None:
        return Meant(asked.number, asked.which, await sight.hand(view, asked.number))
    shown = await sight.meant(view, message.reply_to, message.thread)
    if shown is None:
        raise UserError("meeting.which")
    number, name = shown
    return Meant(number, Which(name), await sight.hand(view, number))


def _run(given: Answer) -> Callable[[Context, Asked], Awaitable[None]]:
    async def run(context: Context, asked: Asked) -> None:
        """Note the answer; a reaction is answered by the counts on the card alone."""
        meant = context.facts
        if not isinstance(meant, Meant):
            raise TypeError("a meeting is seen from somewhere")
        item = await change.visible(context.transaction, meant.number, meant.hand.rooms)
        act = attendance.withdraw if asked.is_undo else attendance.answer
        user = context.person.user_id
        if meant.which.is_all:
            await _answer_all(context, item, given, act)
            return
        try:
            outcome = await act(context.transaction, item, user, given, context.now, meant.which)
        except UserError as error:
            if not context.is_quiet or asked.is_undo:
                raise
            # Who clicked would believe that they come: they are told alone why not.
            context.outgoing.tell(user, context.text(error.message_id, n=None, **error.params))
            return
        _say(context, item, outcome)

    return run


async def _answer_all(context: Context, item: Meeting, given: Answer, act: _Act) -> None:
    """Note the same answer to every date to come; raises UserError if none can be answered."""
    transaction, user, now = context.transaction, context.person.user_id, context.now
    names = await following.names(transaction, item, now)
    outcomes = [
        await act(transaction, item, user, given, now, Which(name)) for name in names[:_MOST]
    ]
    if not outcomes:
        raise UserError("meeting.over", id=named(MEETING, item.id))
    waiting = sum(each.answer is Answer.WAITING for each in outcomes)
    said = "meeting.answered_all_waiting" if waiting else "meeting.answered_all"
    title = Said(item.title, item.organiser)
    id_ = named(MEETING, item.id)
    context.confirm(context.text(said, n=len(outcomes), id=id_, title=title, waiting=waiting))


def _say(context: Context, item: Meeting, outcome: Outcome) -> None:
    is_waiting = outcome.answer is Answer.WAITING
    if context.is_quiet and (not is_waiting or outcome.before is Answer.WAITING):
        return
    look = Look(context.words, context.person.language, ZoneInfo(item.zone), context.now)
    text = context.text(
        f"meeting.answered.{outcome.answer}",
        id=named(MEETING, item.id),
        title=Said(item.title, item.organiser),
        date=card.when(outcome.date, look),
        line=outcome.line,
    )
    shown = reference.card_on(item, outcome.date)
    if context.is_quiet:
        context.outgoing.tell(context.person.user_id, text, card=shown)
    else:
        context.confirm(text, card=shown)


def _everybody(_reference: str, _room: RoomId, _user: UserId) -> bool:
    return True


def _words(reference: str) -> str:
    """Return what one types instead: of the date ``4/20261020T103000Z``."""
    return f"{MEETING}{reference.replace('/', ' ')}"


def _twin(key: str, noun: str) -> Twin:
    return Twin(
        kind=CARD,
        key=key,
        noun=noun,
        words=_words,
        is_for=_everybody,
        undo=(noun, lambda reference: f"stop {_words(reference)}"),
    )


def _command(
    noun: str, given: Answer, english: tuple[str, ...], french: tuple[str, ...]
) -> Command[Asked]:
    return Command(
        noun=noun,
        english=english,
        french=french,
        intent=Intent.MEET,
        run=_run(given),
        parse=parse,
        gather=gather,
    )


GOING = _command("meeting_going", Answer.GOING, ("going",), ("participe", "viens"))
MAYBE = _command("meeting_maybe", Answer.MAYBE, ("maybe",), ("peut-être", "peutêtre"))
NOT_GOING = _command("meeting_not_going", Answer.NOT_GOING, ("notgoing",), ("absent", "absente"))

ANSWERS = (
    _twin("👍", "meeting_going"),
    _twin("❔", "meeting_maybe"),
    _twin("👎", "meeting_not_going"),
)
"""What the reactions on a card do; taking one away takes the answer back."""
