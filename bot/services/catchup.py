"""Catch-up: what happened on somebody's topics while they were away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import UserId
from bot.services import profile
from bot.services.experience_sight import Sight
from bot.services.profile import Field
from bot.storage import catchup, experience, experience_search
from bot.storage.experience_index import Filter
from bot.storage.transaction import Reader

LONGEST = timedelta(days=30)
"""How far back one looks at most: of what is older, nothing tells when somebody was there."""

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
    """Return when ``user`` last spoke with the bot before this visit, at most thirty days ago."""
    found = await catchup.last_heard(reader, user, now - LONGEST, now - SITTING)
    return found or now - LONGEST


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
