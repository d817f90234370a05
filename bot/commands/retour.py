"""``!retour``: what people take away from a date is approved by them, compiled and posted."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.services.meeting import change, plan, series, sight
from bot.services.meeting.card import Look
from bot.services.meeting.change import Hand
from bot.services.meeting.field import Speaker
from bot.services.meeting.series import Occurrence
from bot.services.meeting.sight import View
from bot.services.number import MEETING, named
from bot.services.retour import NOUN, asking, posting, presence, reference
from bot.services.retour import voice as rules
from bot.services.retour.reference import Step
from bot.services.retour.request import Compile, Present, Request, Speak, Withdraw, read
from bot.services.retour.voice import Choice, Given
from bot.storage import meeting, voice
from bot.storage.meeting import Meeting, State
from bot.storage.question import Question
from bot.storage.voice import SHOWN, Voice
from bot.text import Said, Text

BUTTONS = ("✅", "🎭", "⏭")
"""Show it signed, show it without a name, do not show it."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The meeting that is meant, what may be seen and done, and what who asks is called there."""

    number: int
    hand: Hand
    name: str


def parse(rest: str, gathering: Gathering) -> Request:
    """Return what is asked for; see the help of the command."""
    person = gathering.person
    speaker = Speaker(person.zone, person.language, gathering.now)
    return read(rest, speaker, gathering.message.mentions)


async def gather(gathering: Gathering, asked: Request) -> Meant:
    """Ask the server which meeting is meant, and who may see and change it."""
    place, user, message = gathering.place, gathering.person.user_id, gathering.message
    view = View(user, place.room_id, place.is_pair, gathering.database, gathering.reader)
    wanted = asked.number
    if wanted is None:
        shown = await sight.meant(view, message.reply_to, message.thread)
        if shown is None:
            raise UserError("meeting.which")
        wanted = shown[0]
    is_change = isinstance(asked, Compile | Present)
    hand = await sight.hand(view, wanted, gathering.is_animator if is_change else None)
    return Meant(wanted, hand, await _name(gathering, wanted))


async def gather_answer(gathering: Gathering, question: Question, _answer: str | None) -> Meant:
    """Ask the server what the person is called in the room of the meeting."""
    _, number, _ = reference.read(question.reference)
    hand = Hand(gathering.person.user_id, frozenset())
    return Meant(number, hand, await _name(gathering, number))


async def _name(gathering: Gathering, number: int) -> str:
    user = gathering.person.user_id
    async with gathering.database.read() as snapshot:
        item = await meeting.get(snapshot, number)
    name = await gathering.reader.display_name_of(item.room_id, user) if item else None
    return name or user[1:].partition(":")[0]


async def run(context: Context, asked: Request) -> None:
    """Post the retour, or note what somebody says of a date."""
    meant = _meant(context)
    transaction, now, user = context.transaction, context.now, context.person.user_id
    if isinstance(asked, Compile | Present):
        item = await change.changeable(transaction, meant.number, meant.hand, now,
                                       is_past_fine=True)  # fmt: skip
        await _organise(context, item, asked)
        return
    item = await change.visible(transaction, meant.number, meant.hand.rooms)
    shown = await _date(context, item, None)
    name = series.known_as(item, shown)
    if isinstance(asked, Withdraw):
        await _withdraw(context, item, name)
        return
    if shown.start > now:
        raise UserError("retour.not_over", id=named(MEETING, item.id))
    await posting.check_kept(transaction, item)
    known = await voice.get(transaction, item.id, name, user)
    own = known or Voice(item.id, name, user, voice.State.ASKED, now)
    await _take(context, item, own, asked)


async def _organise(context: Context, item: Meeting, asked: Compile | Present) -> None:
    transaction, now = context.transaction, context.now
    day = asked.day if isinstance(asked, Compile) else None
    shown = await _date(context, item, day)
    if isinstance(asked, Present):
        if shown.start > now:
            raise UserError("retour.not_over", id=named(MEETING, item.id))
        total = await presence.note(transaction, item, shown, asked.count, asked.users, now)
        context.confirm(context.text("retour.presence", n=total, id=named(MEETING, item.id)))
        return
    is_new = await posting.publish(transaction, context.outgoing, item, shown, _look(context, item))
    if not is_new or item.room_id != context.place.room_id:
        said = "retour.posted" if is_new else "retour.updated"
        context.confirm(_about(context, item, said))


