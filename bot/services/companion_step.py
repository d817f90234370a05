"""Companion step: what a search does next when its time comes; one question at a time."""

from collections.abc import Collection

from bot.ids import Oid, UserId, direct_room
from bot.services import companion, companion_match, direct, profile, quiet
from bot.services import question as asking
from bot.services.companion import MEMBER, NEWCOMER, NOUN, PATIENCE, TOGETHER, Voice
from bot.services.companion_match import Traits
from bot.services.manner import Manner
from bot.services.privacy import Choice
from bot.services.question import Inquiry
from bot.storage import companion as stored
from bot.storage import consent, due
from bot.storage import profile as stored_profile
from bot.storage.companion import Reply, Search, State
from bot.storage.due import Due
from bot.storage.transaction import Reader
from bot.text import Said, Text

_BUTTONS = ("✅", "❌")


async def take(voice: Voice, item: Due, usual: Manner, around: Collection[UserId]) -> bool:
    """Take the next step; return False if there is none. ``around`` share a room with the newcomer.

    Who did not answer in time is asked no more, and the next one is.
    """
    search = await stored.get(voice.transaction, int(item.reference))
    if search is None:
        return False
    match search.state:
        case State.SEEKING | State.ASKED:
            await _ask_member(voice, item, search, usual, around)
        case State.AGREED:
            await _ask_newcomer(voice, item, search, usual)
        case State.OFFERED:
            await companion.withdraw(voice, search)
        case State.PAIRED:
            await companion.say_goodbye(voice, search)
        case State.STUCK:
            await stored.end(voice.transaction, search.id)
    return True


async def _ask_member(
    voice: Voice, item: Due, search: Search, usual: Manner, around: Collection[UserId]
) -> None:
    """Ask the best of those who were not asked yet, when they may be written to."""
    transaction, now = voice.transaction, voice.now
    asked = await stored.requests_of(transaction, search.id)
    best, topics = await _best(transaction, search, around)
    if len(asked) >= companion.MOST_ASKED or best is None:
        await _forgo(voice, search)
        await companion.plan(transaction, search, State.STUCK, now, TOGETHER)
        await voice.tell(search.newcomer, "companion.nobody")
        return
    turn = await quiet.turn_with(transaction, best, now, usual)
    if turn > now:
        await due.postpone(transaction, item, turn)
        return
    await _forgo(voice, search)
    number = await stored.request(transaction, search.id, best, now)
    await companion.plan(transaction, search, State.ASKED, now, PATIENCE)
    shared = Said(", ".join(topics), search.newcomer)
    key = "companion.ask_member_shared" if topics else "companion.ask_member"
    await _ask(voice, best, f"{MEMBER}:{number}", await voice.text(best, key, topics=shared))


async def _forgo(voice: Voice, search: Search) -> None:
    """Wait no longer for the member who was asked and said nothing."""
    for one in await stored.requests_of(voice.transaction, search.id):
        if one.reply is Reply.NONE:
            await companion.refuse(voice.transaction, one, voice.now)


async def _ask_newcomer(voice: Voice, item: Due, search: Search, usual: Manner) -> None:
    """Ask the newcomer, now that a member would be their companion."""
    turn = await quiet.turn_with(voice.transaction, search.newcomer, voice.now, usual)
    if turn > voice.now:
        await due.postpone(voice.transaction, item, turn)
        return
    await companion.plan(voice.transaction, search, State.OFFERED, voice.now, PATIENCE)
    text = await voice.text(search.newcomer, "companion.ask_newcomer")
    await _ask(voice, search.newcomer, f"{NEWCOMER}:{search.id}", text)


async def _ask(voice: Voice, user: UserId, reference: str, text: Text) -> None:
    inquiry = Inquiry(user, NOUN, direct_room(user), reference, offers=_BUTTONS)

    def speak(card: str) -> Oid:
        return voice.outgoing.tell(user, text, card=card)

    await asking.ask(voice.transaction, voice.outgoing, inquiry, voice.now, speak)


async def _best(
    reader: Reader, search: Search, around: Collection[UserId]
) -> tuple[UserId | None, tuple[str, ...]]:
    """Return whom to ask next, and what they share with the newcomer."""
    current = await stored.open_requests(reader)
    busy = {item.member for item in current if item.reply is Reply.NONE}
    before = {item.member for item in await stored.requests_of(reader, search.id)}
    willing = await consent.given(reader, Choice.COMPANION) & frozenset(around)
    free = sorted(willing - busy - before - await stored.seekers(reader))
    loads = {user: sum(item.member == user for item in current) for user in free}
    entries = await stored_profile.of_users(reader, [search.newcomer, *free])
    traits = {
        user: companion_match.traits_of(profile.filled_of(entries.get(user, {})))
        for user in [search.newcomer, *free]
    }
    own: Traits = traits.pop(search.newcomer)
    for user in companion_match.ranked(own, traits, loads):
        if await direct.is_reachable(reader, user):
            return user, companion_match.shared(own, traits[user])
    return None, ()
