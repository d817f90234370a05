"""Experience: what may be shared, by whom it may be changed, and where it may be seen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import setting
from bot.services.number import EXPERIENCE, named
from bot.storage import experience
from bot.storage.experience import Experience
from bot.storage.transaction import Reader, Transaction

MAX_LENGTH = 4000
"""Characters: two pages. Longer ones are documents, which have a better place."""

TITLE_LENGTH = 80
"""Characters of the line that stands for an experience in a list: one line on a wide screen."""

# The arrows of keyboards, of phones that complete them, and of habit. Two hyphens or more: "—>".
_ARROW = re.compile(r"\s*(?:[-–—=]{1,3}>|[→⇒⟶⟹➔➜➡⇨▶]\ufe0f?)\s*")


@dataclass(frozen=True, slots=True)
class Share:
    """The words of an experience: a problem with its solution, or a note."""

    problem: str | None = None
    solution: str | None = None
    note: str | None = None


def parse(text: str) -> Share:
    """Return what ``Problem → Solution``, two lines, or a note say.

    The first arrow parts them, or else the first line is the problem. Raises UserError when
    nothing is said, or more than `MAX_LENGTH` characters.
    """
    given = text.strip()
    if not any(map(str.isalnum, given)):
        raise UserError("experience.nothing_given")
    if len(given) > MAX_LENGTH:
        raise UserError("experience.too_long", limit=MAX_LENGTH)
    parts = _ARROW.split(given, maxsplit=1)
    if len(parts) == 1:
        parts = given.split("\n", 1)
    said = [part.strip() for part in parts if any(map(str.isalnum, part))]
    if len(said) == 2:
        return Share(problem=said[0], solution=said[1])
    return Share(note=said[0])


def title(item: Experience) -> str:
    """Return one line that stands for ``item`` in a list."""
    line = " ".join((item.problem or item.note or "").split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def visible_rooms(
    room: RoomId, *, is_pair: bool, joined: Iterable[RoomId] = ()
) -> frozenset[RoomId]:
    """Return the rooms whose experiences may be shown in ``room``.

    In a room it is that room alone: all its members read the answer. In a conversation of two, it
    is also every room in which the server says the member is now (``joined``).
    """
    return frozenset({room, *joined}) if is_pair else frozenset({room})


async def share(
    transaction: Transaction,
    said: Share,
    *,
    room: RoomId,
    author: UserId,
    source: EventId,
    now: datetime,
) -> tuple[Experience, bool]:
    """Keep what was said; return it, and whether it is new.

    What the event ``source`` already holds is corrected instead, if it is of the same author.
    Raises UserError if it is somebody else's, and in a room of trust, where nothing is kept.
    """
    if not await setting.captures(transaction, room):
        raise UserError("experience.not_kept_here")
    known = await experience.of_source(transaction, source)
    if known is None:
        item = Experience(room, author, source, now, said.problem, said.solution, said.note)
        return await experience.create(transaction, item), True
    if known.author != author:
        raise UserError("experience.own_message_only")
    return await correct(transaction, known, said, now), False


async def correct(
    transaction: Transaction, item: Experience, said: Share, now: datetime
) -> Experience:
    """Give ``item`` new words; return it as it is then. It keeps its number."""
    corrected = replace(
        item, problem=said.problem, solution=said.solution, note=said.note, edited_at=now
    )
    if (item.problem, item.solution, item.note) == (said.problem, said.solution, said.note):
        return item
    await experience.update_text(transaction, corrected)
    return corrected


async def open_rooms(reader: Reader, rooms: frozenset[RoomId]) -> frozenset[RoomId]:
    """Return ``rooms`` without those of trust, from which nothing is shown."""
    return frozenset([room for room in rooms if await setting.captures(reader, room)])


async def show(reader: Reader, number: int, rooms: frozenset[RoomId]) -> Experience:
    """Return ``E<number>``; raises UserError if there is none, or none that ``rooms`` may see."""
    return await _get(reader, number, await open_rooms(reader, rooms))


async def erase(
    transaction: Transaction,
    number: int,
    rooms: frozenset[RoomId],
    *,
    user: UserId,
    animated: frozenset[RoomId],
) -> Experience:
    """Delete ``E<number>`` for good and return what it was.

    Its author may, and whoever is an animator of its room (one of ``animated``). Raises UserError
    for anybody else, and for one that is not there or not of ``rooms``.
    """
    item = await _get(transaction, number, rooms)
    if user != item.author and item.room_id not in animated:
        raise UserError("experience.not_yours", id=named(EXPERIENCE, number))
    await experience.erase(transaction, number)
    return item


async def take_back(transaction: Transaction, source: EventId) -> bool:
    """Delete what the redacted event ``source`` held; return whether it held anything."""
    item = await experience.of_source(transaction, source)
    return item is not None and await experience.erase(transaction, item.id)


async def _get(reader: Reader, number: int, rooms: frozenset[RoomId]) -> Experience:
    item = await experience.get(reader, number)
    if item is None:
        raise UserError("experience.not_found", id=named(EXPERIENCE, number))
    if item.room_id not in rooms:
        raise UserError("experience.not_visible", id=named(EXPERIENCE, number))
    return item
