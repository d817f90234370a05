"""Companion: a newcomer is introduced to a member who guides them, once both have said yes.

One member at a time is asked, the best match first, and no name is said before the double yes. A
search goes on by what falls due for it, one step at a time, so that a crash loses and doubles none.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.ids import UserId
from bot.services import companion_room
from bot.services.companion_voice import Voice
from bot.services.privacy import Choice
from bot.storage import companion, due, question
from bot.storage import consent as stored_consent
from bot.storage.companion import KIND, Reply, Request, Search, State
from bot.storage.due import Due
from bot.storage.transaction import Reader, Transaction
from bot.text import Mention

__all__ = ["KIND", "NOUN", "Voice", "accept", "begin", "meet", "plan", "refuse", "stop"]

NOUN = "companion"
"""The command that hears the answers."""

OFFER, OFFER_KEY = "companion_offer", "🤝"
"""Card on which a newcomer is offered to be found a companion, and the reaction that says yes."""

MEMBER, NEWCOMER = "member", "newcomer"
"""What the reference of a question begins with: who is asked; then a number."""

PATIENCE = timedelta(days=3)
"""How long an answer is waited for."""

TOGETHER = timedelta(days=30)
"""How long a companion is one; as long the animators see that nobody was found."""

MOST_ASKED = 3
"""Members asked for one newcomer; then it is somebody's turn who knows them."""

FEW = 5
"""Fewer people than this are not counted: it would tell who they are."""


async def begin(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Look for a companion for ``user``, who asks for one.

    Raises UserError for somebody who is looked for already, or was asked to be one themselves.
    """
    known = await companion.of_newcomer(transaction, user)
    if known is not None and known.state is not State.STUCK:
        raise UserError("companion.already")
    mine = await companion.open_of(transaction, user)
    if any(item.reply is Reply.NONE for item in mine):
        raise UserError("companion.answer_first")
    if known is not None:
        await _end(transaction, known)
    number = await companion.begin(transaction, user, now)
    await due.plan(transaction, Due(KIND, str(number), State.SEEKING, now))


async def plan(
    transaction: Transaction, search: Search, state: State, now: datetime, after: timedelta
) -> None:
    """Let a search stand at ``state``, and take its next step ``after`` a while."""
    asked = len(await companion.requests_of(transaction, search.id))
    await companion.mark(transaction, search.id, state, now)
    await due.cancel(transaction, KIND, str(search.id))
    # Told apart from every earlier step: what fired is not planned again.
    occurrence = f"{state}:{asked}:{now.isoformat()}"
    await due.plan(transaction, Due(KIND, str(search.id), occurrence, now + after))


async def accept(transaction: Transaction, asked: Request, now: datetime) -> bool:
    """Note the yes of a member; return False if it is not waited for any more."""
    search = await companion.get(transaction, asked.search)
    if search is None or search.state is not State.ASKED or asked.reply is not Reply.NONE:
        return False
    await companion.note_reply(transaction, asked.id, Reply.YES)
    await plan(transaction, search, State.AGREED, now, timedelta())
    return True


async def refuse(transaction: Transaction, asked: Request, now: datetime) -> bool:
    """Note the no of a member, and ask the next; return False if it is not waited for any more."""
    search = await companion.get(transaction, asked.search)
    if search is None or search.state is State.PAIRED or asked.reply is Reply.NO:
        return False
    await companion.note_reply(transaction, asked.id, Reply.NO)
    await _close_questions(transaction, search, asked)
    await plan(transaction, search, State.SEEKING, now, timedelta())
    return True


async def meet(voice: Voice, search: Search) -> UserId | None:
    """Introduce both, since the newcomer says yes too; return the companion, or None if too late.

    The companion is told here, and the newcomer hears it as the answer; both are invited to a room.
    """
    guide = await guide_of(voice.transaction, search)
    if search.state is not State.OFFERED or guide is None:
        return None
    await plan(voice.transaction, search, State.PAIRED, voice.now, TOGETHER)
    newcomer = Mention(search.newcomer)
    await voice.tell(guide.member, "companion.met_newcomer", member=newcomer)
    await companion_room.introduce(voice, search, guide.member)
    return guide.member


async def stop(voice: Voice, user: UserId) -> bool:
    """End what ``user`` is in, as newcomer or as companion; return whether there was anything."""
    search = await companion.of_newcomer(voice.transaction, user)
    if search is not None:
        await withdraw(voice, search)
    mine = await companion.open_of(voice.transaction, user)
    for asked in mine:
        theirs = await companion.get(voice.transaction, asked.search)
        if theirs is not None and theirs.state is State.PAIRED:
            if not await companion_room.close(voice, theirs, "companion.room.ended"):
                await voice.tell(theirs.newcomer, "companion.ended_newcomer")
            await _end(voice.transaction, theirs)
        else:
            await refuse(voice.transaction, asked, voice.now)
    return search is not None or bool(mine)


async def withdraw(voice: Voice, search: Search) -> None:
    """End a search, since the newcomer wants none or does not answer; a companion is told."""
    for asked in await companion.requests_of(voice.transaction, search.id):
        if asked.reply is Reply.NO:
            continue
        await _close_questions(voice.transaction, search, asked)
        is_met = search.state is State.PAIRED
        if is_met and await companion_room.close(voice, search, "companion.room.ended"):
            continue
        await voice.tell(
            asked.member, "companion.ended_member" if is_met else "companion.not_needed"
        )
    await _end(voice.transaction, search)


async def say_goodbye(voice: Voice, search: Search) -> None:
    """Close a companionship kindly, its time being over: in their room if both are in it."""
    guide = await guide_of(voice.transaction, search)
    if not await companion_room.close(voice, search, "companion.room.goodbye"):
        await voice.tell(search.newcomer, "companion.goodbye_newcomer")
        if guide is not None:
            await voice.tell(guide.member, "companion.goodbye_member")
    await _end(voice.transaction, search)


async def guide_of(reader: Reader, search: Search) -> Request | None:
    """Return the request that was answered with yes."""
    asked = await companion.requests_of(reader, search.id)
    return next((item for item in asked if item.reply is Reply.YES), None)


async def status(reader: Reader) -> dict[str, str]:
    """Return how many there are, fewer than five not counted; never who."""
    counts = await companion.counts(reader)
    stuck, paired = counts.pop(State.STUCK, 0), counts.pop(State.PAIRED, 0)
    willing = await stored_consent.given(reader, Choice.COMPANION)
    numbers = {
        "willing": len(willing),
        "seeking": sum(counts.values()),
        "paired": paired,
        "stuck": stuck,
    }
    return {name: masked(n) for name, n in numbers.items()}


def masked(n: int) -> str:
    """Return ``n`` as it may be shown: below five only that it is so."""
    return f"< {FEW}" if n < FEW else str(n)


async def close_open(transaction: Transaction, user: UserId, now: datetime) -> None:
    """Take as a no what ``user`` was asked and did not answer: they are no companion any more."""
    waiting: Collection[Request] = await companion.open_of(transaction, user)
    for asked in waiting:
        if asked.reply is Reply.NONE:
            await refuse(transaction, asked, now)


async def _close_questions(transaction: Transaction, search: Search, asked: Request) -> None:
    await question.cancel(transaction, asked.member, NOUN, f"{MEMBER}:{asked.id}")
    await question.cancel(transaction, search.newcomer, NOUN, f"{NEWCOMER}:{search.id}")


async def _end(transaction: Transaction, search: Search) -> None:
    await due.cancel(transaction, KIND, str(search.id))
    await companion.end(transaction, search.id)
