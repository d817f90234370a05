"""Catch-up: what happened on somebody's topics while they were away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import UserId, direct_room
from bot.services import profile
from bot.services.experience_sight import Sight
from bot.services.outgoing import Outgoing
from bot.services.profile import Field
from bot.storage import catchup, due, experience, experience_search, visit
from bot.storage.due import Due
from bot.storage.experience_index import Filter
from bot.storage.transaction import Reader, Transaction
from bot.text import Text

LONGEST = timedelta(days=90)
"""How far back one looks at most: who was away for longer begins anew."""

UNKNOWN = timedelta(days=30)
"""How far back one looks for somebody who was never there before."""

ABSENCE = timedelta(days=21)
"""Who comes back after this time without a word is offered to catch up, once."""

KIND = "catchup_offer"
"""Kind of what falls due when somebody who is back is offered to catch up; the reference is who."""

CARD = "catchup_offer"
"""Kind of the card on the offer."""

YES = "👀"
"""The reaction that takes the offer."""

MOMENT = timedelta(minutes=10)
"""How long the offer waits: who came for something gets that first."""

STALE = timedelta(days=2)
"""An offer that could not be made by then is not made: its moment is over."""

SITTING = timedelta(hours=12)
"""What somebody did within these hours belongs to this visit, not to the last one."""

MOST_TOPICS = 12
"""Words and tags that are looked for: each is one look into the index."""

_FIELDS = (Field.SEEKS, Field.TALENTS, Field.OFFERS, Field.TOOLS, Field.JOB)
_BREAK = re.compile(r"[,;/\n]")


@dataclass(frozen=True, slots=True)
class Missed:
    """The numbers of what is new since then, the newest first.

    ``has_topics`` tells that it is about somebody's own topics; who has none gets all that is new.
    """

    since: datetime
    numbers: Sequence[int]
    has_topics: bool


async def last_visit(reader: Reader, user: UserId, now: datetime) -> datetime:
    """Return when ``user`` last spoke with the bot before this visit, at most ninety days ago."""
    known = await visit.get(reader, user)
    if known is None:
        return now - UNKNOWN
    last = known.before if now - known.at < SITTING else known.at
    return max(last, now - LONGEST) if last is not None else now - UNKNOWN


async def arrive(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Note that ``user`` is there; who was away for long is offered to catch up in a moment."""
    before = await visit.note(transaction, user, now, SITTING)
    if before is not None and now - before >= ABSENCE:
        await due.plan_once(transaction, Due(KIND, user, before.isoformat(), now + MOMENT))


async def decline(transaction: Transaction, user: UserId) -> None:
    """Offer nothing any more: they caught up by themselves."""
    await due.cancel(transaction, KIND, user)


def offer(item: Due, outgoing: Outgoing, text: Text) -> None:
    """Offer somebody to catch up, alone and once: ``text`` says how much there is."""
    user = UserId(item.reference)
    oid = outgoing.tell(user, text, is_notice=True, card=f"{CARD}:{user}|{item.occurrence}")
    place = direct_room(user)
    outgoing.offer(place, oid, [YES], conversation=place)


async def find(reader: Reader, user: UserId, sight: Sight, since: datetime) -> Missed:
    """Return what others shared since then on the topics of ``user``, of what ``sight`` shows."""
    words = [
        phrase.strip()
        for item in await profile.of_user(reader, user)
        if item.field in _FIELDS
        for phrase in _BREAK.split(item.value)
        if phrase.strip()
    ]
    tags = await catchup.tags_of(reader, user, MOST_TOPICS)
    numbers: set[int] = set()
    for phrase in words[:MOST_TOPICS]:
        wanted = Filter(sight.open, since=since, is_widened=sight.is_widened)
        numbers.update((await experience_search.search(reader, phrase, wanted)).numbers)
    for tag in tags:
        wanted = Filter(sight.open, tags=frozenset({tag}), since=since, is_widened=sight.is_widened)
        numbers.update((await experience_search.newest(reader, wanted)).numbers)
    has_topics = bool(words or tags)
    if not has_topics:
        wanted = Filter(sight.open, since=since, is_widened=sight.is_widened)
        numbers.update((await experience_search.newest(reader, wanted)).numbers)
    items = await experience.get_all(reader, sorted(numbers, reverse=True))
    theirs = [item.id for item in items if item.author != user]
    return Missed(since, theirs, has_topics)