async def _withdraw(context: Context, item: Meeting, name: str) -> None:
    """Forget what the person said, and take it out of what was posted."""
    transaction, user = context.transaction, context.person.user_id
    known = await voice.get(transaction, item.id, name, user)
    if known is None or known.text is None:
        raise UserError("retour.no_voice", id=named(MEETING, item.id))
    await _silence(context, item, known)
    context.confirm(_about(context, item, "retour.withdrawn"))


async def _silence(context: Context, item: Meeting, known: Voice) -> None:
    await rules.approve(context.transaction, known, Choice.NOT, context.now)
    if known.state in SHOWN:
        look = _look(context, item)
        await posting.take_back(context.transaction, context.outgoing, item, known.date, look)


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Take what somebody takes away, or how they let it be shown."""
    step, number, name = reference.read(question.reference)
    user = context.person.user_id
    item = await meeting.get(context.transaction, number)
    known = await voice.get(context.transaction, number, name, user)
    if item is None or known is None or item.state is State.CANCELLED:
        context.answer(context.text("retour.gone"))
        return
    if answer is None:
        if known.text is not None:
            await _silence(context, item, known)
        return
    if step is Step.TAKE:
        given = rules.read_given(answer)
        await _take(context, item, known, Speak(number, given, answer))
        return
    choice = rules.read_choice(answer)
    if choice is Choice.WORDS:
        await _take(context, item, known, Speak(number, Given.WORDS, answer))
        return
    if known.text is None:
        raise UserError("retour.no_voice", id=named(MEETING, item.id))
    was_shown = known.state in SHOWN
    await rules.approve(context.transaction, known, choice, context.now)
    if was_shown:
        await posting.take_back(
            context.transaction, context.outgoing, item, name, _look(context, item)
        )
    context.confirm(_about(context, item, f"retour.approved.{choice}"))


async def _take(context: Context, item: Meeting, known: Voice, said: Speak) -> None:
    """Note what somebody answers; words are shown to them first, as others would read them."""
    transaction, now = context.transaction, context.now
    match said.given:
        case Given.WORDS:
            if known.state in SHOWN:
                await _silence(context, item, known)
            own = await rules.draft(transaction, known, said.words, _meant(context).name)
            await _ask(context, item, own)
        case Given.THERE | Given.AWAY:
            came = said.given is Given.THERE
            await rules.note_present(transaction, known, now, came=came)
            context.confirm(_about(context, item, f"retour.{said.given}"))
        case Given.LATER:
            await asking.put_off(transaction, known, now)
            context.confirm(context.text("retour.later"))
        case Given.SKIP:
            if known.text is None:
                await rules.approve(transaction, known, Choice.NOT, now)
            context.confirm(context.text("retour.skipped"))


async def _ask(context: Context, item: Meeting, own: Voice) -> None:
    look = Look(context.words, context.person.language, ZoneInfo(item.zone), context.now)
    text = context.text(
        "retour.approve", signed=rules.signed(own, look), anonymous=rules.anonymous(own, look)
    )
    about = reference.reference(Step.APPROVE, item.id, own.date)
    await context.ask(text, reference=about, offers=BUTTONS)
    if not context.place.is_pair:
        context.answer(_about(context, item, "retour.ask_elsewhere"))


async def _date(context: Context, item: Meeting, day: date | None) -> Occurrence:
    """Return the date on ``day``, or the last that has begun; else the one to come."""
    transaction, now = context.transaction, context.now
    if day is not None:
        return await plan.date_on(transaction, item, day, now, is_past_fine=True)
    begun = await plan.last(transaction, item, now)
    return begun or await plan.next_or_last(transaction, item, now)


def _about(context: Context, item: Meeting, message_id: str) -> Text:
    title = Said(item.title, item.organiser)
    return context.text(message_id, id=named(MEETING, item.id), title=title)


def _look(context: Context, item: Meeting) -> Look:
    return Look(context.words, item.language, ZoneInfo(item.zone), context.now)


def _meant(context: Context) -> Meant:
    if not isinstance(context.facts, Meant):
        raise TypeError("a meeting is seen from somewhere")
    return context.facts


RETOUR: Command[Request] = Command(
    noun=NOUN,
    english=("retour", "takeaways"),
    french=("retour", "retours"),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
    hear=hear,
    gather_answer=gather_answer,
    needs_zone=True,
)
