"""``!going``, ``!maybe``, ``!notgoing``: somebody says whether they come to a meeting."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.meeting import CARD, attendance, card, change, sight
from bot.services.meeting.attendance import Outcome
from bot.services.meeting.card import Look
from bot.services.meeting.change import Hand
from bot.services.meeting.sight import View
from bot.services.number import MEETING, leading, named
from bot.storage.attendee import Answer
from bot.storage.meeting import Meeting
from bot.text import Said, fold

_STOP = frozenset({"stop", "undo", "non", "no", "annuler", "annule", "retirer", "cancel"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """``C<number>`` is answered, or what the message replied to shows; or no more (``is_undo``)."""

    number: int | None = None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The meeting that is meant, and what can be seen from here."""

    number: int
    hand: Hand


def parse(rest: str, _gathering: Gathering) -> Asked:
    """Return which meeting is meant: ``C4``, or with a ``stop`` around it."""
    words = rest.strip()
    first, _, following = words.partition(" ")
    if fold(first) in _STOP:
        words = f"{following} stop"
    if not words or fold(words.strip()) in _STOP:
        return Asked(is_undo=bool(words))
    found = leading(MEETING, words)
    if found is None or (found[1] and fold(found[1]) not in _STOP):
        raise UserError("error.argument_unknown", given=words[:_LONGEST_GIVEN])
    return Asked(found[0], is_undo=bool(found[1]))


async def gather(gathering: Gathering, asked: Asked) -> Meant:
    """Ask which meeting is meant and who may see it."""
    place, message = gathering.place, gathering.message
    user = gathering.person.user_id
    view = View(user, place.room_id, place.is_pair, gathering.database, gathering.reader)
    number = asked.number
    if number is None:
        number = await sight.meant(view, message.reply_to, message.thread)
    if number is None:
        raise UserError("meeting.which")
    return Meant(number, await sight.hand(view, number))


def _run(given: Answer) -> Callable[[Context, Asked], Awaitable[None]]:
    async def run(context: Context, asked: Asked) -> None:
        """Note the answer; a reaction is answered by the counts on the card alone."""
        meant = context.facts
        if not isinstance(meant, Meant):
            raise TypeError("a meeting is seen from somewhere")
        item = await change.visible(context.transaction, meant.number, meant.hand.rooms)
        act = attendance.withdraw if asked.is_undo else attendance.answer
        user = context.person.user_id
        try:
            outcome = await act(context.transaction, item, user, given, context.now)
        except UserError as error:
            if not context.is_quiet or asked.is_undo:
                raise
            # Who clicked would believe that they come: they are told alone why not.
            context.outgoing.tell(user, context.text(error.message_id, n=None, **error.params))
            return
        await _say(context, item, outcome)

    return run


async def _say(context: Context, item: Meeting, outcome: Outcome) -> None:
    is_waiting = outcome.answer is Answer.WAITING
    if context.is_quiet and (not is_waiting or outcome.before is Answer.WAITING):
        return
    look = Look(context.words, context.person.language, ZoneInfo(item.zone), context.now)
    text = context.text(
        f"meeting.answered.{outcome.answer}",
        id=named(MEETING, item.id),
        title=Said(item.title, item.organiser),
        date=await card.next_shown(context.transaction, item, look),
        line=outcome.line,
    )
    if context.is_quiet:
        context.outgoing.tell(context.person.user_id, text, card=f"{CARD}:{item.id}")
    else:
        context.confirm(text, card=f"{CARD}:{item.id}")


def _everybody(_reference: str, _room: RoomId, _user: UserId) -> bool:
    return True


def _twin(key: str, noun: str) -> Twin:
    return Twin(
        kind=CARD,
        key=key,
        noun=noun,
        words=lambda reference: f"{MEETING}{reference}",
        is_for=_everybody,
        undo=(noun, lambda reference: f"stop {MEETING}{reference}"),
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
