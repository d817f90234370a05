"""Experience showing: what the bot showed of an experience is remembered, and cards follow it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.ids import Oid
from bot.services import experience_card
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import due, experience, experience_showing
from bot.storage.due import Due
from bot.storage.experience_showing import Kind, Showing
from bot.storage.outbox import Parcel
from bot.storage.question import Question
from bot.storage.transaction import Transaction

KIND = "experience_card"
"""Kind of what falls due when cards are to show what changed."""

TOGETHER = timedelta(seconds=10)
"""Changes within this time are shown together: one edit of a card, however many react to it."""

_FOLLOWED = timedelta(days=90)
"""An older card is out of sight; whoever wants to know asks for a new one."""

_MOST_CARDS = 20
"""Cards of one experience that follow it, the newest."""


def of_parcels(
    parcels: Iterable[Parcel], number: int, now: datetime, manner: experience_card.Manner
) -> list[Showing]:
    """Return the showings of one card, which follows its experience if it is of one part."""
    said = [parcel for parcel in parcels if parcel.event_type == "m.room.message"]
    kind = Kind.CARD if len(said) == 1 else Kind.WORDS
    return [
        Showing(
            oid=parcel.oid,
            experience_id=number,
            room_id=parcel.room_id,
            conversation=parcel.conversation,
            kind=kind,
            shown_at=now,
            language=manner.language,
            zone=manner.zone.key,
            author_name=manner.author,
        )
        for parcel in said
    ]


async def note_words(
    transaction: Transaction, parcels: Iterable[Parcel], numbers: Iterable[int], now: datetime
) -> None:
    """Remember messages that quote the experiences ``numbers``: a list, a letter, a question."""
    said = [parcel for parcel in parcels if parcel.event_type == "m.room.message"]
    showings = [
        Showing(parcel.oid, number, parcel.room_id, parcel.conversation, Kind.WORDS, now)
        for number in numbers
        for parcel in said
    ]
    await experience_showing.note(transaction, showings)


async def note_preview(
    transaction: Transaction, asked: Question, number: int, now: datetime
) -> None:
    """Remember that the question ``asked`` showed ``E<number>`` before it was published."""
    conversation = conversation_with(asked.room_id, asked.user_id)
    preview = Showing(asked.oid, number, asked.room_id, conversation, Kind.WORDS, now)
    await experience_showing.note(transaction, [preview])


async def show(
    transaction: Transaction,
    parcels: Sequence[Parcel],
    number: int,
    now: datetime,
    manner: experience_card.Manner,
) -> None:
    """Remember the card of ``E<number>`` that ``parcels`` bring; what they edit follows no more."""
    replaced = [Oid(p.target.removeprefix("oid:")) for p in parcels if p.target is not None]
    if replaced:
        await experience_showing.freeze(transaction, replaced)
        await note_words(transaction, parcels, [number], now)
        return
    await experience_showing.note(transaction, of_parcels(parcels, number, now, manner))


async def changed(transaction: Transaction, number: int, now: datetime) -> None:
    """See to it that the cards of ``E<number>`` show what changed, a moment later."""
    slot = int(now.timestamp() // TOGETHER.total_seconds()) + 1
    at = datetime.fromtimestamp(slot * TOGETHER.total_seconds(), tz=now.tzinfo)
    await due.plan(transaction, Due(KIND, str(number), str(slot), at))


async def refresh(
    transaction: Transaction, outgoing: Outgoing, item: Due, now: datetime, words: Catalogue
) -> bool:
    """Edit the cards of an experience that changed; return False if there is nothing to edit."""
    number = int(item.reference)
    found = await experience.get(transaction, number)
    if found is None:
        return False
    known = await experience_card.facts(transaction, [number])
    facts = known.get(number, experience_card.NO_FACTS)
    cards = _followed(await experience_showing.of(transaction, number), now)
    for card in cards:
        manner = experience_card.Manner(card.language, ZoneInfo(card.zone), card.author_name)
        text = experience_card.card(words, found, facts, manner, now)
        start = len(outgoing.enqueued)
        outgoing.edit(card.room_id, card.oid, text, conversation=card.conversation)
        # An edit stays readable when the card itself is redacted.
        await note_words(transaction, outgoing.enqueued[start:], [number], now)
    return bool(cards)


def _followed(showings: Sequence[Showing], now: datetime) -> list[Showing]:
    young = [
        item
        for item in showings
        if item.kind is Kind.CARD and item.event_id is None and now - item.shown_at < _FOLLOWED
    ]
    return young[:_MOST_CARDS]
