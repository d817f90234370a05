"""Asking: the morning after a date those who said they would come are asked once, alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ids import Oid, UserId, direct_room
from bot.services import manner, quiet, setting
from bot.services import question as asked_question
from bot.services.manner import Manner
from bot.services.meeting import afterwards, card, plan
from bot.services.meeting.card import Look
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.services.outgoing import Outgoing
from bot.services.question import Inquiry
from bot.services.retour import NOUN
from bot.services.retour.reference import Step, reference
from bot.storage import addressee, due, meeting, question, voice
from bot.storage.addressee import Addressee, Circle
from bot.storage.attendee import Answer
from bot.storage.due import Due
from bot.storage.meeting import Meeting, State
from bot.storage.member import Notified
from bot.storage.transaction import Transaction
from bot.storage.voice import Voice
from bot.text import Code, Mention, Said, joined
from bot.when import zone_named

KIND = afterwards.KIND

PORTION = 50
"""People asked in one transaction."""

OF_USE = timedelta(days=7)
"""So long after a date people still know what they took away."""

PATIENCE = timedelta(days=1)
"""How long a question waits behind one that is open, and who answered "later"."""

OFFERS = ("🙋", "⏭")
"""I was there, and have nothing to add; skip."""

BUTTONS = ("🚫",)
"""Not put there, but understood: I was not there."""


@dataclass(frozen=True, slots=True)
class Round:
    """One question about ``date``, known as ``name``, and how its room is spoken with."""

    item: Meeting
    date: Occurrence
    name: str
    look: Look
    how: Manner


async def ask(
    transaction: Transaction,
    outgoing: Outgoing,
    fired: Due,
    look: Look,
    usual: Manner,
    prefix: str,
) -> bool:
    """Ask a portion of those who said they would come, or one of them; False if it is past."""
    name, after, only = afterwards.read_key(fired.occurrence)
    found = await meeting.get(transaction, int(fired.reference))
    if found is None or found.state is not State.PLANNED:
        return False
    if not after and not only:
        await plan.plan_afterwards(transaction, found, look.now)
    if found.room_id in await setting.trusted(transaction):
        return False
    date = await plan.date_known_as(transaction, found, name, fired.due_at - OF_USE)
    if date is None or not date.over_at <= look.now < date.over_at + OF_USE:
        return False
    how = await manner.of_room(transaction, found.room_id, usual)
    this = Round(found, date, name, look, how)
    circle = Circle(found.id, (Answer.GOING,), date=name, is_strict=True)
    people = await addressee.portion(
        transaction, circle, after=after, only=only or None, limit=PORTION
    )
    await _ask_each(transaction, outgoing, this, fired, people, prefix)
    if len(people) == PORTION and not only:
        following = afterwards.key(name, after=people[-1].user_id)
        await due.plan_once(transaction, replace(fired, occurrence=following, due_at=look.now))
    return True


async def _ask_each(
    transaction: Transaction,
    outgoing: Outgoing,
    this: Round,
    fired: Due,
    people: Sequence[Addressee],
    prefix: str,
) -> None:
    """Ask each of ``people`` now, or when they may be asked; nobody who was asked before."""
    users = [person.user_id for person in people]
    known = await voice.states(transaction, this.item.id, this.name, users)
    busy = await question.waiting(transaction, users, NOUN)
    mentioned: list[UserId] = []
    for person in people:
        chosen, user = person.chosen.notified or Notified.DIRECT, person.user_id
        if chosen == Notified.NOTHING or known.get(user, voice.State.LATER) != voice.State.LATER:
            continue
        turn = _turn(this, person, is_busy=user in busy)
        if turn > this.look.now:
            await _ask_later(transaction, this, fired, user, turn)
        elif chosen == Notified.MENTION:
            mentioned.append(user)
            await _note(transaction, this, user)
        else:
            await _note(transaction, this, user)
            await _write(transaction, outgoing, this, person)
    if mentioned:
        _mention(outgoing, this, mentioned, prefix)


def _turn(this: Round, person: Addressee, *, is_busy: bool) -> datetime:
    """Return when somebody may be asked: after their pause and quiet hours, one question a day."""
    zone = zone_named(person.chosen.timezone) or this.how.zone
    since = this.look.now + PATIENCE if is_busy else this.look.now
    how = replace(this.how, zone=zone)
    return quiet.earliest(since, how, paused_until=person.chosen.paused_until)


async def _ask_later(
    transaction: Transaction, this: Round, fired: Due, user: UserId, turn: datetime
) -> None:
    if turn >= this.date.over_at + OF_USE:
        return
    if afterwards.read_key(fired.occurrence)[2]:
        await due.postpone(transaction, fired, turn)
        return
    later = replace(fired, occurrence=afterwards.key(this.name, only=user), due_at=turn)
    await due.plan_once(transaction, later)


async def _note(transaction: Transaction, this: Round, user: UserId) -> None:
    """Remember that somebody was asked: they never are twice."""
    state = voice.State.ASKED
    await voice.put(transaction, Voice(this.item.id, this.name, user, state, this.look.now))


async def _write(
    transaction: Transaction, outgoing: Outgoing, this: Round, person: Addressee
) -> None:
    item, user = this.item, person.user_id
    zone = zone_named(person.chosen.timezone) or ZoneInfo(item.zone)
    own = Look(this.look.words, person.chosen.language or item.language, zone, this.look.now)
    text = own.text(
        "retour.ask",
        id=Code(named(MEETING, item.id)),
        title=Said(item.title, item.organiser),
        date=card.when(this.date, own, with_zone=False),
    )
    inquiry = Inquiry(
        user=user,
        noun=NOUN,
        room_id=direct_room(user),
        reference=reference(Step.TAKE, item.id, this.name),
        offers=OFFERS,
        buttons=BUTTONS,
    )

    def speak(shown: str) -> Oid:
        return outgoing.tell(user, text, card=shown)

    await asked_question.ask(transaction, outgoing, inquiry, own.now, speak)


def _mention(outgoing: Outgoing, this: Round, users: Sequence[UserId], prefix: str) -> None:
    """Ask those together, by name in the room, who do not want to be written to."""
    own = card.of_meeting(this.item, this.look)
    names = joined((own.text("meeting.mention", member=Mention(user)) for user in users), ", ")
    text = own.text(
        "retour.ask_mention",
        id=named(MEETING, this.item.id),
        title=Said(this.item.title, this.item.organiser),
        members=names,
        prefix=prefix,
    )
    spoken_by = card.conversation(this.item)
    outgoing.say(this.item.room_id, text, is_notice=False, conversation=spoken_by)


async def put_off(transaction: Transaction, item: Voice, now: datetime) -> None:
    """Ask somebody again a day later, who has no time now."""
    await voice.put(transaction, replace(item, state=voice.State.LATER, at=now))
    again = afterwards.key(item.date, after=f"{now:%Y%m%d}", only=item.user_id)
    await due.plan(transaction, Due(KIND, str(item.meeting_id), again, now + PATIENCE))
