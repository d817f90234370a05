"""Posting: the retour on a date is said in its room, kept up to date, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.errors import UserError
from bot.services import experience_card, experience_showing, setting
from bot.services.meeting import card, plan, series
from bot.services.meeting.card import Look
from bot.services.meeting.series import Occurrence
from bot.services.number import EXPERIENCE, MEETING, named
from bot.services.outgoing import Outgoing
from bot.services.retour import NOUN
from bot.services.retour.voice import shown
from bot.storage import attendee, experience_record, retour, voice
from bot.storage.experience import Experience
from bot.storage.meeting import Meeting
from bot.storage.retour import Retour
from bot.storage.transaction import Reader, Transaction
from bot.storage.voice import Voice
from bot.text import Code, Link, Said, Text, bullets, joined, paragraphs

MOST_VOICES = 40
"""Voices that are shown; one event holds no more of the longest."""

MOST_RECALLED = 3
"""Voices that the next date begins with."""

MOST_EXPERIENCES = 20

_BEFORE = timedelta(days=1)
"""So long before a date of a series what is shared is around it."""

_MOVED = timedelta(days=60)
"""No date is moved further than that from where its series has it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is to look back on after one date, known as ``name``."""

    item: Meeting
    date: Occurrence
    name: str
    known: Retour
    voices: Sequence[Voice]
    experiences: Sequence[Experience]
    present: int

    @property
    def contributions(self) -> int:
        """How many contributed something that others may read."""
        return len(self.voices) + len(self.experiences)


async def gathered(reader: Reader, item: Meeting, date: Occurrence) -> Contents:
    """Return what was approved and shared around a date, and how many were there."""
    name = series.known_as(item, date)
    known = await retour.get(reader, item.id, name)
    came = await attendee.came(reader, item.id, name)
    since = date.start - _BEFORE if name else item.created_at
    found = await experience_record.tagged(
        reader, item.room_id, named(MEETING, item.id).lower(), since, MOST_EXPERIENCES
    )
    voices = await voice.shown(reader, item.id, name)
    present = known.present if known.present is not None else came
    return Contents(item, date, name, known, voices, found, present)


async def publish(
    transaction: Transaction, outgoing: Outgoing, item: Meeting, date: Occurrence, look: Look
) -> bool:
    """Post the retour on a date and open its thread again; return False if one was there.

    That one is brought up to date instead. Raises UserError where there is nothing to look back on,
    before the date is over, and in a room of trust, where nothing is kept.
    """
    await check_kept(transaction, item)
    if date.over_at > look.now:
        raise UserError("retour.not_over", id=named(MEETING, item.id))
    found = await gathered(transaction, item, date)
    if not found.voices and not found.experiences:
        raise UserError("retour.nothing", id=named(MEETING, item.id))
    own = card.of_meeting(item, look)
    text, spoken_by = draw(found, own), card.conversation(item)
    if found.known.oid is not None:
        edit = outgoing.edit(item.room_id, found.known.oid, text, conversation=spoken_by)
        edits = [*found.known.edits, edit]
        await retour.put(transaction, replace(found.known, edits=edits))
        return False
    await _say(transaction, outgoing, found, text, own, is_notice=False)
    await _reopen(transaction, outgoing, found, own)
    return True


async def check_kept(reader: Reader, item: Meeting) -> None:
    """Raise UserError in a room of trust: what was said there stays there."""
    if not await setting.captures(reader, item.room_id):
        raise UserError("retour.not_kept_here")


async def take_back(
    transaction: Transaction, outgoing: Outgoing, item: Meeting, name: str, look: Look
) -> None:
    """Replace what was posted of a date, because somebody's words are no longer to be read.

    An edit would leave them readable: what was posted is redacted, with its edits, and what is left
    is said anew.
    """
    known = await retour.get(transaction, item.id, name)
    for oid in (known.oid, *known.edits, known.recalled_oid):
        if oid is not None:
            outgoing.redact(item.room_id, oid, conversation=card.conversation(item))
    await say_again(transaction, outgoing, item, name, look)


async def say_again(
    transaction: Transaction, outgoing: Outgoing, item: Meeting, name: str, look: Look
) -> None:
    """Say what is left of a retour that was redacted, without calling anybody."""
    known = await retour.get(transaction, item.id, name)
    was_posted = known.oid is not None
    await retour.put(transaction, replace(known, oid=None, edits=(), recalled_oid=None))
    date = await date_named(transaction, item, name)
    if not was_posted or date is None:
        return
    found = await gathered(transaction, item, date)
    if found.voices:
        own = card.of_meeting(item, look)
        await _say(transaction, outgoing, found, draw(found, own), own, is_notice=True)


async def recall(
    transaction: Transaction, outgoing: Outgoing, item: Meeting, name: str, look: Look
) -> None:
    """Begin the date known as ``name`` with what was said of the one before, if that was posted."""
    last = await retour.last_posted(transaction, item.id, name)
    if last is None or last.recalled_oid is not None:
        return
    voices = (await voice.shown(transaction, item.id, last.date))[:MOST_RECALLED]
    date = await date_named(transaction, item, last.date)
    if not voices or date is None:
        return
    own = card.of_meeting(item, look)
    said = bullets(shown(each, own) for each in voices)
    text = own.text("retour.recall", date=card.when(date, own, with_zone=False), items=said)
    oid = outgoing.say(item.room_id, text, conversation=card.conversation(item))
    await retour.put(transaction, replace(last, recalled_oid=oid))


async def date_named(reader: Reader, item: Meeting, name: str) -> Occurrence | None:
    """Return the date known as ``name``, however long ago it was."""
    since = series.read_stamp(name) - _MOVED if name else item.starts_at - _BEFORE
    return await plan.date_known_as(reader, item, name, since)


def draw(found: Contents, look: Look) -> Text:
    """Return the retour as it is posted."""
    item = found.item
    title = look.text(
        "retour.title",
        id=Code(named(MEETING, item.id)),
        title=Said(item.title, item.organiser),
        date=card.when(found.date, look, with_zone=False),
    )
    numbers = [look.count("retour.contributions", found.contributions)]
    if found.present:
        numbers.insert(0, look.count("retour.present", found.present))
    parts = [title, joined(numbers, " · ")]
    if found.voices:
        parts.append(bullets(shown(each, look) for each in found.voices[:MOST_VOICES]))
    left = len(found.voices) - MOST_VOICES
    if left > 0:
        parts.append(look.count("retour.more_voices", left))
    return paragraphs(parts)


async def _say(
    transaction: Transaction,
    outgoing: Outgoing,
    found: Contents,
    text: Text,
    look: Look,
    *,
    is_notice: bool,
) -> None:
    item = found.item
    oid = outgoing.say(
        item.room_id,
        text,
        is_notice=is_notice,
        conversation=card.conversation(item),
        card=f"{NOUN}:{item.id}/{found.name}",
    )
    await retour.put(transaction, replace(found.known, oid=oid, edits=(), posted_at=look.now))


async def _reopen(
    transaction: Transaction, outgoing: Outgoing, found: Contents, look: Look
) -> None:
    """Let the conversation go on under the card of the date, or else under the retour itself."""
    item = found.item
    is_shown = item.card_oid is not None and (item.card_date or "") == found.name
    known = await retour.get(transaction, item.id, found.name)
    root = item.card_oid if is_shown else known.oid
    if root is None:
        return
    text = look.text("retour.reopened", title=Said(item.title, item.organiser))
    if found.experiences:
        items = bullets(_experience(each, look) for each in found.experiences)
        text = paragraphs([text, look.text("retour.experiences", items=items)])
    start = len(outgoing.enqueued)
    outgoing.say_below(item.room_id, root, text, conversation=card.conversation(item))
    numbers = [each.id for each in found.experiences]
    parcels = outgoing.enqueued[start:]
    await experience_showing.note_words(transaction, parcels, numbers, look.now)


def _experience(item: Experience, look: Look) -> Text:
    return look.text(
        "retour.experience",
        id=Link(f"https://matrix.to/#/{item.room_id}/{item.source_event_id}",
                named(EXPERIENCE, item.id)),
        title=Said(experience_card.title(item), item.author),
    )  # fmt: skip
