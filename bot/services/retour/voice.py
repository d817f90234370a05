"""Voice: what somebody says they take away, and how they let it be shown."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.services.answer import Control, control
from bot.services.meeting.card import Look
from bot.storage import attendee, voice
from bot.storage.transaction import Transaction
from bot.storage.voice import State, Voice
from bot.text import Said, Text, fold

LONGEST = 400
"""Characters of what somebody takes away: a few sentences."""

_DROPS = frozenset({Control.SKIP, Control.STOP, Control.NO})


class Given(StrEnum):
    """What an answer to "what do you take away?" means."""

    THERE = "there"
    AWAY = "away"
    SKIP = "skip"
    LATER = "later"
    WORDS = "words"


class Choice(StrEnum):
    """How somebody lets their words be shown, or that they say others."""

    SIGNED = "signed"
    ANONYMOUS = "anonymous"
    NOT = "not"
    WORDS = "words"


def _folded(*words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


_THERE = _folded("🙋", "j'y étais", "j’y étais", "présent", "présente", "i was there", "was there")
_AWAY = _folded(
    *("🚫", "absent", "absente", "je n'y étais pas", "je n’y étais pas", "pas venu", "pas venue"),
    *("i was not there", "i wasn't there", "i wasn’t there", "was not there"),
)
_SIGNED = _folded("signé", "signée", "signer", "signed", "sign", "avec mon nom", "with my name")
_ANONYMOUS = _folded("🎭", "anonyme", "anonymement", "sans mon nom", "anonymous", "anonymously",
                     "without my name")  # fmt: skip


def read_given(answer: str) -> Given:
    """Return what somebody means; raises UserError for a word that says nothing of it."""
    words = fold(answer.replace("\ufe0f", "").strip(" .!"))
    if words in _THERE:
        return Given.THERE
    if words in _AWAY:
        return Given.AWAY
    meant = control(answer)
    if meant in _DROPS:
        return Given.SKIP
    if meant is Control.LATER:
        return Given.LATER
    if meant is not None or not any(map(str.isalnum, answer)):
        raise UserError("retour.unclear")
    return Given.WORDS


def read_choice(answer: str) -> Choice:
    """Return how somebody lets it be shown; raises UserError for a word that does not say."""
    words = fold(answer.replace("\ufe0f", "").strip(" .!"))
    meant = control(answer)
    if words in _ANONYMOUS:
        return Choice.ANONYMOUS
    if words in _SIGNED or meant in (Control.YES, Control.PUBLISH):
        return Choice.SIGNED
    if meant in _DROPS:
        return Choice.NOT
    if meant is not None or not any(map(str.isalnum, answer)):
        raise UserError("retour.unclear_choice")
    return Choice.WORDS


async def draft(transaction: Transaction, item: Voice, text: str, name: str) -> Voice:
    """Keep the words of somebody who was there, to be shown to nobody yet.

    Raises UserError for too many.
    """
    words = text.strip()
    if len(words) > LONGEST:
        raise UserError("retour.too_long", limit=LONGEST)
    said = replace(item, state=State.DRAFT, text=words, name=name)
    await voice.put(transaction, said)
    await note_present(transaction, said, item.at)
    return said


async def approve(transaction: Transaction, item: Voice, choice: Choice, now: datetime) -> Voice:
    """Let words be shown, signed as it was shown or without a name, or forget them."""
    if choice is Choice.NOT:
        changed = replace(item, state=State.DECLINED, text=None, name=None, at=now)
    elif choice is Choice.ANONYMOUS:
        changed = replace(item, state=State.ANONYMOUS, name=None, at=now)
    else:
        changed = replace(item, state=State.SIGNED, at=now)
    await voice.put(transaction, changed)
    return changed


async def note_present(
    transaction: Transaction, item: Voice, now: datetime, *, came: bool = True
) -> None:
    """Note that somebody was there, or was not, as they say themselves."""
    users = [item.user_id]
    await attendee.note_came(transaction, item.meeting_id, item.date, users, now, came=came)
    if item.state in (State.ASKED, State.LATER):
        await voice.put(transaction, replace(item, state=State.DECLINED, at=now))


def signed(item: Voice, look: Look) -> Text:
    """Return words as they are shown with a name."""
    name = Said(item.name or "", item.user_id)
    return look.text("retour.voice_signed", text=Said(item.text or "", item.user_id), name=name)


def anonymous(item: Voice, look: Look) -> Text:
    """Return words as they are shown without a name."""
    return look.text("retour.voice_anonymous", text=Said(item.text or "", item.user_id))


def shown(item: Voice, look: Look) -> Text:
    """Return words as their author approved them."""
    return signed(item, look) if item.state is State.SIGNED else anonymous(item, look)
