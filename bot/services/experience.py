"""Experience: what may be shared, by whom it may be changed, and where it may be seen."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.model import Message
from bot.services import experience_followup, experience_showing, experience_withdrawal, setting
from bot.services.experience_sight import Sight
from bot.services.number import EXPERIENCE, named
from bot.storage import experience, experience_version
from bot.storage.experience import Experience
from bot.storage.transaction import Reader, Transaction

MAX_LENGTH = 4000
"""Characters: two pages. Longer ones are documents, which have a better place."""

# The arrows of keyboards, of phones that complete them, and of habit. Two hyphens or more: "—>".
_ARROW = re.compile(r"\s*(?:[-–—=]{1,3}>|[→⇒⟶⟹➔➜➡⇨▶]\ufe0f?)\s*")


@dataclass(frozen=True, slots=True)
class Share:
    """The words of an experience: a problem with its solution, or a note.

    ``tags`` are those that are not in its words, folded, with spaces between.
    """

    problem: str | None = None
    solution: str | None = None
    note: str | None = None
    tags: str = ""


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


async def share(
    transaction: Transaction,
    said: Share,
    *,
    room: RoomId,
    author: UserId,
    source: EventId,
    now: datetime,
    parent: int | None = None,
) -> tuple[Experience, bool]:
    """Keep what was said; return it, and whether it is new.

    What the event ``source`` already holds is corrected instead, if it is of the same author.
    ``parent`` is what it takes up.
    Raises UserError if it is somebody else's, and in a room of trust, where nothing is kept.
    """
    if not await setting.captures(transaction, room):
        raise UserError("experience.not_kept_here")
    known = await experience.of_source(transaction, source)
    if known is None:
        item = Experience(room, author, source, now, said.problem, said.solution, said.note)
        new = replace(item, parent_id=parent, given_tags=said.tags)
        return await keep(transaction, new), True
    if known.author != author:
        raise UserError("experience.own_message_only")
    return await correct(transaction, known, said, now), False


async def keep(transaction: Transaction, item: Experience) -> Experience:
    """Keep a new experience, and plan to ask its author later what became of it."""
    created = await experience.create(transaction, item)
    await experience_followup.plan(transaction, created)
    return created


async def correct(
    transaction: Transaction, item: Experience, said: Share, now: datetime
) -> Experience:
    """Give ``item`` new words; return it as it is then. It keeps its number.

    The old words are nowhere any more: a change that is taken back does not bring them back.
    """
    corrected = replace(
        item, problem=said.problem, solution=said.solution, note=said.note, edited_at=now
    )
    if (item.problem, item.solution, item.note) == (said.problem, said.solution, said.note):
        return item
    await experience.update_text(transaction, corrected)
    await experience_version.forget(transaction, item.id, ("problem", "solution", "note"))
    await experience_showing.changed(transaction, item.id, now)
    return corrected


async def show(reader: Reader, number: int, sight: Sight, *, is_doomed: bool = False) -> Experience:
    """Return ``E<number>``; raises UserError if there is none, or none that may be shown here.

    What ``is_doomed`` may be in a room of trust: it can still be deleted.
    """
    item = await experience.get(reader, number)
    if item is None:
        raise UserError("experience.not_found", id=named(EXPERIENCE, number))
    if not sight.shows(item) and not (is_doomed and item.room_id in sight.rooms):
        raise UserError("experience.not_visible", id=named(EXPERIENCE, number))
    return item


def check_erasure(item: Experience, user: UserId, *, is_animated: bool) -> None:
    """Raise UserError if ``user`` is neither the author of ``item`` nor an animator of its room."""
    if user != item.author and not is_animated:
        raise UserError("experience.not_yours", id=named(EXPERIENCE, item.id))


async def erase(
    transaction: Transaction, item: Experience, user: UserId, now: datetime, *, is_animated: bool
) -> None:
    """Withdraw ``item`` for good, if `check_erasure` lets."""
    check_erasure(item, user, is_animated=is_animated)
    await experience_withdrawal.withdraw(transaction, item.id, now)


async def follow(transaction: Transaction, edit: Message, now: datetime) -> bool:
    """Correct what was taken from the message that ``edit`` replaces; return whether there was.

    Only the edit of its author counts, in the room where it was said. Raises UserError for one that
    says nothing.
    """
    item = await experience.of_source(transaction, edit.replaces) if edit.replaces else None
    if item is None or (item.author, item.room_id) != (edit.sender, edit.room_id):
        return False
    await correct(transaction, item, parse(edit.body), now)
    return True


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Withdraw what the redacted event ``source`` held; return whether it held anything."""
    item = await experience.of_source(transaction, source)
    return item is not None and await experience_withdrawal.withdraw(transaction, item.id, now)
