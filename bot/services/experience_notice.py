"""Experience notice: an author hears that somebody took up or classified what they shared.

Nobody asked for it, so it waits for the end of their pause and of their quiet hours.
"""

from datetime import datetime

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.services import experience_showing, manner, quiet
from bot.services.manner import Manner
from bot.services.number import EXPERIENCE, named
from bot.services.outgoing import Outgoing
from bot.storage import due, experience
from bot.storage.due import Due
from bot.storage.experience import Experience, Visibility
from bot.storage.transaction import Transaction
from bot.text import Said, Text, render

KIND = "experience_notice"
"""Kind of what falls due when an author is told."""

_REUSE = "reuse"


async def plan_reuse(transaction: Transaction, child: Experience, now: datetime) -> None:
    """Have the author of what ``child`` takes up told of it, once."""
    await due.plan_once(transaction, Due(KIND, str(child.id), _REUSE, now))


async def plan_change(
    transaction: Transaction, item: Experience, what: str, by: UserId, now: datetime
) -> None:
    """Have the author of ``item`` told that ``by`` changed a field, its ``tags``, or went back."""
    await due.plan(transaction, Due(KIND, str(item.id), f"{what} {by} {now.isoformat()}", now))


async def tell(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    now: datetime,
    words: Catalogue,
    usual: Manner,
) -> bool:
    """Tell the author, or put it off until they may be spoken to; return False if it is past."""
    about = await experience.get(transaction, int(item.reference))
    if about is None:
        return False
    is_reuse = item.occurrence == _REUSE
    parent = await experience.get(transaction, about.parent_id or 0) if is_reuse else None
    if is_reuse and parent is None:
        return False
    author = parent.author if parent is not None else about.author
    turn = await quiet.turn_with(transaction, author, now, usual)
    if turn > now:
        await due.postpone(transaction, item, turn)
        return True
    language = (await manner.of_member(transaction, author, usual)).language
    if parent is not None:
        text = _reused(words, language, parent, about)
    else:
        what, by, _ = item.occurrence.split(" ", 2)
        text = _changed(words, language, about, what, by)
    start = len(outgoing.enqueued)
    outgoing.tell(author, text)
    numbers = [about.id] if parent is None else [about.id, parent.id]
    await experience_showing.note_words(transaction, outgoing.enqueued[start:], numbers, now)
    return True


def _reused(words: Catalogue, language: str, parent: Experience, child: Experience) -> Text:
    """Return the good news; who it was and where, only if the author can see it there."""
    is_seen = child.room_id == parent.room_id or child.visibility != Visibility.ROOM
    template = words.text(
        "experience.reused" if is_seen else "experience.reused_elsewhere", language
    )
    params = {
        "id": named(EXPERIENCE, parent.id),
        "child": named(EXPERIENCE, child.id),
        "author": Said(child.author, child.author),
        "prefix": "!",
    }
    return render(template, params)


def _changed(words: Catalogue, language: str, item: Experience, what: str, by: str) -> Text:
    name = named(EXPERIENCE, item.id)
    if what == "undo":
        return render(words.text("experience.undone_by", language), {"id": name, "member": by})
    label = render(words.text(f"experience.field.{what}", language), {})
    params = {"id": name, "member": by, "field": label, "prefix": "!"}
    return render(words.text("experience.changed_by", language), params)
