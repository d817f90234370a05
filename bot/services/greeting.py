"""Greeting: one line for all who came into a room within a while, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import RoomId
from bot.services import first_step, manner, quiet, setting
from bot.services.manner import Manner
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import due, newcomer, room_setting, welcome
from bot.storage.due import Due
from bot.storage.transaction import Reader, Transaction
from bot.text import Mention, Text, render

NAMED = 5
"""Newcomers named in a greeting; the others are counted."""

KIND = "newcomer_invitation"
"""Kind of what falls due when the bot is to write to a newcomer; the reference is ``room|user``."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """How newcomers are greeted.

    Of more than ``crowd`` in an hour nobody is written to unasked; after ``silence`` without a
    first step the animators hear of somebody.
    """

    crowd: int = 50
    silence: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Words:
    """What a greeting is made of in one room: language, prefix, and the animators' own text."""

    language: str
    prefix: str
    text: str | None = None


async def words_of(reader: Reader, room: RoomId, usual: Manner, prefix: str) -> Words:
    """Return how newcomers are greeted in ``room``."""
    how = await manner.of_room(reader, room, usual)
    own = (await welcome.of_room(reader, room)).get(how.language)
    chosen = (await room_setting.of_room(reader, room)).get("prefix")
    return Words(how.language, chosen.value if chosen else prefix, own.text if own else None)


def compose(
    named: Sequence[Mention], others: int, words: Words, catalogue: Catalogue, *, is_crowd: bool
) -> Text:
    """Return one line that greets ``named`` and counts ``others``.

    In a crowd it says how to begin, since nobody is written to.
    """

    def text(message_id: str, *, n: int | None = None, **params: object) -> Text:
        template = catalogue.text(message_id, words.language, n=n)
        return render(template, params if n is None else {**params, "n": n})

    names = render("{name}", {"name": named[0]})
    for place, one in enumerate(named[1:], start=2):
        is_last = place == len(named) and not others
        message_id = "welcome.names.and" if is_last else "welcome.names.comma"
        names = text(message_id, names=names, last=one)
    if others:
        names = text("welcome.names.others", n=others, names=names)
    parts = [render("{text}", {"text": words.text})] if words.text else []
    if is_crowd:
        parts.append(text("welcome.crowd", prefix=words.prefix))
    elif not parts:
        parts.append(text("welcome.words"))
    said = parts[0] if len(parts) == 1 else render("{a} {b}", {"a": parts[0], "b": parts[1]})
    return text("welcome.greeting", names=names, words=said)


async def turn(reader: Reader, room: RoomId, now: datetime, usual: Manner) -> datetime:
    """Return when the room may be greeted: ``now``, or at the end of its quiet hours."""
    return quiet.earliest(now, await manner.of_room(reader, room, usual))


@dataclass(frozen=True, slots=True)
class Occasion:
    """The moment at which a room is greeted; ``names`` are what it calls its newcomers."""

    room: RoomId
    now: datetime
    words: Words
    catalogue: Catalogue
    names: Mapping[str, str]


async def greet(
    transaction: Transaction, outgoing: Outgoing, occasion: Occasion, policy: Policy
) -> bool:
    """Greet who waits in a room; return False if there is nobody to greet (any more)."""
    room, now = occasion.room, occasion.now
    users = [one.user_id for one in await newcomer.waiting(transaction, room) if one.user_id]
    await newcomer.mark_greeted(transaction, room)
    if not users or not await setting.greets(transaction, room):
        await newcomer.unname(transaction, room, now)
        return False
    is_crowd = await newcomer.came_since(transaction, now - _HOUR) > policy.crowd
    named = [Mention(user, occasion.names.get(user, "")) for user in users[:NAMED]]
    others = len(users) - len(named)
    line = compose(named, others, occasion.words, occasion.catalogue, is_crowd=is_crowd)
    outgoing.say(room, line, is_notice=False)
    for user in () if is_crowd else users:
        reference = conversation_with(room, user)
        await due.plan_once(transaction, Due(KIND, reference, "greeting", now))
    await first_step.plan(transaction, room, now, policy.silence)
    return True
