"""Experience query: the words and the filters that people type after ``!search`` and ``!exps``."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.experience_sight import Sight
from bot.storage import experience_search
from bot.storage.experience import tags
from bot.storage.experience_index import Filter, Hits
from bot.storage.transaction import Reader
from bot.text import fold

_AUTHOR = re.compile(r"(?:(?:by|par|de):)?(@\S+)", re.IGNORECASE)
_ROOM = re.compile(r"(?:in|dans):([#!]\S+)", re.IGNORECASE)
_SINCE = re.compile(r"(?:since|depuis):(\S*)", re.IGNORECASE)
_AGO = re.compile(r"([0-9]{1,3})(j|d|s|w|m|a|y)[a-z]*")

_DAYS = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30, "a": 365, "y": 365}
"""Days of a jour or day, a semaine or week, a mois or month, an an or year."""

_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: ``words`` (maybe none), all ``tags``, and an author and a date, if given.

    ``author`` is as it was typed: a user id, or its beginning such as ``@jo``; ``room`` is a room
    id or alias, for the caller to look up: `find` is given rooms.
    """

    words: str = ""
    tags: frozenset[str] = frozenset()
    author: str | None = None
    since: datetime | None = None
    room: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return self == Query()


def parse(text: str, *, now: datetime, zone: ZoneInfo) -> Query:
    """Return what ``budget #achat by:@jo since:2026-01-31`` looks for, in either language.

    ``since:`` takes a day (ISO 8601, from its midnight in ``zone``) or a length such as ``30j``,
    ``6m``. Raises UserError for any other.
    """
    words: list[str] = []
    found_tags: set[str] = set()
    author: str | None = None
    since: datetime | None = None
    room: str | None = None
    for word in text.split():
        if tag := tags(word):
            found_tags |= tag
        elif found := _AUTHOR.fullmatch(word):
            author = found[1].rstrip(",;:")
        elif found := _SINCE.fullmatch(word):
            since = _since(found[1], now, zone)
        elif found := _ROOM.fullmatch(word):
            room = found[1]
        else:
            words.append(word)
    return Query(" ".join(words), frozenset(found_tags), author, since, room)


async def scope(
    reader: Reader, query: Query, sight: Sight, room: RoomId | None = None
) -> Filter | None:
    """Return what ``query`` wants of what ``sight`` shows, in ``room`` alone if one is given.

    None if nothing can be it: its author is nobody who shared anything.
    """
    author: UserId | None = None
    if query.author is not None:
        author = await experience_search.find_author(
            reader, sight.open, query.author, is_widened=sight.is_widened
        )
        if author is None:
            return None
    return Filter(sight.open, author, query.tags, query.since, sight.is_widened, room)


async def find(reader: Reader, query: Query, sight: Sight, room: RoomId | None = None) -> Hits:
    """Return what ``query`` finds in its `scope`, the best first; without words, the newest."""
    return await find_in(reader, query, await scope(reader, query, sight, room))


async def find_in(reader: Reader, query: Query, wanted: Filter | None) -> Hits:
    """Return the same for a scope that is known already."""
    if wanted is None:
        return Hits([], is_capped=False)
    if query.words:
        return await experience_search.search(reader, query.words, wanted)
    return await experience_search.newest(reader, wanted)


def _since(given: str, now: datetime, zone: ZoneInfo) -> datetime:
    if ago := _AGO.fullmatch(fold(given)):
        return now - timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        raise UserError("search.since_wrong", given=given[:_LONGEST_QUOTE]) from None
