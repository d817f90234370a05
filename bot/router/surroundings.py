"""Surroundings: what everything that handles an event works with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.address import Address
from bot.clock import Clock
from bot.i18n import Catalogue
from bot.ids import EventId, RoomId, UserId
from bot.person import About
from bot.ports import Encoder, Homeservers, MediaStore, RoomReader
from bot.pseudonym import Pseudonyms
from bot.router.preference import Preferences
from bot.router.registry import CommandTable
from bot.router.right import Roles
from bot.services.direct import FirstContact, nothing_to_say
from bot.services.outgoing import Outgoing
from bot.services.user_pattern import UserPatterns
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.inbox import Entry, Outcome
from bot.storage.transaction import Transaction


class Rooms(Protocol):
    """What is known of the rooms without asking the server."""

    def is_pair(self, room: RoomId) -> bool:
        """Return whether only the bot and one other are in the room."""
        ...

    def is_trio(self, room: RoomId) -> bool:
        """Return whether the bot made the room for a newcomer and their companion."""
        ...

    def is_open(self, room: RoomId) -> bool:
        """Return whether the bot is in the room and the room was not replaced."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What handlers are built with, once; reactions and answers of ``bots`` never count.

    Newcomers of a room wait ``greeting_delay`` for company. ``first_contact`` tells somebody who
    opens a direct message what everybody is told first.
    """

    database: Database
    clock: Clock
    words: Catalogue
    about: About
    address: Address
    preferences: Preferences
    registry: CommandTable
    reader: RoomReader
    files: MediaStore
    homeservers: Homeservers
    rooms: Rooms
    roles: Roles
    pseudonyms: Pseudonyms
    greeting_delay: timedelta = timedelta(minutes=10)
    first_contact: FirstContact = nothing_to_say
    bots: UserPatterns = field(default_factory=lambda: UserPatterns(()))
    encoder: Encoder | None = None

    def is_bot(self, room: RoomId, user: UserId) -> bool:
        """Return whether ``user`` is another bot, or somebody behind a bridge.

        By the configured patterns, or since the animators of ``room`` said so.
        """
        return self.bots.matches(user) or self.preferences.is_bot(room, user)

    def outgoing(self, transaction: Transaction, event_id: EventId, now: datetime) -> Outgoing:
        """Return what the bot says because of an incoming event."""
        return self.outgoing_for(transaction, f"event:{event_id}", now)

    def outgoing_for(self, transaction: Transaction, cause: str, now: datetime) -> Outgoing:
        """Return what the bot says because of ``cause``."""
        return Outgoing(transaction, cause, now, self.rooms.is_pair)

    async def finish(self, entry: Entry, outcome: Outcome = Outcome.IGNORED) -> None:
        """Mark ``entry`` as handled where nothing else comes of it."""

        async def mark(transaction: Transaction) -> None:
            inbox.mark_done(transaction, entry.event_id, outcome, None, self.clock.now())

        await self.database.write(mark)
