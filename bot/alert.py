"""Alert: tells the animators' room what needs a person."""

import logging
from dataclasses import dataclass

from bot.clock import Clock
from bot.i18n import Catalogue
from bot.ids import RoomId
from bot.owner import Owner
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.outbox import Parcel, State
from bot.storage.transaction import Transaction
from bot.text import render

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Alert:
    """Says in the animators' room that something was given up; says nothing where there is none.

    An alert that itself cannot be sent makes no further alert.
    """

    database: Database
    clock: Clock
    words: Catalogue
    language: str
    room: RoomId | None
    owner: Owner

    def parcel_stopped(self, parcel: Parcel, state: State, reason: str) -> None:
        """Tell that a message was refused by the server, or is held because nobody can know."""
        if self.room is None or parcel.room_id == self.room:
            return
        room = self.room
        noun = "alert.message_refused" if state is State.DEAD else "alert.message_held"
        template = self.words.text(noun, self.language)
        text = render(template, {"room": parcel.room_id, "reason": reason})

        async def tell() -> None:
            async def work(transaction: Transaction) -> None:
                outgoing = Outgoing(transaction, f"stopped:{parcel.oid}", self.clock.now())
                outgoing.say(room, text)

            await self.database.write_patiently(work)

        self.owner.own(tell())
