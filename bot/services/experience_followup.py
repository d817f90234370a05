"""Experience follow-up: some months later its author is asked once whether it is still alive."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from bot.i18n import Catalogue
from bot.ids import Oid, direct_room
from bot.services import experience_card, experience_showing, manner, quiet, setting
from bot.services.manner import Manner
from bot.services.number import EXPERIENCE, named
from bot.services.outgoing import Outgoing
from bot.services.question import Inquiry
from bot.services.question import ask as ask_question
from bot.storage import due, experience, question, room_setting
from bot.storage.due import Due
from bot.storage.experience import Experience, Status
from bot.storage.transaction import Reader, Transaction
from bot.text import Said, Text, fold, render

KIND = "experience_followup"
"""Kind of what falls due when an author is asked."""

MONTHS = 6
"""After how many months, where the room's animators did not choose otherwise."""

SETTING = "followup"
"""Key of the room's setting: a number of months, or ``off``."""

NOUN = "experience"
"""The command that hears the answer."""

QUESTION = "followup"
"""What the reference of the question begins with."""

BUTTONS: Mapping[str, Status] = {
    "🟢": Status.ALIVE,
    "🟡": Status.ADAPTED,
    "⚪": Status.STOPPED,
}
"""Reactions that answer, the same signs as on the card."""

_TEXT = "experience.followup"

_PATIENCE = timedelta(days=3)
"""How long a question waits behind one that is open."""

LONGEST_REASON = 500
"""Characters of why it is so."""

_WORDS: dict[Status, str] = {
    Status.ALIVE: "🟢 ✅ alive yes oui vivante vivant toujours still oui_toujours still_alive",
    Status.ADAPTED: "adapted adaptée adapté changed changée modifiée évoluée 🟡",
    Status.STOPPED: "stopped arrêtée arrêté arrêt terminée finie abandonnée no non ended ⚪",
}
_BY_WORD = {
    fold(word.replace("_", " ")): status
    for status, words in _WORDS.items()
    for word in words.split()
}


async def plan(transaction: Transaction, item: Experience) -> None:
    """Plan to ask the author of ``item``, in the months that its room chose."""
    months = await _months(transaction, item)
    if months is not None:
        at = item.created_at + relativedelta(months=months)
        await due.plan(transaction, Due(KIND, str(item.id), "1", at))


def read(text: str) -> tuple[Status, str] | None:
    """Return the status that ``text`` begins with and why it is so, or None for neither.

    ``adaptée : à trois semaines`` is adapted, because of three weeks.
    """
    words = text.replace("\ufe0f", "").strip()
    for count in (2, 1):
        head = words.split(maxsplit=count)
        status = _BY_WORD.get(fold(" ".join(head[:count])).strip(" ,;:.!"))
        if status is not None and len(head) >= count:
            rest = head[count] if len(head) > count else ""
            return status, rest.lstrip(" ,;:.–—-").strip()[:LONGEST_REASON]
    return None


async def record(
    transaction: Transaction, item: Experience, status: Status, reason: str, now: datetime
) -> Experience:
    """Note what became of ``item``; nobody needs to be asked any more."""
    changed = replace(item, status=status, status_at=now, status_reason=reason or None)
    await experience.update_status(transaction, changed)
    await due.cancel(transaction, KIND, str(item.id))
    await experience_showing.changed(transaction, item.id, now)
    return changed


async def ask(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    now: datetime,
    words: Catalogue,
    usual: Manner,
) -> bool:
    """Ask the author once, or put it off until they may be asked; return False if it is past.

    One question at a time: the next one waits until the last is answered.
    """
    found = await experience.get(transaction, int(item.reference))
    if found is None or found.room_id in await setting.trusted(transaction):
        return False
    turn = await quiet.turn_with(transaction, found.author, now, usual)
    if turn <= now and await question.newest(transaction, found.author, NOUN) is not None:
        turn = now + _PATIENCE
    if turn > now:
        await due.postpone(transaction, item, turn)
        return True
    language = (await manner.of_member(transaction, found.author, usual)).language
    params = {
        "id": named(EXPERIENCE, found.id),
        "title": Said(experience_card.title(found), found.author),
    }
    await _put(transaction, outgoing, found, now, render(words.text(_TEXT, language), params))
    return True


async def _put(
    transaction: Transaction, outgoing: Outgoing, found: Experience, now: datetime, text: Text
) -> None:
    """Put the question ``text`` to the author of ``found``."""
    inquiry = Inquiry(
        user=found.author,
        noun=NOUN,
        room_id=direct_room(found.author),
        reference=f"{QUESTION}:{found.id}",
        offers=tuple(BUTTONS),
    )
    start = len(outgoing.enqueued)

    def speak(card: str) -> Oid:
        return outgoing.tell(found.author, text, card=card)

    await ask_question(transaction, outgoing, inquiry, now, speak)
    parcels = outgoing.enqueued[start:]
    await experience_showing.note_words(transaction, parcels, [found.id], now)


async def _months(reader: Reader, item: Experience) -> int | None:
    chosen = (await room_setting.of_room(reader, item.room_id)).get(SETTING)
    if chosen is None:
        return MONTHS
    return int(chosen.value) if chosen.value.isdigit() else None
