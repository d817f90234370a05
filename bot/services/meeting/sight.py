"""Sight: which meetings somebody may see from where they are, and which they may change."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.ids import EventId, RoomId, UserId
from bot.ports import RoomReader
from bot.services.meeting import CARD, reference
from bot.services.meeting.change import Hand
from bot.storage import meeting, outbox
from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class View:
    """From where somebody looks: alone with the bot (``is_pair``) or among others."""

    user: UserId
    room_id: RoomId
    is_pair: bool
    database: Database
    reader: RoomReader


async def hand(
    view: View, number: int, is_animator: Callable[[], Awaitable[bool]] | None = None
) -> Hand:
    """Return what ``view`` may see and do of ``C<number>``; asks the server, so never inside.

    In a room it is that room alone: all its members read the answer. Alone with the bot, it is also
    the meeting's room, if the server says that the member is in it. ``is_animator`` is asked where
    it matters.
    """
    async with view.database.read() as snapshot:
        item = await meeting.get(snapshot, number)
    here = frozenset({view.room_id})
    if item is None:
        return Hand(view.user, here)
    if item.room_id == view.room_id:
        is_own = item.organiser == view.user or is_animator is None
        animated = here if not is_own and is_animator and await is_animator() else frozenset()
        return Hand(view.user, here, animated)
    if not view.is_pair:
        return Hand(view.user, here)
    joined = await view.reader.joined_rooms_of(view.user, frozenset({item.room_id}))
    return Hand(view.user, here | joined)


async def rooms(view: View, coming: frozenset[RoomId]) -> frozenset[RoomId]:
    """Return the rooms whose meetings may be shown: this one, and alone with the bot one's own."""
    here = frozenset({view.room_id})
    if not view.is_pair:
        return here
    return here | await view.reader.joined_rooms_of(view.user, coming - here)


async def meant(view: View, *events: EventId | None) -> tuple[int, str] | None:
    """Return the number of the meeting that one of ``events`` shows, and the name of its date."""
    async with view.database.read() as snapshot:
        for event in events:
            card = await outbox.card(snapshot, event) if event is not None else None
            kind, _, rest = (card or "").partition(":")
            if kind == CARD and (found := reference.read(rest)) is not None:
                return found
    return None
