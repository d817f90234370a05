"""Question: somebody is asked something, and their next words or a reaction are the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ids import Oid, RoomId, UserId
from bot.model import Message
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import question
from bot.storage.question import Question
from bot.storage.transaction import Transaction

CARD = "question"
"""Kind of the card on a message that asks; its reference is the oid of that message."""

_MOST_SKEW = timedelta(minutes=5)
"""How far a server's clock and ours may be apart, with the way of a message, to mean anything."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What ``noun`` wants to know of ``user``; ``reference`` is its own note of what it is about.

    It is asked in ``room_id``, which may be the placeholder of the direct conversation. With
    ``needs_reply`` only a reply or a reaction counts: so it is in a room of many. ``offers`` are
    the reactions that the bot puts there itself; ``buttons`` are more of them that are answers,
    beside those that answer every question (`bot.services.answer.BUTTONS`). ``prompt`` is the
    message of the person that led to the question.
    """

    user: UserId
    noun: str
    room_id: RoomId
    reference: str = ""
    needs_reply: bool = False
    offers: Sequence[str] = field(default=())
    buttons: Sequence[str] = field(default=())
    prompt: Message | None = None


async def ask(
    transaction: Transaction,
    outgoing: Outgoing,
    inquiry: Inquiry,
    now: datetime,
    speak: Callable[[str], Oid],
) -> Oid:
    """Ask; ``speak`` enqueues the message that asks, with the card it is given; return its oid.

    An earlier question of the same command to the same person is closed by it.
    """
    oid = outgoing.upcoming
    await question.ask(
        transaction,
        Question(
            user_id=inquiry.user,
            noun=inquiry.noun,
            reference=inquiry.reference,
            room_id=inquiry.room_id,
            needs_reply=inquiry.needs_reply,
            buttons=[*inquiry.offers, *inquiry.buttons],
            oid=oid,
            asked_at=now,
            since=_since(inquiry, now),
        ),
    )
    spoken = speak(f"{CARD}:{oid}")
    if spoken != oid:
        raise ValueError("the message that asks has to be the first thing that is said")
    conversation = conversation_with(inquiry.room_id, inquiry.user)
    outgoing.offer(inquiry.room_id, oid, inquiry.offers, conversation=conversation)
    return oid


def _since(inquiry: Inquiry, now: datetime) -> datetime | None:
    """Return when the question was asked, by the clock of the person's server, if that is known.

    Somebody answers twice at once, or in two messages: the second was sent before the next question
    could be read. Only times of the same clock are compared, those of the same person's messages.
    """
    prompt = inquiry.prompt
    if prompt is None or prompt.sender != inquiry.user:
        return None
    if abs(prompt.received_at - prompt.sent_at) > _MOST_SKEW:
        return None  # it waited for the bot, or the clock is none
    return prompt.sent_at + (now - prompt.received_at)


def is_answered_by(asked: Question, message: Message) -> bool:
    """Return whether free text can be the answer to ``asked``, and not to what was asked before."""
    if message.received_at < asked.asked_at:
        return False
    return asked.since is None or message.sent_at >= asked.since
