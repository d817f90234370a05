"""Delivery: the draft to the animators, and the letter to its room, once for each period."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.services import experience_showing, manner, quiet
from bot.services.announcement_delivery import room_link
from bot.services.letter import plan
from bot.services.letter.composition import Composed, Weeks, compose, picture, span_of
from bot.services.letter.entry import Pen
from bot.services.manner import Manner
from bot.services.outgoing import Outgoing
from bot.storage import due, letter
from bot.storage.due import Due
from bot.storage.letter import FINAL, Issue, Letter, State
from bot.storage.transaction import Reader, Transaction
from bot.text import Text, paragraphs, render

CARD = "letter"
"""Kind of the card on a draft; its reference is the room and the period."""

BUTTONS = ("✅", "✏", "⏭")
"""What is offered below a draft: send it, write its introduction, skip it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a letter is told with; ``drawn`` is the picture that was made before, if any.

    ``names`` are what authors are called.
    """

    outgoing: Outgoing
    words: Catalogue
    usual: Manner
    animators_room: RoomId | None = None
    prefix: str = "!"
    drawn: tuple[Weeks, bytes] | None = None
    names: Mapping[UserId, str] = field(default_factory=dict)


async def pen_of(reader: Reader, room: RoomId, means: Means, now: datetime) -> Pen:
    """Return the language and zone in which a room reads."""
    how = await manner.of_room(reader, room, means.usual)
    return Pen(means.words, how.language, how.zone, now, means.prefix, means.names)


async def deliver(transaction: Transaction, item: Due, now: datetime, means: Means) -> bool:
    """Show the draft or send the letter; return False if there is nothing to do any more."""
    what, period, *more = item.occurrence.split(" ")
    found = await letter.get(transaction, RoomId(item.reference))
    if found is None:
        return False
    known = await letter.issue(transaction, found.room_id, period)
    is_over = known is not None and known.state in FINAL
    if what == "draft":
        if known is None:
            await _show_draft(transaction, found, period, now, means)
        return known is None
    if is_over or await _is_held(transaction, found, known, now, means):
        if not more:
            await plan.go_on(transaction, found, period, now, is_told=is_over)
        return not is_over
    return await _send(transaction, item, found, period, now, means)


async def _is_held(
    transaction: Transaction, found: Letter, known: Issue | None, now: datetime, means: Means
) -> bool:
    """Hold a draft that nobody approved, where that is asked for."""
    if known is None or known.state is not State.DRAFT or found.approval != "hold":
        return known is not None and known.state is State.HELD
    await letter.note(transaction, Issue(found.room_id, known.period, State.HELD, now))
    await _tell(transaction, found, "letter.held", known.period, now, means)
    return True


async def _send(
    transaction: Transaction, item: Due, found: Letter, period: str, now: datetime, means: Means
) -> bool:
    pen = await pen_of(transaction, found.room_id, means, now)
    span = await span_of(transaction, found, now)
    composed = await compose(transaction, span, pen, found.introduction)
    if composed is None:
        await letter.note(transaction, Issue(found.room_id, period, State.EMPTY, now))
        await _tell(transaction, found, "letter.empty", period, now, means)
        await plan.go_on(transaction, found, period, now)
        return True
    turn = await quiet.turn_in_room(transaction, found.room_id, now, means.usual)
    if turn > now:
        await due.postpone(transaction, item, turn)
        return True
    start = len(means.outgoing.enqueued)
    oid = means.outgoing.say(found.room_id, composed.text, is_notice=False)
    await _note(transaction, means, start, composed, now)
    if means.drawn is not None:
        weeks, data = means.drawn
        means.outgoing.attach(found.room_id, picture(weeks, pen, data))
    await letter.note(transaction, Issue(found.room_id, period, State.SENT, now, oid))
    await plan.go_on(transaction, found, period, now)
    return True


async def _show_draft(
    transaction: Transaction, found: Letter, period: str, now: datetime, means: Means
) -> None:
    """Show the animators what will be sent; without their room nobody is asked."""
    target = means.animators_room
    if target is None:
        return
    room_pen = await pen_of(transaction, found.room_id, means, now)
    pen = await pen_of(transaction, target, means, now)
    span = await span_of(transaction, found, now)
    composed = await compose(transaction, span, room_pen, found.introduction)
    if composed is None:
        return  # it is said when it is due: something may be told until then
    rule = render("---", {})
    head = pen.text("letter.draft", room=room_link(found.room_id), period=period)
    foot = pen.text(f"letter.draft_foot.{found.approval}", room=found.room_id, period=period)
    start = len(means.outgoing.enqueued)
    text = paragraphs([head, rule, composed.text, rule, foot])
    card = f"{CARD}:{found.room_id} {period}"
    oid = means.outgoing.say(target, text, is_notice=False, card=card)
    await _note(transaction, means, start, composed, now)
    means.outgoing.offer(target, oid, BUTTONS, conversation=target)
    await letter.note(transaction, Issue(found.room_id, period, State.DRAFT, now, oid))


async def _note(
    transaction: Transaction, means: Means, start: int, composed: Composed, now: datetime
) -> None:
    """Remember what was quoted where: what is withdrawn vanishes there too."""
    parcels = means.outgoing.enqueued[start:]
    await experience_showing.note_words(transaction, parcels, composed.numbers, now)


async def _tell(
    transaction: Transaction,
    found: Letter,
    message_id: str,
    period: str,
    now: datetime,
    means: Means,
) -> None:
    if means.animators_room is not None:
        pen = await pen_of(transaction, means.animators_room, means, now)
        text: Text = pen.text(message_id, room=room_link(found.room_id), name=found.room_id,
                              period=period)  # fmt: skip
        means.outgoing.say(means.animators_room, text, is_notice=False)
